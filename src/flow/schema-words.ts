import * as z from "zod";
import { parseInstant } from "../domain/names.ts";

/** The smallest parts of the flow file. Messages given here are whole sentences; the others are made in `issues.ts`. */

/** Letters, digits, `.`, `_` and `-`, and nothing that every JavaScript object has already. */
export const namePattern =
  /^(?!(?:constructor|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString)$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const name = z.string().regex(namePattern, {
  error: (issue) =>
    `"${issue.input}" cannot be a name: a name is made of letters, digits, ".", "_" and "-", and starts with a letter or digit.`,
});

/** A person's login on the forge; a bot is no person, and an e-mail address is no login. */
export const login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, {
  error: (issue) =>
    String(issue.input).endsWith("[bot]")
      ? `"${issue.input}" is a bot, and only people can say yes.`
      : `"${issue.input}" is not a login.`,
});

/** More than any flow needs; below it, every check is quick. */
export const limits = {
  teams: 200,
  branches: 50,
  gates: 100,
  environments: 100,
  stacks: 1000,
  releases: 20,
  when: 500,
  items: 200,
} as const;

/** A list of one thing, not too long to be looked at. */
export function list<T extends z.ZodType>(item: T) {
  return z.array(item).max(limits.items, { error: `A list has ${limits.items} entries at most.` });
}

/** Names with what they stand for, not too many. */
export function named<T extends z.ZodType>(most: number, part: T) {
  return z
    .record(name, part)
    .refine((parts) => Object.keys(parts).length <= most, { error: `There may be ${most} at most.` });
}

export const words = list(z.string().min(1, { error: "An empty text says nothing." }));

/** One word, or a list of them. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item, list(item).min(1, { error: "An empty list says nothing." })]);
}

export const names = list(name);

export const emptyList =
  "An empty list names nobody; write logins, [ann, bob], or a team of the forge, organisation/team.";

/** `owners`, or `[ann, bob]`. */
export const people = z.union([name, list(login).min(1, { error: emptyList })], {
  error: "People are the name of a team, or a list of logins.",
});

export const count = z
  .int()
  .min(1, { error: "At least 1: who asks nobody leaves the key out." })
  .max(100, { error: "At most 100." });

/** `14d`; zero is found by a check, with what it would mean. */
export const duration = z
  .string({ error: (issue) => notDuration(issue.input) })
  .regex(/^\d{1,6}[smhdw]$/, { error: (issue) => notDuration(issue.input) });

function notDuration(input: unknown): string {
  return `"${String(input)}" is not a duration; write 30m, 4h, 14d or 2w.`;
}

/** RFC 3339 with a time zone; without one nobody could say when it is. */
export const instant = z
  .string({ error: (issue) => notInstant(issue.input) })
  .refine((text) => parseInstant(text) !== undefined, { error: (issue) => notInstant(issue.input) });

function notInstant(input: unknown): string {
  return `"${String(input)}" is not a time; write 2026-12-20T00:00:00Z, in quotes or not.`;
}

/** Why fewer people are asked than by default. */
export const because = z.string().min(10, { error: "Say why in a few words." });

/** A path below the repository's top, `/` between folders; templates in braces allowed. */
export const path = z.string().regex(/^(?:\.|(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\0\n]+)$/, {
  error: (issue) => notPath(String(issue.input)),
});

function notPath(input: string): string {
  return /^[^/].*[^/]\/$/.test(input)
    ? `"${input}" ends with a slash; write "${input.slice(0, -1)}".`
    : `"${input}" is not a path below the repository's top, such as stacks/app.`;
}

/** A command as one line, split at blanks, or as a list of words when one of them has blanks in it. */
export const command = z.union(
  [
    z.string().regex(/^[^\s"'`$|&;<>()*?\\]+(?: +[^\s"'`$|&;<>()*?\\]+)*$/, {
      error: "There is no shell: a command is words with blanks between. Write a list of words when a word needs more.",
    }),
    list(z.string().min(1)).min(1, { error: "An empty list is no command." }),
  ],
  { error: "A command is one line, or a list of words." },
);
