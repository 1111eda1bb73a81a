import { environmentOf, type StackName, stackBaseName } from "../domain/names.ts";
import type { Flow, Stack, StackPattern } from "../flow/flow.ts";
import { stackNameOf } from "../flow/stack-name.ts";
import { stacksIn } from "../flow/stacks.ts";
import { fill, hasWord } from "../flow/templates.ts";
import type { Step } from "./step.ts";

/**
 * The stacks that a story's first commit has: every one that a step or an expectation names, and every one whose root
 * or file of variables a changed path is in, each in all environments that the flow's patterns put it in.
 */
export function stacksAtStart(flow: Flow, steps: readonly Step[]): readonly Stack[] {
  const roots = new Set<string>();
  const add = (pattern: StackPattern, name: string) => {
    for (const environment of pattern.in) roots.add(`${fill(pattern.root, { environment, stack: name })}/main.tf`);
  };
  for (const step of steps) {
    for (const stack of stacksNamed(step)) {
      for (const pattern of flow.stacks) {
        const name = stackBaseName(stack);
        if (pattern.in.includes(environmentOf(stack)) && (fixedNameOf(pattern) ?? name) === name) add(pattern, name);
      }
    }
    if (step.kind !== "push") continue;
    for (const { path } of step.changes) {
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
  const { applied, destroyed, planned, verified, superseded, commented, refused, waiting, interrupted } = step;
  const because = [refused, waiting, interrupted].flatMap((list) => list ?? []).flatMap(({ stack }) => stack ?? []);
  return [applied, destroyed, planned, verified, superseded, commented].flatMap((list) => list ?? []).concat(because);
}

/** What the stack is called that a path belongs to, by each template of the pattern that the path fits. */
function namesFrom(pattern: StackPattern, path: string): readonly string[] {
  const found = pattern.in.flatMap((environment) => [
    nameIn(`${fill(pattern.root, { environment })}/`, path),
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
