import type * as z from "zod";
import { type Diagnostic, nearestName } from "../domain/diagnostic.ts";
import { mostDiagnostics } from "./check.ts";
import { type Path, valueAt } from "./place.ts";
import { knownKeys } from "./schema-keys.ts";
import type { Source } from "./source.ts";

type Issue = z.core.$ZodIssue;

/**
 * What the schema found, as sentences with places. A key that is missing is reported where its parent stands; a key
 * that is unknown and near to a missing one is that one misspelt, and is reported once.
 */
export function issueDiagnostics(issues: readonly Issue[], source: Source): readonly Diagnostic[] {
  const flat = issues.flatMap((issue) => flatten(issue, source));
  const misspelt = new Set<string>();
  const unknown = flat.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? unknownKeys(issue, source, misspelt) : [],
  );
  const others = flat.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return [];
    if (!isMissing(issue, source)) return [describe(issue, source)];
    return misspelt.has(JSON.stringify(issue.path)) || isWritten(issue.path as Path, source)
      ? []
      : [missingKey(issue.path as Path, source)];
  });
  return [...unknown, ...others];
}

/** Of a union, the complaints of the member that the value was meant to be: the one whose type and trigger it has. */
function flatten(issue: Issue, source: Source): readonly Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const isObject = typeof valueAt(source.data, issue.path as Path) === "object";
  const ofItsType = issue.errors.filter(
    (member) =>
      !member.some(
        ({ code, path }) => path.length === 0 && (code === "invalid_type" || (isObject && code === "invalid_value")),
      ),
  );
  const meant = ofItsType.find((member) => !member.some(({ path }) => path.join() === "on")) ?? ofItsType[0];
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }, source));
}

function isMissing(issue: Issue, source: Source): boolean {
  return typeof issue.path.at(-1) === "string" && valueAt(source.data, issue.path as Path) === undefined;
}

/** A key is there, and what it held was refused already. */
function isWritten(path: Path, source: Source): boolean {
  const parent = valueAt(source.data, path.slice(0, -1));
  return typeof parent === "object" && parent !== null && Object.hasOwn(parent, path.at(-1) ?? "");
}

function unknownKeys(
  issue: Issue & { code: "unrecognized_keys" },
  source: Source,
  misspelt: Set<string>,
): Diagnostic[] {
  const path = issue.path as Path;
  const known = knownKeys(path, source.data);
  const written = Object.keys((valueAt(source.data, path) ?? {}) as object);
  const free = known.filter((key) => !written.includes(key));
  return issue.keys.slice(0, mostDiagnostics).map((key) => {
    const meant = nearestName(key, free);
    if (meant !== undefined) misspelt.add(JSON.stringify([...path, meant]));
    const hint = meant === undefined ? `The keys here are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
    const summary = `Unknown key "${key}" ${placeText(path)}.`;
    return { severity: "error", code: "unknown-key", summary, hint, ...source.at([...path, key], "key") };
  });
}

function missingKey(path: Path, source: Source): Diagnostic {
  const parent = path.slice(0, -1);
  const summary = `The key "${path.at(-1)}" is missing ${placeText(parent)}.`;
  return { severity: "error", code: "missing-key", summary, ...source.at(parent, "key") };
}

function describe(issue: Issue, source: Source): Diagnostic {
  const path = issue.path as Path;
  const value = valueAt(source.data, path);
  const error = { severity: "error" as const, ...source.at(path, issue.code === "invalid_key" ? "key" : "value") };
  if (issue.code === "invalid_key") {
    return { ...error, code: "bad-name", summary: issue.issues[0]?.message ?? `"${path.at(-1)}" cannot be a name.` };
  }
  const said = issue.message.startsWith("Invalid ") ? undefined : issue.message;
  if (said !== undefined) return { ...error, code: isAboutType(issue) ? "wrong-type" : "bad-value", summary: said };
  const options = optionsOf(issue);
  return options !== undefined && typeof value !== "object"
    ? { ...error, ...unknownValue(value, options, path) }
    : { ...error, ...wrongType(issue, value, path) };
}

function isAboutType(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_union";
}

function optionsOf(issue: Issue): readonly string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" && "options" in issue ? (issue.options ?? []).map(String) : undefined;
}

function unknownValue(
  value: unknown,
  options: readonly string[],
  path: Path,
): Pick<Diagnostic, "code" | "summary" | "hint"> {
  const meant = nearestName(String(value), options);
  const summary = `"${lastWord(path)}" cannot be ${jsonText(value)}; it is ${listText(options, "or")}.`;
  const hint = meant !== undefined && meant !== String(value) ? { hint: `Did you mean "${meant}"?` } : {};
  return { code: "unknown-value", summary, ...hint };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "keys with values",
  record: "keys with values",
  int: "a whole number",
  number: "a whole number",
  boolean: "true or false",
};

function wrongType(issue: Issue, value: unknown, path: Path): Pick<Diagnostic, "code" | "summary" | "hint"> {
  const wanted =
    issue.code === "invalid_type" ? (typeWords[issue.expected] ?? issue.expected) : "a text or a list of texts";
  const what = path.length === 0 ? "The file" : `"${lastWord(path)}"`;
  const summary = `${what} has to be ${wanted}, and is ${gotText(value)}.`;
  if (path.length === 0) return { code: "wrong-type", summary, hint: "`plangate init --force` writes a full one." };
  const listed = wanted === "a list" && typeof value === "string" ? { hint: `Write [${value}].` } : {};
  return { code: "wrong-type", summary, ...listed };
}

function gotText(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "keys with values" : jsonText(value);
}

function jsonText(value: unknown): string {
  const text = typeof value === "string" || typeof value === "boolean" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The last key of a path; an item of a list goes by the list's. */
function lastWord(path: Path): string {
  return String(path.findLast((step) => typeof step === "string") ?? "");
}

/** `in environments.prod`, `in row 3 of when`. */
export function placeText(path: Path): string {
  const [first, index, ...rest] = path;
  if (first === undefined) return "at the top";
  if (typeof index !== "number") return `in ${path.join(".")}`;
  const inside = rest.length === 0 ? "" : `${rest.join(".")} of `;
  return `in ${inside}${first === "when" ? "row" : "entry"} ${index + 1} of ${first}`;
}

export function listText(items: readonly string[], last: "and" | "or"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}
