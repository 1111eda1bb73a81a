import { type FileReach, reachesNothing } from "./file-reach.ts";
import { mostCalls } from "./inputs.ts";
import { follow, type Scope, scopeOf, type Ways } from "./scope.ts";
import { folderOf, joinPath } from "./tree.ts";
import type { TreeGraph } from "./tree-graph.ts";

/** Looks into files that are no configuration, as far as that was done, and notes where it was not. */
export interface Asked {
  readonly texts: TreeGraph["texts"];
  readonly missing: Set<string>;
}

/** A file that is read from the folder of whichever root module calls. */
interface FromRoot {
  readonly folder: string;
  readonly path: string;
  readonly template: boolean;
  readonly file: string;
}

/** The modules that root modules call, and theirs, by the folder as it is written. */
export interface Modules {
  /** Modules that make every file an input of whoever calls them. */
  readonly whole: readonly { readonly folder: string; readonly why: string }[];
  readonly fromRoot: readonly FromRoot[];
  /** Root modules with more calls than are looked through. */
  readonly tooMany: readonly string[];
  /** The modules that read at a place, and below it. */
  readonly watchers: ReadonlyMap<string, readonly string[]>;
  /** The root modules that a module is part of; itself, if it is one. */
  rootsOver(folder: string): readonly string[];
}

interface Found {
  readonly callees: string[];
  readonly callers: string[];
  calls: number;
}

export function openModules(graph: TreeGraph, ways: Ways, asked: Asked, roots: ReadonlySet<string>): Modules {
  const modules = new Map<string, Found>();
  const watchers = new Map<string, string[]>();
  const whole: { folder: string; why: string }[] = [];
  const fromRoot: FromRoot[] = [];

  const watch = (folder: string, scope: Scope) => {
    for (const place of scope.places) {
      const others = watchers.get(place);
      if (others === undefined) watchers.set(place, [folder]);
      else others.push(folder);
    }
    if (scope.lost !== null) whole.push({ folder, why: scope.lost });
  };

  const readFile = (folder: string, module: Found, file: string, reach: FileReach) => {
    const because = (why: string) => void whole.push({ folder, why });
    if (reach.opaque) because(`${file} reads files that its text does not name`);
    if (reach.localExec) because(`${file} runs a program in a provisioner`);
    if (reach.externalData) because(`${file} runs a program for data`);
    for (const line of reach.computed) because(`${file}:${line} computes a module's source`);
    module.calls += reach.sources.length + reach.computed.length + reach.remote;
    for (const source of reach.sources) {
      const called = joinPath(folder, source);
      if (called === undefined) because(`${file} calls ${source}, outside of the repository`);
      else module.callees.push(called);
    }
    for (const { from, path, template } of reach.files) {
      if (from === "root") {
        fromRoot.push({ folder, path, template, file });
        continue;
      }
      const at = joinPath(folder, path);
      if (at === undefined) {
        because(`${file} reads ${path}, outside of the repository`);
        continue;
      }
      const scope = scopeOf(ways, at);
      // What lies in the module's own folder is watched with it.
      if (!ways.isPlain || !(at === folder || at.startsWith(`${folder}/`))) watch(folder, scope);
      const opaque = template ? opaqueText(asked, scope.at) : undefined;
      if (opaque !== undefined) because(opaque);
    }
  };

  const pending = [...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (modules.has(next)) continue;
    const module: Found = { callees: [], callers: [], calls: 0 };
    modules.set(next, module);
    const scope = scopeOf(ways, next);
    watch(next, scope);
    for (const [name, reach] of graph.folders.get(scope.at) ?? []) {
      if (reach === null || (ways.isPlain && reach === reachesNothing)) continue;
      const file = scope.at === "" ? name : `${scope.at}/${name}`;
      const read = graph.links.has(file) ? behindLink(graph, ways, asked, file) : reach;
      if (read !== undefined) readFile(next, module, file, read);
    }
    pending.push(...module.callees);
  }
  for (const [folder, module] of modules)
    for (const called of module.callees) modules.get(called)?.callers.push(folder);

  return {
    whole,
    fromRoot,
    tooMany: rootsWithTooManyCalls(modules, roots),
    watchers,
    rootsOver: rememberedRoots(modules, roots),
  };
}

/** The sentence about a template at this path, or below it, that reads files itself. */
export function opaqueText({ texts, missing }: Asked, path: string): string | undefined {
  const known: ReadonlyMap<string, FileReach> | undefined = texts.get(path);
  if (known === undefined) missing.add(path);
  for (const [file, reach] of known ?? [])
    if (reach.opaque) return `the template ${file} reads files that its text does not name`;
  return undefined;
}

/** What the file that a link leads to refers to; `undefined` where it leads to no file. */
function behindLink(graph: TreeGraph, ways: Ways, asked: Asked, file: string): FileReach | undefined {
  const { at } = follow(ways, file);
  if (at === null) return undefined;
  const folder = folderOf(at);
  const known = graph.folders.get(folder)?.get(folder === "" ? at : at.slice(folder.length + 1));
  if (known !== undefined && known !== null) return known;
  const texts = asked.texts.get(at);
  if (texts === undefined) asked.missing.add(at);
  return texts?.get(at);
}

function rememberedRoots(
  modules: ReadonlyMap<string, Found>,
  isRoot: ReadonlySet<string>,
): (folder: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (folder) => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const seen = new Set([folder]);
    for (const at of seen) for (const caller of modules.get(at)?.callers ?? []) seen.add(caller);
    const roots = [...seen].filter((at) => isRoot.has(at));
    known.set(folder, roots);
    return roots;
  };
}

/** Counts only where a module may have so many: counting goes through every call of every call, as reading does. */
function rootsWithTooManyCalls(modules: ReadonlyMap<string, Found>, roots: ReadonlySet<string>): readonly string[] {
  const atMost = new Map<string, number>();
  const bound = (folder: string, depth = 0): number => {
    const known = atMost.get(folder);
    if (known !== undefined) return known;
    if (depth > 1_000) return Number.POSITIVE_INFINITY;
    // A circle, until this one is counted.
    atMost.set(folder, Number.POSITIVE_INFINITY);
    const { calls = 0, callees = [] } = modules.get(folder) ?? {};
    const sum = callees.reduce((total, called) => total + bound(called, depth + 1), calls);
    atMost.set(folder, sum);
    return sum;
  };
  return [...roots].filter((root) => bound(root) > mostCalls && hasTooMany(modules, root));
}

function hasTooMany(modules: ReadonlyMap<string, Found>, root: string): boolean {
  let calls = 0;
  const pending = [{ folder: root, within: [root] as readonly string[] }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const module = modules.get(next.folder);
    calls += module?.calls ?? 0;
    if (calls > mostCalls) return true;
    for (const called of module?.callees ?? []) {
      if (!next.within.includes(called)) pending.push({ folder: called, within: [...next.within, called] });
    }
  }
  return false;
}
