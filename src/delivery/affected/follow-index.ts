import { type KeptIndex, keptIndexAfter, notTextAfter } from "../../domain/kept-index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { replaceStacks, stackNumber, touchedBy } from "../../domain/reach-index.ts";
import { isTidy } from "../../domain/scope.ts";
import { folderOf } from "../../domain/tree.ts";
import { isWay, looksLikeConfiguration, type TreeChange, type TreeGraph } from "../../domain/tree-graph.ts";
import type { Stack } from "../../flow/flow.ts";
import { type MovedStacks, openDepends } from "./compare-sides.ts";
import { follow, type GraphReading, readChanged } from "./graphs.ts";
import { foundIn, parseRules, reachIn } from "./open-side.ts";
import { readsInSamePlaces } from "./same-places.ts";

/** What is known of a tree: the index of its stacks, and the graph, which is more work to get. */
export interface Known {
  readonly index: KeptIndex;
  readonly graph: () => Promise<TreeGraph>;
}

/** What is known of the tree that changes led to. */
export interface Followed {
  /** All of it, put together when it is asked for. */
  readonly known: () => Known;
  /** What it has in the place of stacks of before; null when all of them read in the same places. */
  readonly moved: MovedStacks | null;
}

/**
 * The index that changes lead to under the same flow; `undefined` when everything has to be looked at for that.
 *
 * Where a stack reads follows from what is there to be read, so only those that read a changed path can have come to
 * read elsewhere: they are looked at anew, with those that a new root module brings, and the others stay.
 */
export async function followIndex(
  reading: GraphReading,
  known: Known,
  to: { readonly tree: TreeSha; readonly changes: readonly TreeChange[] },
): Promise<Followed | undefined> {
  const { index } = known;
  const { changes } = to;
  const followed = async () => follow(await known.graph(), changes, await readChanged(reading, changes));
  if (await readsInSamePlaces(reading, index, changes))
    return { known: () => ({ index, graph: followed }), moved: null };
  if (index.contested) return undefined;
  const before = await known.graph();
  const graph = follow(before, changes, await readChanged(reading, changes));
  if (!pathsTellWays(changes, [before, graph])) return undefined;

  const touched = touchedStacks(index, changes);
  const folders = new Set(changes.flatMap(({ path }) => (looksLikeConfiguration(path) ? [folderOf(path)] : [])));
  for (const number of touched) folders.add(index.roots[number] ?? "");
  // A root module may have several stacks, and is looked at with all of them.
  for (const [number, root] of index.roots.entries()) if (folders.has(root)) touched.add(number);
  const files = [...folders].flatMap((folder) => {
    const there = graph.folders.get(folder);
    return there === undefined ? [] : [[folder, there] as const];
  });
  const found = foundIn(parseRules(index), files);
  const isTaken = ({ name }: Stack) => {
    const number = stackNumber(index, name);
    return number !== undefined && !touched.has(number);
  };
  if (found.contested || found.stacks.some(isTaken)) return undefined;
  const reach = await reachIn(reading, { tree: to.tree, graph }, found.stacks);
  const after = () => ({ index: replaceStacks(index, touched, reach.index), graph: reach.graph });
  return {
    known: () => ({ index: keptIndexAfter(index, after(), changes), graph: async () => reach.graph }),
    moved: { out: touched, by: reach.index, notText: notTextAfter(index, reach.graph, changes) },
  };
}

/** Whether no link or submodule came or went, or each would be seen by whoever's way leads over it. */
function pathsTellWays(changes: readonly TreeChange[], graphs: readonly TreeGraph[]): boolean {
  const stay = changes.every(({ from, to }) => ![from, to].some((file) => file !== null && isWay(file.mode)));
  return stay || graphs.every(({ links }) => links.values().every(isTidy));
}

function touchedStacks(index: KeptIndex, changes: readonly TreeChange[]): Set<number> {
  const named = openDepends(index);
  const touched = new Set<number>();
  for (const { path, from, to } of changes) {
    const way = [from, to].some((file) => file !== null && isWay(file.mode));
    for (const stack of touchedBy(index, path, way)) touched.add(stack);
    for (const stack of named(path)) touched.add(stack);
  }
  return touched;
}
