import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../../src/domain/json-value.ts";
import { type PlanJson, parsePlanJson } from "../../src/domain/plan-json.ts";

/** A plan of the corpus; `scripts/make-plan-corpus.ts` says how it was made. */
export interface CorpusPlan {
  readonly name: string;
  readonly text: string;
  readonly plan: PlanJson;
}

const folder = import.meta.dirname;

/** Real plans of every kind, by name. */
export const corpus: readonly CorpusPlan[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .sort()
  .map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return { name: file.slice(0, -".json".length), text, plan: parsed(text) };
  });

export function corpusPlan(name: string): CorpusPlan {
  const found = corpus.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`the corpus has no plan ${name}`);
  return found;
}

export function parsed(text: string): PlanJson {
  const { value, diagnostics } = parsePlanJson(text);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A place in a value. */
export type Path = readonly (string | number)[];

/** Every place in a value, itself first. */
export function* placesIn(value: JsonValue | undefined, at: Path = []): Generator<readonly [Path, JsonValue]> {
  if (value === undefined) return;
  yield [at, value];
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) yield* placesIn(inner as JsonValue, [...at, index]);
  } else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const key of Object.keys(value)) yield* placesIn((value as JsonObject)[key], [...at, key]);
  }
}

/** What stands there. */
export function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found as JsonValue | undefined;
}

/** A copy with another value at one place; `undefined` takes the place away. */
export function withValue(value: JsonValue, path: Path, put: JsonValue | undefined): JsonValue {
  const [first, ...rest] = path;
  if (first === undefined) return put as JsonValue;
  if (Array.isArray(value)) {
    const copy = [...(value as readonly JsonValue[])];
    if (rest.length === 0 && put === undefined) copy.splice(first as number, 1);
    else copy[first as number] = withValue(copy[first as number] as JsonValue, rest, put);
    return copy;
  }
  const members = Object.entries(value as JsonObject).flatMap(([key, inner]): [string, JsonValue][] => {
    if (key !== first) return [[key, inner]];
    return rest.length === 0 && put === undefined ? [] : [[key, withValue(inner, rest, put)]];
  });
  return Object.fromEntries(members);
}
