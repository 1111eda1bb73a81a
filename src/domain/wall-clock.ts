import type { Instant } from "./names.ts";

/** What a clock on a wall shows: the day counted from 1 for Monday, minutes from midnight. */
export interface WallTime {
  readonly day: number;
  readonly minute: number;
}

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Making one takes long; the rules of a zone are the same for everybody. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Whether the system knows the time zone: `Europe/Berlin`, `UTC`. */
export function isTimeZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  return clock;
}

/** What clocks in a zone show at an instant, summer time included. The zone has to be one (`isTimeZone`). */
export function wallTimeAt(at: Instant, zone: string): WallTime {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return { day: days.indexOf(parts.weekday ?? "") + 1, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

const minute = 60_000;
const dayMinutes = 24 * 60;

/** By how many minutes clocks in a zone are ahead of UTC at an instant. */
export function offsetAt(at: Instant, zone: string): number {
  const utc = Math.floor(at / minute) % dayMinutes;
  const ahead = (wallTimeAt(at, zone).minute - utc + dayMinutes) % dayMinutes;
  // No zone is more than 14 hours ahead, and none as much as 12 behind.
  return ahead > 14 * 60 ? ahead - dayMinutes : ahead;
}

/** When clocks in a zone are put forward or back between two whole minutes: the first minute that shows the new time. */
export function clockChanges(zone: string, from: Instant, to: Instant): readonly Instant[] {
  const changes: Instant[] = [];
  for (let start = from; start < to; start += dayMinutes * minute) {
    const end = Math.min(start + dayMinutes * minute, to);
    const before = offsetAt(start, zone);
    if (offsetAt(end, zone) === before) continue;
    let [old, changed] = [start / minute, end / minute];
    while (changed - old > 1) {
      const middle = Math.floor((old + changed) / 2);
      if (offsetAt(middle * minute, zone) === before) old = middle;
      else changed = middle;
    }
    changes.push(changed * minute);
  }
  return changes;
}
