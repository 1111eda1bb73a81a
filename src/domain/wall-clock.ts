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
