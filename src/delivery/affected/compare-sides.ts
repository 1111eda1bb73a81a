import type { KeptIndex } from "../../domain/kept-index.ts";
import type { StackName } from "../../domain/names.ts";
import { type ReachIndex, stackNumber, touchedBy } from "../../domain/reach-index.ts";
import type { TreeChange } from "../../domain/tree-graph.ts";
import { dependsOn } from "../depends.ts";

export interface AffectedStack {
  readonly stack: StackName;
  /** Changed paths that are inputs of it, before or after. At most `mostPaths`. */
  readonly because: readonly string[];
  /** How many more there are. */
  readonly more?: number;
  readonly deleted?: true;
  readonly added?: true;
  /** Every file counts for it, so every change does; why, as a sentence. */
  readonly wholeTree?: string;
}

export interface Affected {
  /** Ordered by name. */
  readonly stacks: readonly AffectedStack[];
  /** Why every stack is affected, when one cause touches them all. */
  readonly all: string | null;
  /** Configuration that is no text, and will be refused. */
  readonly notText: readonly string[];
}

/** One tree with its stacks. */
export interface OpenSide {
  readonly index: ReachIndex;
  readonly notText: readonly string[];
  /** What else than files a stack is made from, by its number. */
  readonly settings: (stack: number) => string;
}

/** So many paths say enough of one stack. */
const mostPaths = 50;

/** What a tree has in the place of some stacks of another, of which all others read there in the same places. */
export interface MovedStacks {
  readonly out: ReadonlySet<number>;
  readonly by: ReachIndex;
  /** As of the whole tree. */
  readonly notText: readonly string[];
}

interface Sides {
  readonly old: OpenSide;
  readonly now: OpenSide;
  readonly changes: readonly TreeChange[];
  readonly flowFile: string;
}

/** Names the stacks that differ between two sides, and what of the changes they differ by. */
export function compareSides({ old, now, changes, flowFile }: Sides): Affected {
  const because: Because = new Map();
  // A file that comes is an input afterwards, or none; one that goes was one before.
  collectPaths(old.index, changes, { when: "before", because });
  collectPaths(now.index, changes, { when: "after", because });
  const was = numbered(old.index);
  const is = numbered(now.index);
  const seen = (side: OpenSide, number: number | undefined): Seen | undefined =>
    number === undefined ? undefined : { whole: side.index.whole.get(number), settings: side.settings(number) };
  const flowMoved = changes.some(({ path }) => path === flowFile);
  const stacks = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((stack) => {
    const paths = because.get(stack) ?? new Set<string>();
    const sides = { before: seen(old, was.get(stack)), after: seen(now, is.get(stack)) };
    return compareStack(stack, sides, { paths, changes, moves: flowMoved ? [flowFile] : [] });
  });
  return { stacks, all: causeOfAll(stacks, now.index.stacks.length, changes), notText: now.notText };
}

/** The same under one flow, where at most some stacks have come to read elsewhere than the index says. */
export function compareMoved(index: KeptIndex, moved: MovedStacks | null, changes: readonly TreeChange[]): Affected {
  const because: Because = new Map();
  collectPaths(index, changes, { when: moved === null ? "either" : "before", because });
  if (moved !== null) collectPaths(moved.by, changes, { when: "after", because });
  // Under one flow a stack is given the same settings on both sides, unless another folder has taken its name.
  const seen = (side: ReachIndex, number: number | undefined): Seen | undefined =>
    number === undefined ? undefined : { whole: side.whole.get(number), settings: side.roots[number] ?? "" };
  const sidesOf = (stack: StackName) => {
    const number = stackNumber(index, stack);
    const before = seen(index, number);
    const stays = moved === null || (number !== undefined && !moved.out.has(number));
    return { before, after: stays ? before : seen(moved.by, stackNumber(moved.by, stack)) };
  };
  // Of the others only those can differ that take every change for their own.
  const numbers = [...index.whole.keys(), ...(moved?.out ?? [])];
  const names = [
    ...because.keys(),
    ...(moved?.by.stacks ?? []),
    ...numbers.flatMap((number) => index.stacks[number] ?? []),
  ];
  const stacks = [...new Set(names)].sort().flatMap((stack) => {
    const paths = because.get(stack) ?? new Set<string>();
    return compareStack(stack, sidesOf(stack), { paths, changes, moves: [] });
  });
  const count = index.stacks.length + (moved === null ? 0 : moved.by.stacks.length - moved.out.size);
  return { stacks, all: causeOfAll(stacks, count, changes), notText: (moved ?? index).notText };
}

