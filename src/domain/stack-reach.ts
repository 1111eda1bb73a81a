import { type Asked, opaqueText, openModules } from "./module-reach.ts";
import type { StackName } from "./names.ts";
import { openWays, type Scope, scopeOf } from "./scope.ts";
import { joinPath } from "./tree.ts";
import { atOrAbove, type TreeGraph } from "./tree-graph.ts";

/** A stack as far as its files go. */
export interface StackFiles {
  readonly name: StackName;
  readonly root: string;
  readonly varFiles: readonly string[];
  readonly backendFiles: readonly string[];
}

/** Which stacks of a tree a path is an input of. */
export interface StackReach {
  /** Files that have to be looked into before anything here counts: the graph's `texts`. */
  readonly missing: readonly string[];
  /** Stacks whose inputs are all files of the tree, and why. */
  readonly whole: ReadonlyMap<StackName, string>;
  /**
   * The stacks that get another inputs digest when this path changes, appears or goes. `link` when it is a symbolic
   * link before or after: then it is on the way to everything below it. Those in `whole` are left out where nothing
   * but that tells.
   */
  touchedBy(path: string, link: boolean): ReadonlySet<StackName>;
}

/**
 * Turns a tree's graph round: from places to the stacks that read there. Agrees with `findInputs`, which is the
 * definition and goes the other way, one stack at a time.
 */
export function openStackReach(graph: TreeGraph, stacks: readonly StackFiles[]): StackReach {
  const ways = openWays(graph);
  const plain = graph.links.size === 0 && graph.submodules.size === 0;
  const asked: Asked = { texts: graph.texts, missing: new Set() };
  const roots = stacks.map((stack) => joinPath("", stack.root) ?? "");
  const modules = openModules(graph, ways, asked, roots);
  const whole = new Map<StackName, string>();
  const direct = new Map<string, StackFiles[]>();

  const watch = (stack: StackFiles, scope: Scope) => {
    for (const place of scope.places) {
      const others = direct.get(place);
      if (others === undefined) direct.set(place, [stack]);
      else others.push(stack);
    }
    if (scope.lost !== null && !whole.has(stack.name)) whole.set(stack.name, scope.lost);
  };
  for (const [index, stack] of stacks.entries()) {
    const root = roots[index] ?? "";
    for (const path of [...stack.varFiles, ...stack.backendFiles]) {
      // What lies in the root module's folder is watched with it.
      if (!plain || !path.startsWith(`${root}/`) || path.includes("./")) watch(stack, scopeOf(ways, path));
    }
  }
  const byRoot = Map.groupBy(stacks.keys(), (index) => roots[index] ?? "");
  const stacksOf = (folders: Iterable<string>) =>
    [...folders].flatMap((folder) => (byRoot.get(folder) ?? []).flatMap((index) => stacks[index] ?? []));

  for (const { folder, why } of modules.whole) {
    for (const stack of stacksOf(modules.rootsOver(folder))) if (!whole.has(stack.name)) whole.set(stack.name, why);
  }
  for (const root of modules.tooMany) {
    for (const stack of stacksOf([root]))
      if (!whole.has(stack.name)) whole.set(stack.name, "it has too many module calls to look through");
  }
  for (const { folder, path, template, file } of modules.fromRoot) {
    for (const stack of stacksOf(modules.rootsOver(folder))) {
      const at = joinPath(joinPath("", stack.root) ?? "", path);
      if (at === undefined) {
        if (!whole.has(stack.name)) whole.set(stack.name, `${file} reads ${path}, outside of the repository`);
        continue;
      }
      const scope = scopeOf(ways, at);
      watch(stack, scope);
      const opaque = template ? opaqueText(asked, scope.at) : undefined;
      if (opaque !== undefined && !whole.has(stack.name)) whole.set(stack.name, opaque);
    }
  }

  const touchedBy = (path: string, link: boolean): ReadonlySet<StackName> => {
    const touched = new Set<StackName>();
    const take = (place: string) => {
      for (const stack of direct.get(place) ?? []) touched.add(stack.name);
      for (const folder of modules.watching(place))
        for (const stack of stacksOf(modules.rootsOver(folder))) touched.add(stack.name);
    };
    for (const place of atOrAbove(path)) take(place);
    if (link)
      for (const place of [...direct.keys(), ...modules.places()]) if (place.startsWith(`${path}/`)) take(place);
    return touched;
  };
  return { missing: [...asked.missing], whole, touchedBy };
}
