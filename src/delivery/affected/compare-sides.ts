import type { StackName } from "../../domain/names.ts";
import { type ReachIndex, touchedBy } from "../../domain/reach-index.ts";
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

interface Sides {
  readonly old: OpenSide;
  readonly now: OpenSide;
  readonly changes: readonly TreeChange[];
  readonly flowFile: string;
}

/** Names the stacks that differ between two sides, and what of the changes they differ by. */
export function compareSides({ old, now, changes, flowFile }: Sides): Affected {
  const same = old.index === now.index;
  const because = new Map<StackName, Set<string>>();
  // A file that comes is an input afterwards, or none; one that goes was one before.
  collectPaths(old.index, changes, { when: same ? "either" : "before", because });
  if (!same) collectPaths(now.index, changes, { when: "after", because });
  const was = numbered(old.index);
  const is = same ? was : numbered(now.index);
  const flowMoved = changes.some(({ path }) => path === flowFile);
  const stacks: AffectedStack[] = [];
  for (const stack of same ? namesIn(old.index, because) : [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [before, after] = [was.get(stack), is.get(stack)];
    const moved =
      before === undefined || after === undefined || (!same && old.settings(before) !== now.settings(after));
    const whole = [old.index.whole.get(before ?? -1), now.index.whole.get(after ?? -1)] as const;
    const wholeTree = changes.length === 0 ? undefined : (whole[0] ?? whole[1]);
    const paths = because.get(stack) ?? new Set<string>();
    if (!moved && paths.size === 0 && wholeTree === undefined) continue;
    const everywhere = changes.filter(({ from, to }) => isNamed(whole[0], from) || isNamed(whole[1], to));
    const shown = new Set([
      ...paths,
      ...(moved && flowMoved ? [flowFile] : []),
      ...everywhere.slice(0, mostPaths).map(({ path }) => path),
    ]);
    const count = Math.max(shown.size, everywhere.length);
    stacks.push({
      stack,
      because: [...shown].sort().slice(0, mostPaths),
      ...(count > mostPaths ? { more: count - mostPaths } : {}),
      ...(after === undefined ? { deleted: true } : before === undefined ? { added: true } : {}),
      ...(wholeTree === undefined ? {} : { wholeTree }),
    });
  }
  return { stacks, all: causeOfAll(stacks, now.index, changes), notText: now.notText };
}

/** Whether every file that is there counts, and this one is there. */
function isNamed(whole: string | undefined, file: TreeChange["from"]): boolean {
  return whole !== undefined && file !== null;
}

function collectPaths(
  index: ReachIndex,
  changes: readonly TreeChange[],
  about: { readonly when: "before" | "after" | "either"; readonly because: Map<StackName, Set<string>> },
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
function openDepends({ depends }: ReachIndex): (path: string) => ReadonlySet<number> {
  const groups = [...Map.groupBy(depends, ([, patterns]) => JSON.stringify(patterns)).values()].map((group) => ({
    matches: dependsOn(group[0]?.[1] ?? []),
    stacks: group.map(([stack]) => stack),
  }));
  return (path) => new Set(groups.flatMap(({ matches, stacks }) => (matches(path) ? stacks : [])));
}

function numbered({ stacks }: ReachIndex): ReadonlyMap<StackName, number> {
  return new Map(stacks.map((stack, number) => [stack, number]));
}

/** Of one index, only what was touched can differ, and what takes every change for its own. */
function namesIn(index: ReachIndex, because: ReadonlyMap<StackName, unknown>): readonly StackName[] {
  const whole = [...index.whole.keys()].flatMap((number) => index.stacks[number] ?? []);
  return [...new Set([...because.keys(), ...whole])].sort();
}

/** The path that every stack there is has among its reasons. */
function causeOfAll(
  affected: readonly AffectedStack[],
  now: ReachIndex,
  changes: readonly TreeChange[],
): string | null {
  const there = affected.filter(({ deleted }) => deleted === undefined);
  const [first] = there;
  if (first === undefined || there.length < now.stacks.length) return null;
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
