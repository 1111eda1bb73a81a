import { type Affected, compareMoved, compareSides, type OpenSide } from "./compare-sides.ts";
import { followIndex } from "./follow-index.ts";
import { follow, type GraphReading, readChanged } from "./graphs.ts";
import { knownBefore, knownFromNear, openAndKeep, type Start } from "./known.ts";
import { type OpenTree, openKept, openSide, type Side } from "./open-side.ts";

export type { FlowText, Side } from "./open-side.ts";

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
 * changed and not with what there is. The index is kept, and followed to the tree after, as to any tree from that of
 * another; the trees' graphs, kept too, tell where those stacks read that have to be looked at anew for that.
 */
export async function findAffected(reading: GraphReading, change: Change): Promise<Affected> {
  const { before, after, flowFile } = change;
  const [changes, kept] = await Promise.all([
    reading.reader.changes(before.tree, after.tree),
    knownBefore(reading, before),
  ]);
  const start: Start = kept ?? (await knownFromNear(reading, before)) ?? (await openAndKeep(reading, before));
  const index = before.flow?.blob === after.flow?.blob ? start.index : null;
  const followed = index && (await followIndex(reading, { ...start, index }, { tree: after.tree, changes }));
  if (index && followed) return compareMoved(index, followed.moved, changes);
  // What was looked into for the stacks of before counts afterwards too.
  const graph = await start.graph();
  const now = await openSide(reading, after, follow(graph, changes, await readChanged(reading, changes)));
  if (index) return compareSides({ old: openKept(index), now: asKept(now), changes, flowFile });
  const old = start.open ?? (await openSide(reading, before, graph));
  return compareSides({ old, now, changes, flowFile });
}

function asKept(side: OpenTree): OpenSide {
  return side.kept === null ? side : openKept(side.kept);
}
