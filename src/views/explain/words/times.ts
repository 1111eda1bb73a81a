import { durationText } from "../../../domain/names.ts";
import type { Emergency, Environment, Freeze, Window } from "../../../flow/flow.ts";
import { clockText, momentText, zonesOf } from "../../moment.ts";
import { listed, type Spelling } from "./names.ts";

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** When applies may begin, when they may not, and what waives that. */
export function timeSentences(environment: Environment, spelling: Spelling): readonly string[] {
  const { windows, freezes, emergency } = environment;
  const zones = zonesOf(environment);
  return [
    windows === null
      ? "It may be applied to at any time."
      : `An apply begins ${listed(windows.map(windowText), "or")} only; what is asked for at another time waits, and goes on by itself.`,
    ...freezes.map((freeze) => freezeText(freeze, zones, spelling)),
    ...(emergency === null ? [] : [emergencyText(emergency, windows !== null || freezes.length > 0, spelling)]),
  ];
}

/** `on Monday to Thursday, 08:00-16:00 (Europe/Berlin)` */
function windowText({ days: on, from, to, zone }: Window): string {
  const until = `${clockText(to)}${to <= from ? " of the next day" : ""}`;
  return `on ${daysText(on)}, ${clockText(from)} to ${until} (${zone})`;
}

/** Days of the week from 1 for Monday: a row of them as from and to. */
export function daysText(on: readonly number[]): string {
  const sorted = [...new Set(on)].sort((left, right) => left - right);
  const [first = 1, last = 1] = [sorted[0], sorted.at(-1)];
  const names = sorted.map((day) => days[day - 1] ?? String(day));
  const isRow = sorted.length > 2 && last - first === sorted.length - 1;
  return isRow ? `${names[0]} to ${names.at(-1)}` : listed(names, "and");
}

function freezeText({ from, to, because }: Freeze, zones: readonly string[], { plain }: Spelling): string {
  const reason = because === null ? "" : `, because of: ${plain(because)}`;
  return `It is frozen from ${momentText(from, zones)} until ${momentText(to, zones)}, whatever the windows say${reason}.`;
}

function emergencyText({ label, review }: Emergency, isTimed: boolean, { code }: Spelling): string {
  return `In an emergency the label ${code(label)} on the pull request, set by somebody whom the environment's gate names, waives windows and freezes${isTimed ? "" : " (there are none now)"}, and never a person or an environment that comes first; an issue then asks for a review of what was done within ${durationText(review)}.`;
}
