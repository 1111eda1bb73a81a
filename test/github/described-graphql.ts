import { readFileSync } from "node:fs";
import { type Field, parseQuestion, type Selection } from "../../src/worlds/github/graphql/parse.ts";
import type { Exchange } from "../../src/worlds/github/index.ts";

/**
 * Holds questions in GraphQL, and their answers, to GitHub's own schema: fields, what they take, what a type can turn
 * out to be, and what is never null.
 */

interface Described {
  readonly kind: string;
  readonly fields: Readonly<
    Record<string, { readonly type: string; readonly takes: Readonly<Record<string, string>> }>
  >;
  readonly can: readonly string[];
}

const extract = JSON.parse(readFileSync(new URL("graphql-extract.json", import.meta.url), "utf8")) as {
  readonly leaves: readonly string[];
  readonly types: Readonly<Record<string, Described>>;
};
const leaves = new Set(extract.leaves);

export function checkQuestion({ request, answer }: Exchange): readonly string[] {
  const query = typeof request.query === "string" ? request.query : "";
  const { data, errors } = (answer ?? {}) as { readonly data?: unknown; readonly errors?: readonly unknown[] };
  let selection: Selection;
  try {
    ({ selection } = parseQuestion(query));
  } catch {
    // What cannot be read fails the test in another way.
    return [];
  }
  const problems = new Set<string>();
  // What an error made null says nothing of the schema.
  const values = errors === undefined ? data : undefined;
  checkParts("Query", selection, { values, problems });
  return [...problems];
}

interface Checking {
  /** Undefined: only the question is looked at. */
  readonly values: unknown;
  readonly problems: Set<string>;
}

const named = (type: string) => type.replaceAll(/[[\]!]/g, "");

function checkParts(type: string, selection: Selection, { values, problems }: Checking): void {
  const described = extract.types[type];
  if (described === undefined) {
    problems.add(`${type} is not in the extract of the schema`);
    return;
  }
  for (const part of selection) {
    if (part.kind === "on") {
      const may = [type, ...described.can];
      const target = [part.type, ...(extract.types[part.type]?.can ?? [])];
      if (!target.some((name) => may.includes(name))) problems.add(`${type} is never ${part.type}`);
      // Which of the types it turned out to be is not told unless it is asked for.
      checkParts(part.type, part.selection, { values: undefined, problems });
    } else if (part.name !== "__typename") checkField(type, part, { values, problems });
  }
}

function checkField(type: string, field: Field, { values, problems }: Checking): void {
  const at = `${type}.${field.name}`;
  const described = extract.types[type]?.fields[field.name];
  if (described === undefined) {
    problems.add(`there is no ${at}`);
    return;
  }
  for (const name of Object.keys(field.arguments))
    if (!(name in described.takes)) problems.add(`${at} takes no ${name}`);
  for (const [name, wanted] of Object.entries(described.takes))
    if (wanted.endsWith("!") && field.arguments[name] === undefined) problems.add(`${at} needs ${name}`);
  const leaf = leaves.has(named(described.type));
  if (leaf !== (field.selection === null))
    problems.add(`${at} is ${leaf ? "asked for parts and has none" : "not asked for its parts"}`);
  const all = values === undefined ? [] : Array.isArray(values) ? (values as readonly unknown[]) : [values];
  for (const value of all) {
    if (value === null || typeof value !== "object") continue;
    const given = (value as Readonly<Record<string, unknown>>)[field.alias];
    if (given === undefined) continue;
    if (given === null && described.type.endsWith("!")) problems.add(`${at} is never null`);
    if (given !== null && described.type.startsWith("[") !== Array.isArray(given))
      problems.add(`${at} is ${described.type}`);
  }
  if (field.selection === null) return;
  const below = all.flatMap((value) => {
    const given = (value as Readonly<Record<string, unknown>> | null)?.[field.alias];
    return Array.isArray(given) ? (given as readonly unknown[]) : given == null ? [] : [given];
  });
  checkParts(named(described.type), field.selection, { values: values === undefined ? undefined : below, problems });
}
