import { indexText, type KeptIndex, keptIndex, notTextIn, parseIndex } from "../../domain/kept-index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { emptyIndex, type ReachIndex } from "../../domain/reach-index.ts";
import { openStackReach, type StackFiles } from "../../domain/stack-reach.ts";
import type { TreeGraph } from "../../domain/tree-graph.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { stacksIn } from "../../flow/stacks.ts";
import { dependsOn } from "../depends.ts";
import { isCredential } from "../roles/credentials.ts";
import { type Affected, compareSides, type OpenSide } from "./compare-sides.ts";
import { configurationPaths, follow, type GraphReading, graphOf, keepGraph, withTexts } from "./graphs.ts";
import { readsInSamePlaces } from "./same-places.ts";

/** The flow as it stands in a tree. It is parsed when that is needed; null when it cannot be used, so that no stack is there. */
export interface FlowText {
  readonly blob: string;
  readonly parse: () => Promise<Flow | null>;
}

/** A side of a change. Without a flow there are no stacks. */
export interface Side {
  readonly tree: TreeSha;
  readonly flow: FlowText | null;
}

export interface Change {
  readonly before: Side;
  readonly after: Side;
  /** Where the flow lies, from the repository's top. */
  readonly flowFile: string;
}

/**
 * The stacks whose inputs digest differs between two trees: those that read a path that changed, those that the flow
 * gives other settings, and those that are there on one side only.
 *
 * Everything is told from an index of the tree before and the list of changed files, so that the time goes with what
 * changed and not with what there is. The index is kept; where the change moves what is read where, the tree's graph
 * is taken, which is kept too.
 */
export async function findAffected(reading: GraphReading, change: Change): Promise<Affected> {
  const { before, after } = change;
  const sameFlow = before.flow !== null && before.flow.blob === after.flow?.blob;
  const [changes, kept] = await Promise.all([
    reading.reader.changes(before.tree, after.tree),
    before.flow === null ? undefined : keptIndexOf(reading, before.tree, before.flow.blob),
  ]);
  const made = kept === undefined ? await openAndKeep(reading, before) : undefined;
  const index = kept ?? made?.kept;
  const compare = (old: OpenSide, now: OpenSide) => compareSides({ old, now, changes, flowFile: change.flowFile });
  if (sameFlow && index !== undefined && (await readsInSamePlaces(reading, index, changes))) {
    const both = openKept(index);
    return compare(both, both);
  }
  // What was looked into for the stacks of before counts afterwards too.
  const graph = made?.side.graph ?? (await graphOf(reading, before.tree)).graph;
  const now = await openSide(reading, after, await follow(reading, graph, changes));
  if (sameFlow && index !== undefined)
    return compare(openKept(index), { ...now, settings: (stack) => now.index.roots[stack] ?? "" });
  return compare(made?.side ?? (await openSide(reading, before, graph)), now);
}

async function keptIndexOf({ keeper }: GraphReading, tree: TreeSha, flow: string): Promise<KeptIndex | undefined> {
  const text = await keeper.read("index", tree);
  return text === undefined ? undefined : parseIndex(text, flow);
}

/** Under one flow a stack is given the same settings on both sides, unless another folder has taken its name. */
function openKept(index: KeptIndex): OpenSide {
  return { index, notText: index.notText, settings: (stack) => index.roots[stack] ?? "" };
}

/** A side of which nothing is kept, or not with this flow. */
async function openAndKeep(
  reading: GraphReading,
  side: Side,
): Promise<{ readonly side: OpenTree; readonly kept: KeptIndex | undefined }> {
  const { graph, isNew } = await graphOf(reading, side.tree);
  const open = await openSide(reading, side, graph);
  if (isNew || open.graph !== graph) await keepGraph(reading, side.tree, open.graph);
  if (side.flow === null || open.flow === null) return { side: open, kept: undefined };
  const kept = keptIndex(open.index, open.graph, side.flow.blob);
  await reading.keeper.write("index", side.tree, indexText(kept));
  return { side: open, kept };
}

interface OpenTree extends OpenSide {
  readonly graph: TreeGraph;
  readonly flow: Flow | null;
}

async function openSide(reading: GraphReading, side: Side, graph: TreeGraph): Promise<OpenTree> {
  const flow = (await side.flow?.parse()) ?? null;
  const stacks = flow === null ? [] : (stacksIn(flow, configurationPaths(graph)).value ?? []);
  const files = stacks.map(filesOf);
  let whole = graph;
  let reach = openStackReach(whole, files);
  // What a link leads to may call modules, and those may read templates.
  while (reach.missing.length > 0) {
    whole = await withTexts(reading, whole, side.tree, reach.missing);
    reach = openStackReach(whole, files);
  }
  const index: ReachIndex = stacks.length === 0 ? emptyIndex : reach;
  return { index, notText: notTextIn(whole), graph: whole, flow, settings: (stack) => settingsOf(flow, stacks[stack]) };
}

function filesOf({ name, root, varFiles, backend, depends }: Stack): StackFiles {
  const patterns = depends.length === 0 ? null : { patterns: depends, matches: dependsOn(depends) };
  return { name, root, varFiles, backendFiles: backend.filter((setting) => !setting.includes("=")), depends: patterns };
}

/** What of the flow is in a stack's inputs digest, as far as Git tells. */
function settingsOf(flow: Flow | null, stack: Stack | undefined): string {
  const environment = flow?.environments.find(({ name }) => name === stack?.environment);
  const variables = (environment?.variables ?? []).filter((name) => !isCredential(name)).toSorted();
  return JSON.stringify([flow?.tool, stack?.root, stack?.backend, stack?.varFiles, stack?.depends, variables]);
}
