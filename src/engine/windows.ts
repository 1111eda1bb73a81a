import type { Instant } from "../domain/names.ts";
import { wallTimeAt } from "../domain/wall-clock.ts";
import type { Environment, Freeze, Window } from "../flow/flow.ts";

const minute = 60_000;
const day = 24 * 60;

/** Why nothing may be applied now, and when that ends; null where it may. */
export type Closed =
  | { readonly kind: "freeze"; readonly freeze: Freeze; readonly until: Instant }
  /** `until` is null when no window opens within the next days. */
  | { readonly kind: "window"; readonly until: Instant | null };

/** A freeze outranks every window. */
export function whyClosed({ windows, freezes }: Pick<Environment, "windows" | "freezes">, now: Instant): Closed | null {
  const freeze = freezes.find(({ from, to }) => from <= now && now < to);
  if (freeze !== undefined) return { kind: "freeze", freeze, until: freeze.to };
  if (windows === null || windows.some((window) => isOpen(window, now))) return null;
  return { kind: "window", until: nextOpening(windows, now) };
}

/** A window that ends before it begins ends on the day after, and belongs to the day it began on. */
function isOpen({ days, from, to, zone }: Window, now: Instant): boolean {
  const at = wallTimeAt(now, zone);
  if (from < to) return days.includes(at.day) && from <= at.minute && at.minute < to;
  const before = at.day === 1 ? 7 : at.day - 1;
  return (days.includes(at.day) && from <= at.minute) || (days.includes(before) && at.minute < to);
}

/** The first minute at which one of the windows is open. Goes by the wall clock day by day, so that summer time may begin or end on the way. */
function nextOpening(windows: readonly Window[], now: Instant): Instant | null {
  const openings = windows.flatMap((window) => openingAfter(window, now) ?? []);
  return openings.length === 0 ? null : Math.min(...openings);
}

const daysLookedAt = 8;

function openingAfter(window: Window, now: Instant): Instant | null {
  const start = Math.ceil(now / minute) * minute;
  const { minute: shown } = wallTimeAt(start, window.zone);
  for (let ahead = 0; ahead <= daysLookedAt; ahead++) {
    const guess = start + (window.from - shown + ahead * day) * minute;
    // An hour may be missing or doubled on the way: the wall clock says which of the neighbours it is.
    for (const shift of [0, -60, 60]) {
      const at = guess + shift * minute;
      if (at >= now && wallTimeAt(at, window.zone).minute === window.from && isOpen(window, at)) return at;
    }
  }
  return null;
}