type Because = Map<StackName, Set<string>>;

/** A stack as it is on one side. */
interface Seen {
  /** Why every file counts for it. */
  readonly whole: string | undefined;
  readonly settings: string;
}

interface AboutStack {
  readonly paths: ReadonlySet<string>;
  readonly changes: readonly TreeChange[];
  /** The changed paths that other settings come from. */
  readonly moves: readonly string[];
}

/** None, if the stack is the same on both sides. */
function compareStack(
  stack: StackName,
  { before, after }: { readonly before: Seen | undefined; readonly after: Seen | undefined },
  { paths, changes, moves }: AboutStack,
): readonly AffectedStack[] {
  const moved = before?.settings !== after?.settings;
  const wholeTree = changes.length === 0 ? undefined : (before?.whole ?? after?.whole);
  if (!moved && paths.size === 0 && wholeTree === undefined) return [];
  const everywhere = changes.filter(({ from, to }) => isNamed(before?.whole, from) || isNamed(after?.whole, to));
  const shown = new Set([...paths, ...(moved ? moves : []), ...everywhere.slice(0, mostPaths).map(({ path }) => path)]);
  const count = Math.max(shown.size, everywhere.length);
  const found: AffectedStack = {
    stack,
    because: [...shown].sort().slice(0, mostPaths),
    ...(count > mostPaths ? { more: count - mostPaths } : {}),
    ...(after === undefined ? { deleted: true } : before === undefined ? { added: true } : {}),
    ...(wholeTree === undefined ? {} : { wholeTree }),
  };
  return [found];
}

/** Whether every file that is there counts, and this one is there. */
function isNamed(whole: string | undefined, file: TreeChange["from"]): boolean {
  return whole !== undefined && file !== null;
}

function collectPaths(
  index: ReachIndex,
  changes: readonly TreeChange[],
  about: { readonly when: "before" | "after" | "either"; readonly because: Because },
): void {
  const named = openDepends(index);
  for (const { path, from, to } of changes) {
    const file = about.when === "before" ? from : about.when === "after" ? to : (to ?? from);
    if (file === null) continue;
    for (const number of touchedBy(index, path, file.mode === "120000").union(named(path))) {
      const stack = index.stacks[number] as StackName;
      const paths = about.because.get(stack);
      if (paths === undefined) about.because.set(stack, new Set([path]));
      else paths.add(path);
    }
  }
}

/** The stacks that the flow says depend on a path. Many may say it in the same words. */
export function openDepends({ depends }: ReachIndex): (path: string) => ReadonlySet<number> {
  const groups = [...Map.groupBy(depends, ([, patterns]) => JSON.stringify(patterns)).values()].map((group) => ({
    matches: dependsOn(group[0]?.[1] ?? []),
    stacks: group.map(([stack]) => stack),
  }));
  return (path) => new Set(groups.flatMap(({ matches, stacks }) => (matches(path) ? stacks : [])));
}

function numbered({ stacks }: ReachIndex): ReadonlyMap<StackName, number> {
  return new Map(stacks.map((stack, number) => [stack, number]));
}

/** The path that every stack there is has among its reasons. */
function causeOfAll(affected: readonly AffectedStack[], count: number, changes: readonly TreeChange[]): string | null {
  const there = affected.filter(({ deleted }) => deleted === undefined);
  const [first] = there;
  if (first === undefined || there.length < count) return null;
  if (there.every(({ wholeTree }) => wholeTree !== undefined))
    return `every change counts for every stack, as for ${first.stack}: ${first.wholeTree}`;
  const named = there.filter(({ wholeTree }) => wholeTree === undefined);
  const counts = new Map<string, number>();
  for (const { because } of named) for (const path of because) counts.set(path, (counts.get(path) ?? 0) + 1);
  const common = changes.find(({ path }) => counts.get(path) === named.length)?.path;
  if (common === undefined) return null;
  return there.length === 1
    ? `${common} is an input of the only stack`
    : `${common} is an input of all ${there.length} stacks`;
}
