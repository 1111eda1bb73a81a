import { type Instant, instantText } from "../domain/names.ts";
import { wallTimeAt } from "../domain/wall-clock.ts";
import type { Environment } from "../flow/flow.ts";

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** An instant for people: in UTC, and what the clocks of these zones show: `2026-01-08 07:00 UTC (Thu 08:00 Europe/Berlin)`. */
export function momentText(at: Instant, zones: readonly string[] = []): string {
  const [date, time] = instantText(at).split("T");
  const local = zones.filter((zone) => zone !== "UTC").map((zone) => `${wallText(at, zone)} ${zone}`);
  return `${date} ${time?.slice(0, 5)} UTC${local.length === 0 ? "" : ` (${local.join(", ")})`}`;
}

function wallText(at: Instant, zone: string): string {
  const { day, minute } = wallTimeAt(at, zone);
  return `${days[day - 1]} ${clockText(minute)}`;
}

/** `08:00`, from minutes since midnight. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Where the people are whom an environment's windows were made for. */
export function zonesOf(environment: Pick<Environment, "windows"> | undefined): readonly string[] {
  return [...new Set((environment?.windows ?? []).map(({ zone }) => zone))];
}
