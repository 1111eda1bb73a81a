import { type Asked, opaqueText, openModules } from "./module-reach.ts";
import type { StackName } from "./names.ts";
import type { ReachIndex } from "./reach-index.ts";
import { openWays, type Scope, scopeOf } from "./scope.ts";
import { joinPath } from "./tree.ts";
import type { TreeGraph } from "./tree-graph.ts";

/** A stack as far as its files go. */
export interface StackFiles {
  readonly name: StackName;
  readonly root: string;
  readonly varFiles: readonly string[];
  readonly backendFiles: readonly string[];
  /** What the flow says that it depends on, if it does. */
  readonly depends: { readonly patterns: readonly string[]; readonly matches: (path: string) => boolean } | null;
}

/** The index of a tree, and the files that have to be looked into before it counts: the graph's `texts`. */
export interface StackReach extends ReachIndex {
  readonly missing: readonly string[];
}

/**
 * Turns a tree's graph round: from places to the stacks that read there. Agrees with `findInputs`, which is the
 * definition and goes the other way, one stack at a time.
 */
export function openStackReach(graph: TreeGraph, stacks: readonly StackFiles[]): StackReach {
  const ways = openWays(graph);
  const asked: Asked = { texts: graph.texts, missing: new Set() };
  const roots = stacks.map((stack) => joinPath("", stack.root) ?? "");
  const modules = openModules(graph, ways, asked, new Set(roots));
  const byRoot = Map.groupBy(stacks.keys(), (stack) => roots[stack] ?? "");
  const whole = new Map<number, string>();
  const direct = new Map<string, number[]>();

  const isWhole = (stack: number, why: string | null | undefined) => {
    if (typeof why === "string" && !whole.has(stack)) whole.set(stack, why);
  };
  const watch = (stack: number, scope: Scope) => {
    for (const place of scope.places) {
      const others = direct.get(place);
      if (others === undefined) direct.set(place, [stack]);
      else others.push(stack);
    }
    isWhole(stack, scope.lost);
  };
  const groups: (readonly number[])[] = [];
  const groupOf = remembered((folder: string) => {
    const stacksOver = modules.rootsOver(folder).flatMap((root) => byRoot.get(root) ?? []);
    return groups.push(stacksOver) - 1;
  });
  const stacksOver = (folder: string) => groups[groupOf(folder)] ?? [];

  const depends = new Map<number, readonly string[]>();
  for (const [stack, files] of stacks.entries()) {
    const { varFiles, backendFiles } = files;
    if (files.depends !== null) {
      depends.set(stack, files.depends.patterns);
      // Of other files it is enough to know their names; these lead somewhere.
      for (const path of [...ways.links.keys(), ...ways.submodules])
        if (files.depends.matches(path)) watch(stack, scopeOf(ways, path));
    }
    for (const path of [...varFiles, ...backendFiles]) {
      if (ways.isPlain && isPlainlyIn(path, roots[stack] ?? "")) continue;
      watch(stack, scopeOf(ways, path));
    }
  }
  for (const { folder, why } of modules.whole) for (const stack of stacksOver(folder)) isWhole(stack, why);
  for (const root of modules.tooMany)
    for (const stack of byRoot.get(root) ?? []) isWhole(stack, "it has too many module calls to look through");
  for (const { folder, path, template, file } of modules.fromRoot) {
    for (const stack of stacksOver(folder)) {
      const at = joinPath(roots[stack] ?? "", path);
      isWhole(stack, at === undefined ? `${file} reads ${path}, outside of the repository` : undefined);
      if (at === undefined) continue;
      const scope = scopeOf(ways, at);
      watch(stack, scope);
      if (template) isWhole(stack, opaqueText(asked, scope.at));
    }
  }

  const places = new Map<string, number[]>();
  for (const [place, folders] of modules.watchers) places.set(place, [...new Set(folders.map(groupOf))]);
  for (const [place, readers] of direct) places.set(place, [...(places.get(place) ?? []), groups.push(readers) - 1]);
  const names = stacks.map(({ name }) => name);
  return { stacks: names, roots, whole, groups, places, depends, missing: [...asked.missing] };
}

/** What lies in the root module's folder, written plainly, is watched with it. */
function isPlainlyIn(path: string, root: string): boolean {
  return path.startsWith(`${root}/`) && !path.includes("./") && !path.includes("//");
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = make(key);
    known.set(key, value);
    return value;
  };
}
