import type { Instant } from "../domain/names.ts";
import { wallTimeAt } from "../domain/wall-clock.ts";
import type { Environment, Window } from "../flow/flow.ts";

/** When an environment may be changed: told by how long ago each of its windows opened last, and by no rule of the engine. */
export type Times = Pick<Environment, "windows" | "freezes">;

const minute = 60_000;
const aDay = 24 * 60;
const aWeek = 7 * aDay;

export function isFrozen({ freezes }: Times, at: Instant): boolean {
  return freezes.some(({ from, to }) => at >= from && at < to);
}

export function isShut(times: Times, at: Instant): boolean {
  return isFrozen(times, at) || (times.windows !== null && !times.windows.some((window) => isWithin(window, at)));
}

/** In minutes of the week. */
function isWithin(window: Window, at: Instant): boolean {
  const now = minuteOfWeek(at, window.zone);
  return beginnings(window).some((begin) => (now - begin + aWeek) % aWeek < lengthOf(window));
}

function minuteOfWeek(at: Instant, zone: string): number {
  const wall = wallTimeAt(at, zone);
  return (wall.day - 1) * aDay + wall.minute;
}

function beginnings({ days, from }: Window): readonly number[] {
  return days.map((day) => (day - 1) * aDay + from);
}

function lengthOf({ from, to }: Window): number {
  return to > from ? to - from : to - from + aDay;
}

/**
 * The first instant from `at` on that is as wanted, of those at which something opens, shuts, begins or ends; undefined
 * when there is none. What clocks do in a night when they are changed it may miss, and then gives a later one.
 */
export function firstAt(all: readonly Times[], at: Instant, isWanted: (at: Instant) => boolean): Instant | undefined {
  const freezes = all.flatMap((times) => times.freezes.flatMap(({ from, to }) => [from, to]));
  const windows = all.flatMap((times) => times.windows ?? []);
  return [at, ...freezes.filter((edge) => edge > at)]
    .flatMap((base) => [base, ...windows.flatMap((window) => edgesAfter(window, base))])
    .sort((left, right) => left - right)
    .find(isWanted);
}

/** What opens only after more than this is as good as shut for ever. */
export const longestWait = 366 * aDay * minute;

/** Away from the minute at which something opens or shuts, so that the steps of a story come past none. */
export const aMoment = 5 * minute;

export interface ShutTime {
  /** `while its windows are shut` */
  readonly when: string;
  readonly at: Instant;
}

/** When the windows are shut for the first time from `at` on, and when the first freeze is, as far as there are any. */
export function shutTimes(times: Times, at: Instant): readonly ShutTime[] {
  const shut = firstAt([times], at, (one) => isShut(times, one) && !isFrozen(times, one));
  const frozen = times.freezes[0]?.from;
  return [
    ...(shut === undefined ? [] : [{ when: "while its windows are shut", at: shut + aMoment }]),
    ...(frozen === undefined ? [] : [{ when: "in a freeze", at: frozen + aMoment }]),
  ];
}

/** When a window opens and shuts next. */
function edgesAfter(window: Window, at: Instant): readonly Instant[] {
  const start = Math.ceil(at / minute) * minute;
  const now = minuteOfWeek(start, window.zone);
  return beginnings(window)
    .flatMap((begin) => [begin, begin + lengthOf(window)])
    .map((edge) => start + ((((edge - now) % aWeek) + aWeek) % aWeek) * minute);
}
