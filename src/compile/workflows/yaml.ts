import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

/** A value as YAML writes it. */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlRecord | Commented;

export interface YamlRecord {
  readonly [key: string]: Yaml;
}

const comment = Symbol("comment");

/** A value with a word about it behind it, on its line. */
export interface Commented {
  readonly [comment]: string;
  readonly value: Yaml;
}

export function said(value: Yaml, words: string): Commented {
  return { [comment]: words, value };
}

/** The value without what is said about it. */
export function plain(value: Yaml): unknown {
  if (value === null || typeof value !== "object") return value;
  if (isCommented(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

function isCommented(value: object): value is Commented {
  return comment in value;
}

/**
 * The text of a YAML file, a blank line before each part of the top and each entry below the last part. Every text goes
 * through the writer, so that none of them can be anything but the value that it is.
 */
export function writeYaml(file: YamlRecord): string {
  const top = nodeOf(file) as YAMLMap<Scalar, Node>;
  const [, ...parts] = top.items;
  for (const { key } of parts) key.spaceBefore = true;
  const last = top.items.at(-1)?.value;
  if (last instanceof YAMLMap) {
    const [, ...entries] = last.items as Pair<Scalar, Node>[];
    for (const { key } of entries) key.spaceBefore = true;
  }
  const document = new Document();
  document.contents = top;
  return document.toString({ lineWidth: width, flowCollectionPadding: false });
}

/** Longer than this, a text is folded at its blanks. */
const width = 120;

/** Lines stay lines; a long one is folded at its blanks. What begins or ends a line with a blank too many is quoted. */
function scalarOf(value: string | number | boolean | null): Scalar {
  const scalar = new Scalar(value);
  if (typeof value !== "string") return scalar;
  if (/^\s|[ \t](?:\n|$)/.test(value)) scalar.type = Scalar.QUOTE_DOUBLE;
  else if (value.endsWith("\n")) scalar.type = Scalar.BLOCK_LITERAL;
  else if (value.length > width) scalar.type = Scalar.BLOCK_FOLDED;
  return scalar;
}

function nodeOf(value: Yaml): Node {
  if (value === null || typeof value !== "object") return scalarOf(value);
  if (isCommented(value)) {
    const node = nodeOf(value.value);
    // What has a word behind it stands in one line.
    if (node instanceof YAMLMap) node.flow = true;
    node.comment = ` ${value[comment]}`;
    return node;
  }
  if (Array.isArray(value)) {
    const sequence = new YAMLSeq();
    sequence.items = value.map(nodeOf);
    // Short lists of words read best in one line.
    sequence.flow = value.every((item) => typeof item === "string") && value.join(", ").length < 80;
    return sequence;
  }
  const map = new YAMLMap<Scalar, Node>();
  map.items = Object.entries(value).map(([key, part]) => new Pair(new Scalar(key), nodeOf(part)));
  map.flow = map.items.length === 0;
  return map;
}
