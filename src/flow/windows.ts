import { isTimeZone } from "../domain/wall-clock.ts";
import type { Window } from "./flow.ts";

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const example = "Write Mon-Thu 08:00-16:00 Europe/Berlin.";

/** Reads `Mon-Fri 08:00-16:00 Europe/Berlin`, `Sat,Sun 00:00-24:00 UTC`; the sentence says why when it is none. */
export function parseWindow(text: string): Window | { readonly why: string } {
  const [dayText, timeText, zone, ...more] = text.trim().split(/\s+/);
  if (dayText === undefined || timeText === undefined || zone === undefined || more.length > 0)
    return { why: `"${text}" is not days, times and a time zone. ${example}` };
  const dayNumbers = parseDays(dayText);
  if (dayNumbers === undefined) return { why: `"${dayText}" names no days; they are ${days.join(", ")}. ${example}` };
  const [from, to] = timeText.split("-").map(minutesOf);
  if (from === undefined || to === undefined || from === 1440 || timeText.split("-").length !== 2)
    return { why: `"${timeText}" is not from when to when. ${example}` };
  if (!/^[A-Za-z][\w+/-]*$/.test(zone) || !isTimeZone(zone))
    return { why: `"${zone}" is no time zone that is known here. ${example}` };
  return { text, days: dayNumbers, from, to, zone };
}

/** `Mon-Thu`, `Sat,Sun`, `Fri-Mon`: numbers in order. */
function parseDays(text: string): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [first, last = first, ...more] = part.split("-").map((day) => days.indexOf(day));
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day + 1);
      if (day === last) break;
    }
  }
  return [...found].sort((left, right) => left - right);
}

function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 1440 ? total : undefined;
}
