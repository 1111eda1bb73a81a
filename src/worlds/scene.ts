import { type Login, type StackName, stackBaseName } from "../domain/names.ts";
import type { Flow, Stack, StackPattern } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { stackNameOf } from "../flow/stack-name.ts";
import { stacksIn } from "../flow/stacks.ts";
import { fill, hasWord } from "../flow/templates.ts";
import type { Step } from "./step.ts";

/**
 * Who uses each module, by the module's folder: stacks by the name that they have in every environment, and other
 * modules by their folder, each of which is in the record itself: `{ "modules/vpc": ["app", "modules/net"] }`.
 */
export type Modules = Readonly<Record<string, readonly string[]>>;

/** Who owns which paths, by patterns as CODEOWNERS has them; the last one that matches counts. */
export type Owners = Readonly<Record<string, readonly Login[]>>;

/** What a story says of its first commit besides its steps. */
export interface FirstCommit {
  readonly modules: Modules;
  readonly owners: Owners;
}

/**
 * The stacks that a story's first commit has: every one that a step or an expectation names, that uses a module, or whose
 * root or file of variables a changed path is in, each in all environments that the flow's patterns put it in.
 */
export function stacksAtStart(flow: Flow, steps: readonly Step[], modules: Modules = {}): readonly Stack[] {
  const roots = new Set<string>();
  const add = (pattern: StackPattern, name: string) => {
    for (const environment of pattern.in) roots.add(`${fill(pattern.root, { environment, stack: name })}/main.tf`);
  };
  const addNamed = (name: string, environment: string | null) => {
    for (const pattern of flow.stacks) {
      const isHere = environment === null || pattern.in.includes(environment);
      if (isHere && (fixedNameOf(pattern) ?? name) === name) add(pattern, name);
    }
  };
  for (const user of Object.values(modules).flat()) if (!Object.hasOwn(modules, user)) addNamed(user, null);
  for (const step of steps) {
    for (const stack of stacksNamed(step)) {
      const place = placeOf(flow, stack);
      if (place !== undefined) addNamed(stackBaseName(stack), place.environment.name);
    }
    if (step.kind !== "push") continue;
    for (const path of [...step.changes.map((change) => change.path), ...step.remove]) {
      for (const pattern of flow.stacks) {
        for (const name of namesFrom(pattern, path)) add(pattern, name);
      }
    }
  }
  return stacksIn(flow, roots).value ?? [];
}

/** Every stack that a step names. */
export function stacksNamed(step: Step): readonly StackName[] {
  if (step.kind !== "expect") return "stack" in step && step.stack !== null ? [step.stack] : [];
  const { applied, destroyed, planned, verified, superseded, commented, drifted } = step;
  const because = [step.refused, step.waiting, step.interrupted, step.flagged]
    .flatMap((list) => list ?? [])
    .flatMap(({ stack }) => stack ?? []);
  const lists = [applied, destroyed, planned, verified, superseded, commented, drifted];
  return lists.flatMap((list) => list ?? []).concat(because);
}

/** The folders of the modules that a stack uses, directly or through others; by the name that it has in every environment. */
export function modulesUsedBy(modules: Modules, user: string): readonly string[] {
  const found = new Set<string>();
  const look = (name: string) => {
    for (const [folder, users] of Object.entries(modules)) {
      if (!users.includes(name) || found.has(folder)) continue;
      found.add(folder);
      look(folder);
    }
  };
  look(user);
  return [...found].sort();
}

/** Where the first commit has its CODEOWNERS, and its text; null when the story names no owners. */
export function codeOwnersFile(owners: Owners): { readonly path: string; readonly text: string } | null {
  const lines = Object.entries(owners).map(
    ([pattern, logins]) => `${pattern} ${logins.map((login) => `@${login}`).join(" ")}\n`,
  );
  return lines.length === 0 ? null : { path: ".github/CODEOWNERS", text: lines.join("") };
}

/** The branches that are there from the start: those that a class names one by one, all at the first commit. */
export function branchesAtStart(flow: Flow): readonly string[] {
  return flow.branches.flatMap(({ match }) => match.filter((pattern) => !/[*?[\]{}]/.test(pattern)));
}

/** The forge's default branch: `main`, as it calls a new repository's, where the flow has one; else the first that is there. */
export function defaultBranchOf(flow: Flow): string | undefined {
  const names = branchesAtStart(flow);
  return names.includes("main") ? "main" : names[0];
}

/** What the stack is called that a path belongs to, by each template of the pattern that the path fits. */
function namesFrom(pattern: StackPattern, path: string): readonly string[] {
  const found = pattern.in.flatMap((environment) => [
    nameIn(`${fill(pattern.root, { environment })}/`, `${path}/`),
    ...pattern.vars.map((file) => nameIn(fill(file, { environment }), path)),
  ]);
  const fixed = fixedNameOf(pattern);
  return found
    .flatMap((name) => (name === undefined ? [] : [name === "" ? (fixed ?? "") : name]))
    .filter((name) => name !== "");
}

/** The text that `{stack}` stands for in a path; empty when the template has none and fits. */
function nameIn(template: string, path: string): string | undefined {
  const quoted = template.split("{stack}").map((text) => text.replaceAll(/[^A-Za-z0-9/]/g, "\\$&"));
  const [first = "", ...rest] = quoted;
  const pattern = `^${first}${rest.map((text, index) => (index === 0 ? "([^/]+)" : "\\1") + text).join("")}${template.endsWith("/") ? "" : "$"}`;
  const match = new RegExp(pattern).exec(path);
  return match === null ? undefined : (match[1] ?? "");
}

/** The name of the one stack of a pattern without `{stack}`. */
function fixedNameOf(pattern: StackPattern): string | undefined {
  return hasWord(pattern.root, "stack") ? undefined : stackNameOf(pattern);
}
