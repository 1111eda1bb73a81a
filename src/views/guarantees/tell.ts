import type { Change, GuaranteeDifference } from "../../domain/flow-change.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Spelling } from "../explain/words/names.ts";

/** Two flows, and how names and texts of theirs stand in what is said. */
export interface Compared {
  readonly before: Flow;
  readonly after: Flow;
  readonly spelling: Spelling;
}

/** One thing that both flows have, in each. */
export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

export type Differences = readonly GuaranteeDifference[];

/** Says what changed of one subject. */
export type Tell = (change: Change, sentence: string) => GuaranteeDifference;

export function tellOf(subject: string): Tell {
  return (change, sentence) => ({ change, subject, sentence });
}

/** What a value that has an order became: the more, the weaker. */
export function ifMore(before: number, after: number): Change {
  return after > before ? "weaker" : "stronger";
}

export function ifLess(before: number, after: number): Change {
  return after < before ? "weaker" : "stronger";
}

/** The same of words that stand from the weakest to the strongest. */
export function inOrder<T>(order: readonly T[], { before, after }: Pair<T>): Change {
  return ifLess(order.indexOf(before), order.indexOf(after));
}

/** A switch that was turned, with what is said of it on and off; nothing when it was not. */
export function turned(
  { before, after }: Pair<boolean>,
  tell: Tell,
  said: { readonly on: string; readonly off: string; readonly whenOn: Change },
): Differences {
  if (before === after) return [];
  return [tell(after ? said.whenOn : reverseOf(said.whenOn), after ? said.on : said.off)];
}

export function reverseOf(change: Change): Change {
  return change === "other" ? "other" : change === "weaker" ? "stronger" : "weaker";
}

/** What is in one list and not in the other, told apart by what makes each of them what it is. */
export function listsOf<T>(
  { before, after }: Pair<readonly T[]>,
  keyOf: (item: T) => string = String,
): { readonly gained: readonly T[]; readonly lost: readonly T[] } {
  const [had, has] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return {
    gained: after.filter((item) => !had.has(keyOf(item))),
    lost: before.filter((item) => !has.has(keyOf(item))),
  };
}

/** Each entry that was added to or taken from a list, with what is said of it. */
export function listed<T>(
  pair: Pair<readonly T[]>,
  tell: Tell,
  said: {
    readonly gained: (item: T) => string;
    readonly lost: (item: T) => string;
    readonly whenGained: Change;
    readonly keyOf?: (item: T) => string;
  },
): Differences {
  const { gained, lost } = listsOf(pair, said.keyOf);
  return [
    ...gained.map((item) => tell(said.whenGained, said.gained(item))),
    ...lost.map((item) => tell(reverseOf(said.whenGained), said.lost(item))),
  ];
}

/** Entries of two lists brought together by their keys; the second of one key meets the second of the other. */
export function matched<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): { readonly both: readonly Pair<T>[]; readonly gone: readonly T[]; readonly fresh: readonly T[] } {
  const left = new Map<string, T[]>();
  for (const item of before) left.set(keyOf(item), [...(left.get(keyOf(item)) ?? []), item]);
  const both: Pair<T>[] = [];
  const fresh: T[] = [];
  for (const item of after) {
    const other = left.get(keyOf(item))?.shift();
    if (other === undefined) fresh.push(item);
    else both.push({ before: other, after: item });
  }
  return { both, gone: [...left.values()].flat(), fresh };
}

export function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
