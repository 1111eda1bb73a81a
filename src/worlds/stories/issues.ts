import * as z from "zod";
import { type Diagnostic, nearestName } from "../../domain/diagnostic.ts";
import type { Path, Place } from "../../flow/place.ts";

type Issue = z.core.$ZodIssue;

/** A part of a story that a schema looked at, and where it stands. */
export interface Looked {
  readonly schema: z.ZodType;
  /** The way to it from the top of the file. */
  readonly path: Path;
  /** As people call it: `a push`, `a story`. */
  readonly name: string;
  readonly placeOf: (path: Path, part?: "key" | "value") => Place;
}

/** What a schema found, as sentences with places. */
export function issueDiagnostics(issues: readonly Issue[], about: Looked): readonly Diagnostic[] {
  return issues.flatMap(meant).flatMap((issue) => {
    const path = [...about.path, ...(issue.path as Path)];
    const error = { severity: "error" as const, ...about.placeOf(path) };
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => unknownKey(key, path, { issue, about }));
      case "invalid_value":
        return [
          {
            ...error,
            code: "unknown-value",
            ...unknownValue(issue.input, issue.values.map(String), lastWord(path, about)),
          },
        ];
      case "invalid_key":
        return [
          {
            ...error,
            ...about.placeOf(path, "key"),
            code: "bad-name",
            summary: issue.issues[0]?.message ?? issue.message,
          },
        ];
      case "invalid_type":
        if (issue.input === undefined && typeof path.at(-1) === "string") return [missingKey(path, about)];
        return [
          {
            ...error,
            code: "wrong-type",
            summary: issue.message.startsWith("Invalid")
              ? wrongType(issue.expected, lastWord(path, about))
              : issue.message,
          },
        ];
      default:
        return [
          { ...error, code: issue.code === "invalid_union" ? "wrong-type" : "bad-value", summary: issue.message },
        ];
    }
  });
}

/** Of a union, the complaints of the member that the value was meant to be: the one whose type it has. */
function meant(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const member = issue.errors.find(
    (inner) => !inner.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  return member?.flatMap((inner) => meant({ ...inner, path: [...issue.path, ...inner.path] } as Issue)) ?? [issue];
}

function unknownKey(key: string, path: Path, { issue, about }: { issue: Issue; about: Looked }): Diagnostic {
  const known = keysOf(about.schema, issue.path as Path);
  const near = nearestName(key, known);
  const hint =
    near !== undefined ? `Did you mean "${near}"?` : known.length === 0 ? undefined : `It has ${known.join(", ")}.`;
  return {
    severity: "error",
    code: "unknown-key",
    summary: `"${key}" is not known in ${about.name}.`,
    ...(hint === undefined ? {} : { hint }),
    ...about.placeOf([...path, key], "key"),
  };
}

function missingKey(path: Path, about: Looked): Diagnostic {
  const summary = `"${path.at(-1)}" is missing in ${about.name}.`;
  return { severity: "error", code: "missing-key", summary, ...about.placeOf(path.slice(0, -1), "key") };
}

/** A value that is none of those known, with the nearest of them. */
export function unknownValue(
  value: unknown,
  known: readonly string[],
  what: string,
): Pick<Diagnostic, "summary" | "hint"> {
  const near = nearestName(String(value), known);
  const summary = `"${String(value)}" is not known as ${what}${known.length === 0 ? "." : `; there is ${known.join(", ")}.`}`;
  return near === undefined ? { summary } : { summary, hint: `Did you mean "${near}"?` };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "keys with values",
  record: "keys with values",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function wrongType(expected: string, what: string): string {
  return `"${what}" has to be ${typeWords[expected] ?? expected}.`;
}

function lastWord(path: Path, about: Looked): string {
  return String(path.findLast((step) => typeof step === "string" && step !== "steps") ?? about.name);
}

/** The keys that the schema knows at a path inside it; of unions, those of every member. */
function keysOf(schema: unknown, path: Path): readonly string[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysOf(option, path));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return keysOf(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return keysOf(schema.in, path);
  const [step, ...rest] = path;
  if (step === undefined) return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (schema instanceof z.ZodObject) return keysOf(schema.shape[step], rest);
  return schema instanceof z.ZodArray ? keysOf(schema.element, rest) : [];
}
