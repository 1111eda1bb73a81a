import { durationText } from "../../domain/names.ts";
import type { Emergency, Environment, Freeze, Window } from "../../flow/flow.ts";
import { listed as inWords, type Spelling } from "../explain/words/names.ts";
import { momentText } from "../moment.ts";
import { type Differences, ifMore, isSame, listsOf, type Pair, type Tell } from "./tell.ts";

/** When applies may begin, when they may not, and what waives that. */
export function timeDifferences({ before, after }: Pair<Environment>, tell: Tell, spelling: Spelling): Differences {
  const name = spelling.strong(after.name);
  return [
    ...windowDifferences({ before: before.windows, after: after.windows }, tell, { name, plain: spelling.plain }),
    ...freezeDifferences({ before: before.freezes, after: after.freezes }, tell, { name, plain: spelling.plain }),
    ...emergencyDifferences({ before: before.emergency, after: after.emergency }, tell, { name, code: spelling.code }),
  ];
}

type Said<Key extends keyof Spelling> = Pick<Spelling, Key> & { readonly name: string };

function windowDifferences(
  { before, after }: Pair<readonly Window[] | null>,
  tell: Tell,
  { name, plain }: Said<"plain">,
): Differences {
  if (isSame(before, after)) return [];
  const text = (windows: readonly Window[] | null) =>
    windows === null
      ? "at any time"
      : `in ${inWords(
          windows.map((window) => plain(window.text)),
          "or",
        )}`;
  const [had, has] = [minutesOf(before), minutesOf(after)];
  const more = before !== null && (after === null || hasMore(had, has));
  const less = after !== null && (before === null || hasMore(has, had));
  const change = `${name} may be applied to ${text(after)}, instead of ${text(before)}`;
  return [
    ...(more ? [tell("weaker", change)] : []),
    ...(less && !more ? [tell("stronger", change)] : []),
    ...(less && more
      ? [tell("stronger", `${name} may not be applied to any more at some times of ${text(before)}`)]
      : []),
    ...(less || more ? [] : [tell("other", `${name}: its windows are written otherwise, for the same times`)]),
  ];
}

const minutesOfWeek = 7 * 1440;

/** For each zone the minutes of a week, by its clocks, at which an apply may begin. */
function minutesOf(windows: readonly Window[] | null): ReadonlyMap<string, Uint8Array> {
  const minutes = new Map<string, Uint8Array>();
  for (const { days, from, to, zone } of windows ?? []) {
    const open = minutes.get(zone) ?? new Uint8Array(minutesOfWeek);
    minutes.set(zone, open);
    const length = to <= from ? to + 1440 - from : to - from;
    for (const day of days) {
      const start = (day - 1) * 1440 + from;
      for (let minute = start; minute < start + length; minute++) open[minute % minutesOfWeek] = 1;
    }
  }
  return minutes;
}

function hasMore(before: ReadonlyMap<string, Uint8Array>, after: ReadonlyMap<string, Uint8Array>): boolean {
  return [...after].some(([zone, open]) => open.some((is, minute) => is === 1 && before.get(zone)?.[minute] !== 1));
}

function freezeDifferences(
  { before, after }: Pair<readonly Freeze[]>,
  tell: Tell,
  { name, plain }: Said<"plain">,
): Differences {
  const keyOf = (freeze: Freeze) => JSON.stringify(freeze);
  const { gained, lost } = listsOf({ before, after }, keyOf);
  const text = ({ from, to, because }: Freeze) =>
    `from ${momentText(from)} until ${momentText(to)}${because === null ? "" : `, because of: ${plain(because)}`}`;
  return [
    ...lost.map((freeze) =>
      tell(isCovered(freeze, after) ? "other" : "weaker", `${name} is no longer frozen ${text(freeze)}`),
    ),
    ...gained.map((freeze) =>
      tell(isCovered(freeze, before) ? "other" : "stronger", `${name} is now frozen ${text(freeze)}`),
    ),
  ];
}

/** Whether it is frozen all that time by others. */
function isCovered({ from, to }: Freeze, others: readonly Freeze[]): boolean {
  let until = from;
  for (const other of others.toSorted((left, right) => left.from - right.from))
    if (other.from <= until) until = Math.max(until, other.to);
  return until >= to;
}

function emergencyDifferences(
  { before, after }: Pair<Emergency | null>,
  tell: Tell,
  { name, code }: Said<"code">,
): Differences {
  if (before === null && after === null) return [];
  if (before === null)
    return [
      tell("weaker", `${name}: the label ${code(after?.label ?? "")} now waives windows and freezes in an emergency`),
    ];
  if (after === null) return [tell("stronger", `${name}: no emergency waives windows and freezes any more`)];
  const review = `${name}: what was done in an emergency is reviewed within ${durationText(after.review)} instead of ${durationText(before.review)}`;
  return [
    ...(before.label === after.label
      ? []
      : [tell("other", `${name}: in an emergency the label is ${code(after.label)} instead of ${code(before.label)}`)]),
    ...(before.review === after.review ? [] : [tell(ifMore(before.review, after.review), review)]),
  ];
}
