import type { Instant } from "../domain/names.ts";
import { clockChanges, offsetAt, wallTimeAt } from "../domain/wall-clock.ts";
import type { Environment, Freeze, Window } from "../flow/flow.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** Why nothing may be applied now, and when something may again. */
export type Closed =
  /** `until` is null when nothing opens for as far as we look. */
  | { readonly kind: "freeze"; readonly freeze: Freeze; readonly until: Instant | null }
  | { readonly kind: "window"; readonly until: Instant | null };

type Times = Pick<Environment, "windows" | "freezes">;

/** Null where something may be applied now. A freeze outranks every window. */
export function whyClosed(times: Times, now: Instant): Closed | null {
  const freeze = freezeAt(times, now);
  if (freeze !== undefined) return { kind: "freeze", freeze, until: firstOpen(times, now) };
  return isWithin(times, now) ? null : { kind: "window", until: firstOpen(times, now) };
}

function freezeAt({ freezes }: Times, at: Instant): Freeze | undefined {
  return freezes.find(({ from, to }) => from <= at && at < to);
}

function isWithin({ windows }: Times, at: Instant): boolean {
  return windows === null || windows.some((window) => isOpen(window, at));
}

/** A window that ends before it begins ends on the day after, and belongs to the day it began on. */
function isOpen({ days, from, to, zone }: Window, now: Instant): boolean {
  const at = wallTimeAt(now, zone);
  if (from < to) return days.includes(at.day) && from <= at.minute && at.minute < to;
  const before = at.day === 1 ? 7 : at.day - 1;
  return (days.includes(at.day) && from <= at.minute) || (days.includes(before) && at.minute < to);
}

/** More than there is room for in a file that people read; so that two that only touch are passed one after the other. */
const mostSteps = 100;

/** The first instant from now on at which a window is open and no freeze holds: never earlier, never later. */
function firstOpen(times: Times, now: Instant): Instant | null {
  let at: Instant | null = now;
  for (let step = 0; at !== null && step < mostSteps; step++) {
    const freeze = freezeAt(times, at);
    if (freeze !== undefined) at = freeze.to;
    else if (isWithin(times, at)) return at;
    else at = nextOpening(times.windows ?? [], at);
  }
  return null;
}

function nextOpening(windows: readonly Window[], now: Instant): Instant | null {
  const openings = windows.flatMap((window) => openingAfter(window, now) ?? []);
  return openings.length === 0 ? null : Math.min(...openings);
}

/** One week more than it takes, since the only window of a week may fall into the hour that summer time takes away. */
const daysLookedAt = 15;

/**
 * A window opens when the wall clock shows its beginning, which may come twice in a night or not at all, or when clocks
 * are put into the middle of it.
 */
function openingAfter(window: Window, now: Instant): Instant | null {
  const start = Math.ceil(now / minute) * minute;
  const changes = clockChanges(window.zone, start, start + daysLookedAt * day);
  const offsets = new Set([start, ...changes].map((at) => offsetAt(at, window.zone)));
  const midnight = Math.floor(start / day) * day;
  const beginnings = [...offsets].flatMap((offset) =>
    Array.from(
      { length: daysLookedAt + 2 },
      (_, ahead) => midnight + (ahead - 1) * day + (window.from - offset) * minute,
    ),
  );
  const candidates = [...beginnings, ...changes].filter((at) => at >= start).sort((left, right) => left - right);
  return candidates.find((at) => isOpen(window, at)) ?? null;
}
