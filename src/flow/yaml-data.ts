import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Path } from "./place.ts";

/** Something about the text that plain data cannot carry, and where it starts. */
export interface TextProblem {
  readonly code: "duplicate-key" | "bad-key" | "bad-name" | "yaml-alias";
  readonly summary: string;
  readonly hint: string;
  readonly offset: number;
}

/** Plain data made from YAML nodes, the problems met on the way, and where each entry of it starts in the text. */
export interface YamlData {
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
  readonly offsetOf: (path: Path, part: "key" | "value") => number;
}

interface Offsets {
  readonly keys: Map<string | number, number>;
  readonly values: Map<string | number, number>;
}

interface Conversion {
  readonly problems: TextProblem[];
  readonly offsets: WeakMap<object, Offsets>;
}

const readAloud = "a flow is read aloud, line by line.";

/** Converts a document's contents. Maps become objects without a prototype, so that no key means more than it says. */
export function yamlData(contents: unknown): YamlData {
  const conversion: Conversion = { problems: [], offsets: new WeakMap() };
  const value = convert(contents, conversion);
  return {
    value,
    problems: conversion.problems,
    offsetOf: (path, part) => offsetOf({ value, offsets: conversion.offsets }, path, part),
  };
}

function convert(node: unknown, conversion: Conversion): unknown {
  refuseAnchor(node, conversion);
  if (isMap(node)) return convertMap(node.items, startOf(node), conversion);
  if (isSeq(node)) {
    const offsets = new Map(node.items.map((item, index) => [index, startOf(item)] as const));
    const result = node.items.map((item) => convert(item, conversion));
    conversion.offsets.set(result, { keys: offsets, values: offsets });
    return result;
  }
  if (isAlias(node)) {
    const summary = `"*${node.source}" stands for something that is written elsewhere.`;
    conversion.problems.push({
      code: "yaml-alias",
      summary,
      hint: `Write it out: ${readAloud}`,
      offset: startOf(node),
    });
    return undefined;
  }
  return isScalar(node) ? node.value : null;
}

function convertMap(
  items: readonly { key: unknown; value: unknown }[],
  start: number,
  conversion: Conversion,
): unknown {
  const result: Record<string, unknown> = Object.create(null);
  const offsets: Offsets = { keys: new Map(), values: new Map() };
  conversion.offsets.set(result, offsets);
  for (const { key, value } of items) {
    refuseAnchor(key, conversion);
    const name = wordOf(key);
    const offset = key === null ? start : startOf(key);
    const problem = problemOfKey(name, offsets);
    if (problem !== undefined) {
      conversion.problems.push({ ...problem, offset });
    } else if (name !== undefined) {
      offsets.keys.set(name, offset);
      offsets.values.set(name, hasText(value) ? startOf(value) : offset);
      result[name] = convert(value, conversion);
    }
  }
  return result;
}

function problemOfKey(name: string | undefined, { keys }: Offsets): Omit<TextProblem, "offset"> | undefined {
  if (name === undefined) {
    return { code: "bad-key", summary: "A key has to be a word.", hint: "Write `word: value`." };
  }
  if (name === "__proto__") {
    return { code: "bad-name", summary: `"__proto__" cannot be a name.`, hint: "Choose another one." };
  }
  if (keys.has(name)) {
    return { code: "duplicate-key", summary: `The key "${name}" stands here twice.`, hint: "Keep one of them." };
  }
  return undefined;
}

/** A key as it is written; a number or `true` is a word too, null and lists are none. */
function wordOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? (key.source ?? String(value)) : undefined;
}

function refuseAnchor(node: unknown, conversion: Conversion): void {
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor === undefined) return;
  const summary = `"&${anchor}" names a part of the file, to be used again elsewhere.`;
  const hint = `Remove it, and write out what it stands for: ${readAloud}`;
  conversion.problems.push({ code: "yaml-alias", summary, hint, offset: startOf(node) });
}

function offsetOf(
  { value, offsets }: { value: unknown; offsets: WeakMap<object, Offsets> },
  path: Path,
  part: "key" | "value",
): number {
  let offset = 0;
  let current = value;
  for (const [index, step] of path.entries()) {
    const here = typeof current === "object" && current !== null ? offsets.get(current) : undefined;
    const found = here?.values.get(step);
    if (here === undefined || found === undefined) break;
    offset = part === "key" && index === path.length - 1 ? (here.keys.get(step) ?? found) : found;
    current = (current as Record<string | number, unknown>)[step];
  }
  return offset;
}

function rangeOf(node: unknown): readonly [number, number, number] | null {
  return (node as { range?: [number, number, number] | null } | null)?.range ?? null;
}

function startOf(node: unknown): number {
  return rangeOf(node)?.[0] ?? 0;
}

/** A key without a value has a node of no length, which stands somewhere behind the key. */
function hasText(node: unknown): boolean {
  const range = rangeOf(node);
  return range !== null && range[1] > range[0];
}
