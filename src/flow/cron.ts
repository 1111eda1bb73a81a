/** When a schedule is due: minutes, hours, days of the month (from 1), months (from 1), days of the week (Sunday is 0). */
export type Cron = readonly [
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
  ReadonlySet<number>,
];

interface Field {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
}

const fields: readonly Field[] = [
  { what: "minute", from: 0, to: 59, words: [] },
  { what: "hour", from: 0, to: 23, words: [] },
  { what: "day of the month", from: 1, to: 31, words: [] },
  {
    what: "month",
    from: 1,
    to: 12,
    words: ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  { what: "day of the week", from: 0, to: 6, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

/** Reads the five fields that GitHub takes: numbers, words, ranges, steps, lists. The sentence says why when it is none. */
export function parseCron(text: string): Cron | { readonly why: string } {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length)
    return {
      why: `"${text}" has ${parts.length} fields; a schedule has 5: minute, hour, day, month, day of the week.`,
    };
  const sets = fields.map((field, index) => parseField(parts[index] ?? "", field));
  const wrong = sets.indexOf(undefined);
  if (wrong >= 0) {
    const { what, from, to } = fields[wrong] as Field;
    return { why: `"${parts[wrong]}" is no ${what}; it is a number from ${from} to ${to}, a range, a list, or *.` };
  }
  const cron = sets as unknown as Cron;
  return canCome(cron) ? cron : { why: `"${text}" never comes: no month that it names has such a day.` };
}

function parseField(text: string, field: Field): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", stepText, ...more] = part.split("/");
    const step = stepText === undefined ? 1 : /^[1-9]\d{0,2}$/.test(stepText) ? Number(stepText) : 0;
    const [first, last, ...rest] =
      range === "*" ? [field.from, field.to] : range.split("-").map((word) => numberOf(word, field));
    // `5/15` goes on to the end.
    const end = last ?? (stepText === undefined ? first : field.to);
    const isRange = range === "*" || range.split("-").length <= 2;
    if (first === undefined || end === undefined || step === 0 || more.length + rest.length > 0 || !isRange)
      return undefined;
    if (range.includes("-") && last === undefined) return undefined;
    if (first > end) return undefined;
    for (let value = first; value <= end; value += step) found.add(value);
  }
  return found;
}

function numberOf(word: string, { from, to, words }: Field): number | undefined {
  const named = words.indexOf(word.toUpperCase());
  const value = word !== "" && named >= 0 ? named : /^\d{1,2}$/.test(word) ? Number(word) : -1;
  return from <= value && value <= to ? value : undefined;
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The 30th of February never comes; with a day of the week besides, either is enough. */
function canCome([, , days, months, weekdays]: Cron): boolean {
  return weekdays.size < 7 || [...months].some((month) => [...days].some((day) => day <= (longest[month - 1] ?? 0)));
}
