import { graphVersion } from "../../domain/kept-graph.ts";
import { indexText, indexVersion, type KeptIndex, parseIndex } from "../../domain/kept-index.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { TreeGraph } from "../../domain/tree-graph.ts";
import { followIndex, type Known } from "./follow-index.ts";
import { changesIfThere, type GraphReading, graphOf, keepGraph, keptGraph } from "./graphs.ts";
import { type OpenTree, openSide, type Side } from "./open-side.ts";

/** Names what is kept, and how: nothing that is kept under another name may be read. */
export const keptForm = `graph ${graphVersion}, index ${indexVersion}`;

/** What there is of the tree before: it was known, or everything was looked at. Without a flow there is no index. */
export interface Start {
  readonly index: KeptIndex | null;
  readonly graph: () => Promise<TreeGraph>;
  readonly open?: OpenTree;
}

/** What was kept of a tree under this flow. */
export async function knownBefore(reading: GraphReading, { tree, flow }: Side): Promise<Known | undefined> {
  const index = flow === null ? undefined : await keptIndexOf(reading, tree, flow.blob);
  return index && { index, graph: once(() => graphAndKeep(reading, tree)) };
}

/** What follows from the newest tree of which enough was kept under this flow; kept from now on. */
export async function knownFromNear(reading: GraphReading, { tree, flow }: Side): Promise<Known | undefined> {
  if (flow === null) return undefined;
  for (const near of await reading.keeper.trees("index")) {
    const index = await keptIndexOf(reading, near, flow.blob);
    const graph = index && (await keptGraph(reading, near));
    const changes = graph && (await changesIfThere(reading.reader, near, tree));
    if (index === undefined || graph === undefined || changes === undefined) continue;
    const followed = await followIndex(reading, { index, graph: async () => graph }, { tree, changes });
    if (followed === undefined) return undefined;
    const known = followed.known();
    const now = await known.graph();
    await keep(reading, tree, { graph: now, index: known.index });
    return { index: known.index, graph: async () => now };
  }
  return undefined;
}

/** A side of which nothing is known under this flow: everything is looked at, and kept. */
export async function openAndKeep(reading: GraphReading, side: Side): Promise<Start> {
  const { graph, isNew } = await graphOf(reading, side.tree);
  const open = await openSide(reading, side, graph);
  const isMore = isNew || open.graph !== graph;
  await keep(reading, side.tree, { ...(isMore ? { graph: open.graph } : {}), ...(open.kept && { index: open.kept }) });
  return { index: open.kept, graph: async () => open.graph, open };
}

async function keep(
  reading: GraphReading,
  tree: TreeSha,
  { graph, index }: { readonly graph?: TreeGraph; readonly index?: KeptIndex },
): Promise<void> {
  if (graph !== undefined) await keepGraph(reading, tree, graph);
  if (index !== undefined) await reading.keeper.write("index", tree, indexText(index));
}

async function graphAndKeep(reading: GraphReading, tree: TreeSha): Promise<TreeGraph> {
  const { graph, isNew } = await graphOf(reading, tree);
  if (isNew) await keepGraph(reading, tree, graph);
  return graph;
}

async function keptIndexOf({ keeper }: GraphReading, tree: TreeSha, flow: string): Promise<KeptIndex | undefined> {
  const text = await keeper.read("index", tree);
  return text === undefined ? undefined : parseIndex(text, flow);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
