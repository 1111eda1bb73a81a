import type { StackName } from "./names.ts";
import { atOrAbove } from "./tree-graph.ts";

/** Which stacks of a tree read where. Stacks go by their number in `stacks`. */
export interface ReachIndex {
  readonly stacks: readonly StackName[];
  /** The folder of each. */
  readonly roots: readonly string[];
  /** Stacks whose inputs are all files of the tree, and why. */
  readonly whole: ReadonlyMap<number, string>;
  /** Stacks that read in the same place. */
  readonly groups: readonly (readonly number[])[];
  /** The groups that read at a place, and below it. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** For stacks that the flow says depend on more than their text names: the patterns of those paths. */
  readonly depends: ReadonlyMap<number, readonly string[]>;
}

export const emptyIndex: ReachIndex = {
  stacks: [],
  roots: [],
  whole: new Map(),
  groups: [],
  places: new Map(),
  depends: new Map(),
};

/**
 * The stacks that get another inputs digest when a path changes, appears or goes, as far as places tell: `depends` is
 * left to whoever can match patterns. `link` when it is a symbolic link:
 * then it is on the way to everything below it. Those in `whole` are left out where nothing but that
 * tells.
 */
export function touchedBy(index: ReachIndex, path: string, link: boolean): ReadonlySet<number> {
  const touched = new Set<number>();
  const take = (groups: readonly number[] | undefined) => {
    for (const group of groups ?? []) for (const stack of index.groups[group] ?? []) touched.add(stack);
  };
  for (const place of atOrAbove(path)) take(index.places.get(place));
  if (link) for (const [place, groups] of index.places) if (place.startsWith(`${path}/`)) take(groups);
  return touched;
}
