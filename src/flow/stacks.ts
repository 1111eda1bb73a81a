import type { Diagnostic } from "../domain/diagnostic.ts";
import { type Parsed, parseStackName } from "../domain/names.ts";
import type { Environment, Flow, Stack, StackPattern } from "./flow.ts";
import { stackNameOf } from "./stack-name.ts";
import { fill, hasWord } from "./templates.ts";

/** What of a Git tree matters here: its files, and the folders that hold configuration. */
interface Tree {
  readonly paths: ReadonlySet<string>;
  readonly roots: ReadonlySet<string>;
}

/** What of a flow gives stacks. */
export interface StackRules extends Pick<Flow, "tool" | "stacks"> {
  readonly environments: readonly Pick<Environment, "name" | "perPullRequest">[];
}

/** Stacks found so far, by what must be theirs alone. */
interface Taken {
  readonly names: Map<string, { readonly stack: Stack; readonly pattern: StackPattern }>;
  readonly states: Map<string, Stack>;
}

/**
 * The stacks that the flow's patterns give for the files of a Git tree: `stacks/{stack}` is every folder right under
 * `stacks` that holds configuration. One name, or one state, given twice is an error, and so is a file of variables or
 * backend settings that is not in Git. In an environment per pull request a stack is what `instanceOf` makes the stacks
 * of pull requests from. The value has every stack that could be told, ordered by name, errors or not.
 */
export function stacksIn(flow: StackRules, paths: Iterable<string>, file = "plangate.yaml"): Parsed<readonly Stack[]> {
  const tree = readTree(paths, flow.tool);
  const taken: Taken = { names: new Map(), states: new Map() };
  const diagnostics = flow.stacks.flatMap((pattern) => {
    const place = { file, line: pattern.line ?? 1, column: pattern.column ?? 1 };
    return stacksOf(flow, pattern, { tree, taken }).map(
      (problem): Diagnostic => ({ severity: "error", ...problem, ...place }),
    );
  });
  const value = [...taken.names.values()].map(({ stack }) => stack);
  return { value: value.sort((left, right) => (left.name < right.name ? -1 : 1)), diagnostics };
}

interface Found {
  readonly tree: Tree;
  readonly taken: Taken;
}

type Problem = Pick<Diagnostic, "code" | "summary" | "hint"> & { readonly severity?: "warning" };

function readTree(paths: Iterable<string>, tool: Flow["tool"]): Tree {
  const configuration = tool === "opentofu" ? /\.(?:tf|tofu)(?:\.json)?$/ : /\.tf(?:\.json)?$/;
  const all = new Set<string>();
  const roots = new Set<string>();
  for (const path of paths) {
    all.add(path);
    if (configuration.test(path)) roots.add(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
  }
  return { paths: all, roots };
}

function stacksOf(flow: StackRules, pattern: StackPattern, { tree, taken }: Found): readonly Problem[] {
  const problems: Problem[] = [];
  let count = 0;
  for (const environment of pattern.in) {
    const found = rootsOf(pattern, environment, tree);
    count += found.length;
    if (found.length === 0 && !hasWord(pattern.root, "stack")) {
      const summary = `${fill(pattern.root, { environment })} holds no configuration, so ${environment} has no such stack.`;
      problems.push({
        code: "root-missing",
        summary,
        hint: "Add the folder to Git, or take the environment out of `in`.",
      });
    }
    const instances = flow.environments.some(({ name, perPullRequest }) => name === environment && perPullRequest);
    for (const { root, name } of found)
      problems.push(...takeStack(expand(pattern, { environment, root, name, instances }), pattern, { tree, taken }));
  }
  if (count === 0 && problems.length === 0) {
    const summary = `"${pattern.root}" gives no stack: no such folder holds configuration.`;
    const hint = "Add a root module there, or correct `root`.";
    problems.push({ severity: "warning", code: "no-stack", summary, hint });
  }
  return problems;
}

/** The root modules of a pattern in an environment, and what each calls its stack. */
function rootsOf(
  pattern: StackPattern,
  environment: string,
  { roots }: Tree,
): readonly { root: string; name: string }[] {
  const template = fill(pattern.root, { environment });
  if (!hasWord(template, "stack"))
    return roots.has(template) ? [{ root: template, name: stackNameOf(pattern) ?? template }] : [];
  const matcher = matcherOf(template);
  return [...roots].flatMap((root) => {
    const name = matcher.exec(root)?.[1];
    return name === undefined ? [] : [{ root, name }];
  });
}

/** `{stack}` is one folder, or part of its name; written twice, it is twice the same. */
function matcherOf(template: string): RegExp {
  const [first = "", ...rest] = template.split("{stack}").map((text) => text.replaceAll(/[^A-Za-z0-9/]/g, "\\$&"));
  return new RegExp(`^${first}${rest.map((text, index) => (index === 0 ? "([^/]+)" : "\\1") + text).join("")}$`);
}

function expand(
  pattern: StackPattern,
  { environment, root, name, instances }: { environment: string; root: string; name: string; instances: boolean },
): Stack {
  // An environment that all share has one instance, without a name of its own; others are told apart by `instanceOf`.
  const values = { environment, stack: name, ...(instances ? {} : { instance: "" }) };
  const filled = (templates: readonly string[]) => templates.map((template) => fill(template, values));
  return {
    name: `${environment}/${name}` as Stack["name"],
    environment,
    instance: null,
    root,
    backend: filled(pattern.backend),
    varFiles: filled(pattern.vars),
    verify: pattern.verify.map(filled),
    depends: filled(pattern.depends),
  };
}

function takeStack(stack: Stack, pattern: StackPattern, { tree, taken }: Found): readonly Problem[] {
  if (parseStackName(stack.name) === undefined) {
    const hint =
      'A name is made of letters, digits, ".", "_" and "-", and starts with a letter or digit: rename the folder, or write an entry for each root, with a `name`.';
    return [{ code: "bad-stack-name", summary: `The folder "${stack.root}" cannot give a stack its name.`, hint }];
  }
  const other = taken.names.get(stack.name);
  if (other !== undefined) {
    const where = other.pattern === pattern ? "" : `, in line ${other.pattern.line ?? 1}`;
    const summary = `${stack.name} is given twice: by ${stack.root}, and by ${other.stack.root}${where}.`;
    return [{ code: "stack-twice", summary, hint: "Give one of them another name with `name`." }];
  }
  const state = JSON.stringify([stack.root, stack.backend]);
  const sharing = taken.states.get(state);
  if (sharing !== undefined) {
    const summary = `${stack.name} and ${sharing.name} would share one state: both are ${stack.root} with the same backend settings.`;
    return [
      { code: "state-shared", summary, hint: "Put {environment} into `backend`, or give each a root of its own." },
    ];
  }
  taken.names.set(stack.name, { stack, pattern });
  taken.states.set(state, stack);
  const files = [...stack.varFiles, ...stack.backend.filter((setting) => !setting.includes("="))];
  return files
    .filter((path) => !tree.paths.has(path))
    .map((path) => ({
      code: "file-missing",
      summary: `${stack.name} needs ${path}, which is not in Git.`,
      hint: "Add the file, or correct its path.",
    }));
}
