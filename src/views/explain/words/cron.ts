import { clockText } from "../../moment.ts";
import type { Spelling } from "./names.ts";
import { daysText } from "./times.ts";

/** When a schedule comes, in words where it is a time of day: `daily at 01:00 UTC`; else as it is written. */
export function cronText(cron: string, { code }: Spelling): string {
  const asWritten = `at the times of ${code(cron)} (UTC)`;
  const [minute = "", hour = "", date, month, weekdays = ""] = cron.trim().split(/\s+/);
  if (!/^\d{1,2}$/.test(minute) || date !== "*" || month !== "*") return asWritten;
  if (hour === "*" && weekdays === "*") return `every hour at minute ${Number(minute)}`;
  if (!/^\d{1,2}$/.test(hour)) return asWritten;
  const at = `at ${clockText(Number(hour) * 60 + Number(minute))} UTC`;
  if (weekdays === "*") return `daily ${at}`;
  const on = /^[0-7](?:-[0-7])?(?:,[0-7](?:-[0-7])?)*$/.test(weekdays) ? weekdays.split(",").flatMap(between) : [];
  return on.length === 0 ? asWritten : `on ${daysText(on)} ${at}`;
}

/** `1-5`, counted from 1 for Monday; Sunday is 0 or 7 there. */
function between(part: string): readonly number[] {
  const [from = 0, to = from] = part.split("-").map(Number);
  const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  return days.map((day) => (day === 0 ? 7 : day));
}
