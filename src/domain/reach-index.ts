import type { StackName } from "./names.ts";
import { atOrAbove } from "./tree-graph.ts";

/** Which stacks of a tree read where. Stacks go by their number in `stacks`, which is ordered by name. */
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
 * left to whoever can match patterns. `way` when it is a symbolic link or a
 * submodule: then it is on the way to everything below it. Those in `whole` are left out where nothing but that
 * tells.
 */
export function touchedBy(index: ReachIndex, path: string, way: boolean): ReadonlySet<number> {
  const touched = new Set<number>();
  const take = (groups: readonly number[] | undefined) => {
    for (const group of groups ?? []) for (const stack of index.groups[group] ?? []) touched.add(stack);
  };
  for (const place of atOrAbove(path)) take(index.places.get(place));
  if (way) for (const [place, groups] of index.places) if (place.startsWith(`${path}/`)) take(groups);
  return touched;
}

/** The number of the stack of this name, if it is there. */
export function stackNumber({ stacks }: Pick<ReachIndex, "stacks">, name: StackName): number | undefined {
  let low = 0;
  let high = stacks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stacks[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return stacks[low] === name ? low : undefined;
}

/**
 * The index with some of its stacks taken out and others put in, which may be the same ones seen anew. Both are ordered
 * by name, and so is what comes of them.
 */
export function replaceStacks(index: ReachIndex, out: ReadonlySet<number>, by: ReachIndex): ReachIndex {
  const stacks: StackName[] = [];
  const roots: string[] = [];
  const took = (from: ReachIndex, number: number): number => {
    roots.push(from.roots[number] ?? "");
    return stacks.push(from.stacks[number] as StackName) - 1;
  };
  const [stayed, came] = [new Map<number, number>(), new Map<number, number>()];
  let next = 0;
  for (const [number, name] of index.stacks.entries()) {
    if (out.has(number)) continue;
    for (; next < by.stacks.length && (by.stacks[next] ?? "") < name; next++) came.set(next, took(by, next));
    stayed.set(number, took(index, number));
  }
  for (; next < by.stacks.length; next++) came.set(next, took(by, next));

  const groups: (readonly number[])[] = [];
  const places = new Map<string, readonly number[]>();
  for (const [from, numbers] of [
    [index, stayed],
    [by, came],
  ] as const) {
    const groupOf = groupsInto(groups, from.groups, numbers);
    for (const [place, readers] of from.places) {
      const left = readers.map(groupOf).filter((group) => group !== -1);
      if (left.length > 0) places.set(place, [...(places.get(place) ?? []), ...left]);
    }
  }
  const renumbered = <T>(of: (from: ReachIndex) => ReadonlyMap<number, T>): ReadonlyMap<number, T> =>
    new Map([...moved(of(index), stayed), ...moved(of(by), came)]);
  const [whole, depends] = [renumbered((from) => from.whole), renumbered((from) => from.depends)];
  return { stacks, roots, whole, groups, places, depends };
}

/** The number that a group gets when it is added to the others with its stacks renumbered, -1 when none is left of them. */
function groupsInto(
  all: (readonly number[])[],
  groups: ReachIndex["groups"],
  numbers: ReadonlyMap<number, number>,
): (group: number) => number {
  const known = new Map<number, number>();
  return (group) => {
    const before = known.get(group);
    if (before !== undefined) return before;
    const left = (groups[group] ?? []).flatMap((stack) => numbers.get(stack) ?? []);
    const now = left.length === 0 ? -1 : all.push(left) - 1;
    known.set(group, now);
    return now;
  };
}

function moved<T>(values: ReadonlyMap<number, T>, numbers: ReadonlyMap<number, number>): readonly [number, T][] {
  return [...values].flatMap(([number, value]): [number, T][] => {
    const now = numbers.get(number);
    return now === undefined ? [] : [[now, value]];
  });
}
