import { type FileReach, reachesNothing } from "./file-reach.ts";
import { folderOf, isConfiguration } from "./tree.ts";

/** What one file became from one tree to another; null where it is not there. */
export interface TreeChange {
  readonly path: string;
  readonly from: ChangedFile | null;
  readonly to: ChangedFile | null;
}

export interface ChangedFile {
  readonly mode: string;
  readonly blob: string;
}

/**
 * What a tree's configuration refers to, file by file: enough to tell for any stack which paths its inputs lie at,
 * without the tree. It says nothing of what files hold, so that a tree's graph follows from another's and the files
 * that differ.
 */
export interface TreeGraph {
  readonly folders: Folders;
  /** Where symbolic links lead, as they are written. */
  readonly links: ReadonlyMap<string, string>;
  readonly submodules: ReadonlySet<string>;
  /** Other files that are looked into, templates above all: for a path that was asked for, those at or below it. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, FileReach>>;
}

/** The configuration of one folder, by name. Null for a name that only looks like it, such as a hidden file's. */
export type FolderFiles = ReadonlyMap<string, FileReach | null>;

/** Folders that hold configuration. Going through all of them may cost far more than asking for some. */
export interface Folders extends Iterable<readonly [folder: string, files: FolderFiles]> {
  /** Empty, or `undefined`, where there is none. */
  get(folder: string): FolderFiles | undefined;
  /** Others that these are but for some folders, given with what is in them now. */
  readonly over?: { readonly base: Folders; readonly changed: ReadonlyMap<string, FolderFiles> };
}

export const emptyGraph: TreeGraph = { folders: new Map(), links: new Map(), submodules: new Set(), texts: new Map() };

/** A file that the graph of a tree tells apart from all others. */
export function isNotable(mode: string, path: string): boolean {
  return isWay(mode) || looksLikeConfiguration(path);
}

/** Not a file of its own: it leads elsewhere. */
export function isWay(mode: string): boolean {
  return mode === "120000" || mode === "160000";
}

export function looksLikeConfiguration(path: string): boolean {
  // Asked for every file of a large tree, most of which are something else.
  const last = path.charCodeAt(path.length - 1);
  return (last === 102 || last === 117 || last === 110) && /\.(?:tf|tofu)(?:\.json)?$/.test(path);
}

/** A file whose content the graph needs. */
export function isLookedInto({ mode }: ChangedFile, path: string): boolean {
  return mode === "120000" || (mode !== "160000" && isConfiguration(path));
}

/** What was read of changed files. */
export interface ReadFiles {
  reach(path: string, blob: string): FileReach;
  link(blob: string): string;
}

/** The graph of the tree that the changes lead to. Texts that changed are to be asked for again. */
export function withChanges(graph: TreeGraph, changes: readonly TreeChange[], read: ReadFiles): TreeGraph {
  const changed = new Map<string, Map<string, FileReach | null>>();
  const links = new Map(graph.links);
  const submodules = new Set(graph.submodules);
  const texts = new Map(graph.texts);
  for (const { path, from, to } of changes) {
    if (from?.mode === "120000") links.delete(path);
    if (from?.mode === "160000") submodules.delete(path);
    if (to?.mode === "120000") links.set(path, read.link(to.blob));
    if (to?.mode === "160000") submodules.add(path);
    for (const asked of texts.size === 0 ? [] : atOrAbove(path)) texts.delete(asked);
    if (!looksLikeConfiguration(path)) continue;
    const folder = folderOf(path);
    const name = folder === "" ? path : path.slice(folder.length + 1);
    const names = changed.get(folder) ?? new Map(graph.folders.get(folder));
    changed.set(folder, names);
    if (to === null) names.delete(name);
    else names.set(name, reachAt(path, to, read));
  }
  return { folders: overlaid(graph.folders, changed), links, submodules, texts };
}

function overlaid(base: Folders, changed: ReadonlyMap<string, FolderFiles>): Folders {
  return {
    over: { base, changed },
    get: (folder) => changed.get(folder) ?? base.get(folder),
    *[Symbol.iterator]() {
      for (const entry of base) if (!changed.has(entry[0])) yield entry;
      for (const entry of changed) if (entry[1].size > 0) yield entry;
    },
  };
}

function reachAt(path: string, to: ChangedFile, read: ReadFiles): FileReach | null {
  if (!isConfiguration(path)) return null;
  return isWay(to.mode) ? reachesNothing : read.reach(path, to.blob);
}

/** `a/b/c`, `a/b`, `a` and the top. */
export function* atOrAbove(path: string): Generator<string> {
  let at = path;
  yield at;
  while (at !== "") {
    at = folderOf(at);
    yield at;
  }
}
