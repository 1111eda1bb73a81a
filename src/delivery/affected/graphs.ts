import { DeliveryError } from "../../domain/errors.ts";
import type { FileReach } from "../../domain/file-reach.ts";
import { graphText, parseGraph } from "../../domain/kept-graph.ts";
import type { TreeSha } from "../../domain/names.ts";
import {
  atOrAbove,
  emptyGraph,
  type FolderFiles,
  isLookedInto,
  isNotable,
  looksLikeConfiguration,
  type ReadFiles,
  type TreeChange,
  type TreeGraph,
  withChanges,
} from "../../domain/tree-graph.ts";
import type { ChangeReader, GraphKeeper } from "../ports/change-reader.ts";
import { type ReachReading, readFiles } from "./read-files.ts";

export interface GraphReading extends ReachReading {
  readonly reader: ChangeReader;
  readonly keeper: GraphKeeper;
}

/** The graph of a tree: kept from before, or else following from another tree's, or from nothing. */
export async function graphOf(
  reading: GraphReading,
  tree: TreeSha,
): Promise<{ readonly graph: TreeGraph; readonly isNew: boolean }> {
  const kept = await keptGraph(reading, tree);
  return kept === undefined ? { graph: await graphNear(reading, tree), isNew: true } : { graph: kept, isNew: false };
}

/** From the newest tree that something is kept of, or from nothing. */
async function graphNear(reading: GraphReading, tree: TreeSha): Promise<TreeGraph> {
  for (const near of await reading.keeper.trees("graph")) {
    const kept = await keptGraph(reading, near);
    const changes = kept === undefined ? undefined : await changesIfThere(reading.reader, near, tree);
    if (kept !== undefined && changes !== undefined) return follow(kept, changes, await readChanged(reading, changes));
  }
  const all = await reading.reader.list(tree, isNotable);
  const changes = all.map((to) => ({ path: to.path, from: null, to }));
  return follow(emptyGraph, changes, await readChanged(reading, changes));
}

export async function keptGraph({ keeper }: GraphReading, tree: TreeSha): Promise<TreeGraph | undefined> {
  const text = await keeper.read("graph", tree);
  return text === undefined ? undefined : parseGraph(text);
}

/** Git may have thrown the tree away since: nothing else refers to it. */
export async function changesIfThere(
  reader: ChangeReader,
  from: TreeSha,
  to: TreeSha,
): Promise<readonly TreeChange[] | undefined> {
  try {
    return await reader.changes(from, to);
  } catch (error) {
    if (error instanceof DeliveryError && ["object-missing", "git-failed"].includes(error.code)) return undefined;
    throw error;
  }
}

/** What `follow` has to know of the changed files. */
export async function readChanged(reading: GraphReading, changes: readonly TreeChange[]): Promise<ReadFiles> {
  return readFiles(
    reading,
    changes.flatMap(({ path, to }) => (to !== null && isLookedInto(to, path) ? [{ path, ...to }] : [])),
  );
}

/** The graph that changes lead to; the same one when they make no difference to it. */
export function follow(graph: TreeGraph, changes: readonly TreeChange[], read: ReadFiles): TreeGraph {
  const notable = changes.filter(
    ({ path, from, to }) =>
      isNotable(from?.mode ?? "", path) || isNotable(to?.mode ?? "", path) || graph.texts.size > 0,
  );
  return notable.length === 0 ? graph : withChanges(graph, notable, read);
}

/** The graph with these files looked into as well. */
export async function withTexts(
  reading: GraphReading,
  graph: TreeGraph,
  tree: TreeSha,
  asked: readonly string[],
): Promise<TreeGraph> {
  const entries = (await reading.reader.under(tree, asked)).filter(({ mode }) => mode.startsWith("100"));
  const read = await readFiles(reading, entries);
  const found = new Map(asked.map((path) => [path, new Map<string, FileReach>()]));
  for (const { path, blob } of entries)
    for (const at of atOrAbove(path)) found.get(at)?.set(path, read.reach(path, blob));
  return { ...graph, texts: new Map([...graph.texts, ...found]) };
}

export async function keepGraph({ keeper }: GraphReading, tree: TreeSha, graph: TreeGraph): Promise<void> {
  await keeper.write("graph", tree, graphText(graph));
}

/** For each folder the paths that show which tools take it for a root module, ordered as in the tree. */
export function configurationPaths(
  folders: Iterable<readonly [folder: string, files: FolderFiles]>,
): readonly string[] {
  const paths: string[] = [];
  for (const [folder, names] of folders) {
    const first = new Map<string, string>();
    for (const name of names.keys()) {
      if (!looksLikeConfiguration(name)) continue;
      const kind = /\.tofu(?:\.json)?$/.test(name) ? "tofu" : "tf";
      const before = first.get(kind);
      if (before === undefined || name < before) first.set(kind, name);
    }
    for (const name of first.values()) paths.push(folder === "" ? name : `${folder}/${name}`);
  }
  return paths.sort();
}
