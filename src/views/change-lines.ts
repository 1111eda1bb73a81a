import {
  asList,
  exactly,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  member,
  sameValue,
} from "../domain/json-value.ts";
import type { ResourceChange, ValueChange } from "../domain/plan-json.ts";
import type { Redactor } from "../domain/redaction.ts";
import { diffLists, longestDiff, withContext } from "./list-diff.ts";
import { headings, type Sign, signOf } from "./resource-heading.ts";
import { longestText, nameText, secret, shorten, valueText, type Wording } from "./value-text.ts";

/** One line of a change, not yet made harmless for where it is shown. */
export interface ChangeLine {
  readonly sign: Sign;
  readonly depth: number;
  readonly text: string;
}

export interface ChangeLinesOptions {
  readonly redact: Redactor;
  /** The most lines; what is beyond is counted in a last line. */
  readonly most: number;
  /** The longest text that is not shortened; 600 characters where it is left out. */
  readonly longest?: number;
}

const unknownText = "(known after apply)";

/**
 * A resource change as people read it: a heading, then what changes path by path. Sensitive values, and whatever the
 * redactor knows, are never in it.
 */
export function resourceLines(resource: ResourceChange, options: ChangeLinesOptions): readonly ChangeLine[] {
  const page = new Page(options);
  for (const text of headings(resource)) page.add({ sign: "#", depth: 0, text });
  const sign = signOf(resource);
  const block = resource.mode === "data" ? "data" : "resource";
  page.add({ sign, depth: 0, text: `${block} ${JSON.stringify(resource.type)} ${JSON.stringify(resource.name)} {` });
  writeMembers(page, marksOf(resource.change), 1);
  page.add({ sign: " ", depth: 0, text: "}" });
  return page.end();
}

/** An output's change, as lines. */
export function outputLines(name: string, change: ValueChange, options: ChangeLinesOptions): readonly ChangeLine[] {
  const page = new Page(options);
  writeMember(page, name, { sides: marksOf(change), depth: 0 });
  return page.end();
}

/** The two sides of a value with their markers, and which paths force a replacement. */
interface Sides {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  readonly unknown: JsonValue | undefined;
  readonly beforeSecret: JsonValue | undefined;
  readonly afterSecret: JsonValue | undefined;
  readonly forces: readonly (readonly JsonValue[])[];
}

function marksOf(change: ValueChange): Sides {
  return {
    before: change.before,
    after: change.after,
    unknown: change.after_unknown,
    beforeSecret: change.before_sensitive,
    afterSecret: change.after_sensitive,
    forces: asList(change.replace_paths).filter(isList),
  };
}

function inside(sides: Sides, key: string | number): Sides {
  const of = (value: JsonValue | undefined): JsonValue | undefined =>
    typeof key === "number"
      ? isList(value)
        ? value[key]
        : undefined
      : isObject(value)
        ? member(value, key)
        : undefined;
  const secretOf = (marker: JsonValue | undefined): JsonValue | undefined => (marker === true ? true : of(marker));
  return {
    before: of(sides.before),
    after: of(sides.after),
    unknown: sides.unknown === true ? true : of(sides.unknown),
    beforeSecret: secretOf(sides.beforeSecret),
    afterSecret: secretOf(sides.afterSecret),
    forces: sides.forces.filter(([first]) => first === key).map(([, ...rest]) => rest),
  };
}

/** Collects lines up to a limit and counts the rest. */
class Page implements Wording {
  readonly redact: Redactor;
  readonly longest: number;
  readonly #most: number;
  readonly #lines: ChangeLine[] = [];
  #left = 0;

  constructor({ redact, most, longest = longestText }: ChangeLinesOptions) {
    this.redact = redact;
    this.longest = longest;
    this.#most = most;
  }

  add(line: ChangeLine): void {
    if (this.#lines.length < this.#most) this.#lines.push(line);
    else this.#left++;
  }

  end(): readonly ChangeLine[] {
    if (this.#left === 0) return this.#lines;
    return [
      ...this.#lines,
      { sign: "#", depth: 0, text: `${this.#left} more lines of this change are not shown here` },
    ];
  }
}

function writeMembers(page: Page, sides: Sides, depth: number): void {
  const names = new Set<string>();
  for (const value of [sides.before, sides.after, sides.unknown]) {
    if (isObject(value)) for (const key of Object.keys(value)) names.add(key);
  }
  let hidden = 0;
  for (const name of [...names].sort()) {
    // Names of attributes are the schema's; deeper ones may be keys that hold anything.
    const label = depth === 1 ? nameText(name) : nameText(page.redact(name));
    if (!writeMember(page, label, { sides: inside(sides, name), depth })) hidden++;
  }
  if (hidden > 0) page.add({ sign: " ", depth, text: `# (${hidden} unchanged hidden)` });
}

/** Writes one named value. `false` when nothing of it changes and it was left out. */
function writeMember(page: Page, name: string, { sides, depth }: { sides: Sides; depth: number }): boolean {
  const { before, after, unknown, beforeSecret, afterSecret } = sides;
  const was = before !== undefined && before !== null;
  const isOpen = unknown === true;
  const becomes = isOpen || (after !== undefined && after !== null) || hasTrue(unknown);
  if (!was && !becomes) return true;
  const isSame = !hasTrue(unknown) && sameValue(before, after);
  const isSecretChange = !sameValue(beforeSecret ?? false, afterSecret ?? false) && was && becomes;
  if (isSame && !isSecretChange) {
    if (depth > 1 || (name !== "id" && name !== "name") || typeof before !== "string") return false;
    page.add({ sign: " ", depth, text: `${name} = ${valueText(before, beforeSecret, page)}` });
    return true;
  }
  const sign: Sign = !was ? "+" : !becomes ? "-" : "~";
  const because = sides.forces.length > 0 ? " # forces replacement" : "";
  const isHidden = beforeSecret === true || afterSecret === true;
  if (!isHidden && !isOpen && writeInside(page, `${name} = `, { sides, depth, sign, because })) return true;
  const [old, fresh] = texts(sides, page);
  const note = isSame ? " # only whether it is sensitive changes" : "";
  page.add({
    sign,
    depth,
    text: `${name} = ${sign === "~" ? `${old} -> ${fresh}` : sign === "+" ? fresh : old}${because}${note}`,
  });
  return true;
}

interface Place {
  readonly sides: Sides;
  readonly depth: number;
  readonly sign: Sign;
  readonly because: string;
}

/** Writes a value that has parts over several lines, each with its own sign. `false` when it has none. */
function writeInside(page: Page, start: string, place: Place): boolean {
  const { sides, depth, sign, because } = place;
  const kinds = [sides.before, sides.after].filter((value) => value !== undefined && value !== null);
  if (kinds.every(isObject) && (kinds.length > 0 || isObject(sides.unknown))) {
    if (kinds.every((value) => Object.keys(value as JsonObject).length === 0) && !hasTrue(sides.unknown)) return false;
    page.add({ sign, depth, text: `${start}{${because}` });
    writeMembers(page, sides, depth + 1);
    page.add({ sign, depth, text: "}" });
    return true;
  }
  if (kinds.length > 0 && kinds.every(isList)) {
    if (kinds.every((value) => value.length === 0)) return false;
    page.add({ sign, depth, text: `${start}[${because}` });
    writeElements(page, sides, depth + 1);
    page.add({ sign, depth, text: "]" });
    return true;
  }
  if (kinds.length > 0 && kinds.every((value) => typeof value === "string")) return writeLongText(page, start, place);
  return false;
}

function writeElements(page: Page, sides: Sides, depth: number): void {
  const [before, after] = [asList(sides.before), asList(sides.after)];
  const isBlocks = before.length === after.length && [...before, ...after].every(isObject);
  const isPlain = !isBlocks && ![sides.unknown, sides.beforeSecret, sides.afterSecret].some(hasTrue);
  if (isPlain && before.length <= longestDiff && after.length <= longestDiff) {
    let hidden = 0;
    for (const { sign, value } of diffLists(before, after)) {
      if (sign === " ") hidden++;
      else page.add({ sign, depth, text: valueText(value, undefined, page) });
    }
    if (hidden > 0) page.add({ sign: " ", depth, text: `# (${hidden} unchanged hidden)` });
    return;
  }
  let hidden = 0;
  const count = Math.max(before.length, after.length, asList(sides.unknown).length);
  for (let index = 0; index < count; index++) {
    if (!writeMember(page, `[${index}]`, { sides: inside(sides, index), depth })) hidden++;
  }
  if (hidden > 0) page.add({ sign: " ", depth, text: `# (${hidden} unchanged hidden)` });
}

/** Text of several lines, or that is JSON, is compared part by part; what stands in the parts is all there is. */
function writeLongText(page: Page, start: string, { sides, depth, sign, because }: Place): boolean {
  const [before, after] = [sides.before, sides.after] as readonly (string | null | undefined)[];
  const [oldJson, newJson] = [faithfulJson(before), faithfulJson(after)];
  if (oldJson !== "no" && newJson !== "no" && (oldJson !== undefined || newJson !== undefined)) {
    const inner: Sides = { ...nothing, before: oldJson, after: newJson };
    page.add({ sign, depth, text: `${start}jsonencode(${because}` });
    writeInside(page, "", { sides: inner, depth: depth + 1, sign, because: "" });
    page.add({ sign, depth, text: ")" });
    return true;
  }
  const [oldText, newText] = [page.redact(before ?? ""), page.redact(after ?? "")];
  if (!oldText.includes("\n") && !newText.includes("\n")) return false;
  const oldLines = before === null || before === undefined ? [] : oldText.split("\n");
  const newLines = after === null || after === undefined ? [] : newText.split("\n");
  if (oldLines.length > longestDiff || newLines.length > longestDiff) return false;
  if (oldText === newText) return false;
  page.add({ sign, depth, text: `${start}<<-EOT${because}` });
  for (const line of withContext(diffLists(oldLines, newLines))) {
    page.add({ sign: line.sign, depth: depth + 1, text: shorten(String(line.value), page.longest) });
  }
  page.add({ sign: " ", depth, text: "EOT" });
  return true;
}

const nothing: Sides = {
  before: undefined,
  after: undefined,
  unknown: undefined,
  beforeSecret: undefined,
  afterSecret: undefined,
  forces: [],
};

/** The value of a text that is JSON and nothing else: written again it is the same text. Else "no"; nothing for nothing. */
function faithfulJson(text: string | null | undefined): JsonValue | "no" | undefined {
  if (text === null || text === undefined) return undefined;
  if (!/^[{[]/.test(text) || text.length < 3) return "no";
  try {
    const value = exactly(text, false);
    const plain = text.replaceAll("\\u003c", "<").replaceAll("\\u003e", ">").replaceAll("\\u0026", "&");
    return JSON.stringify(value) === plain ? value : "no";
  } catch (error) {
    if (error instanceof SyntaxError) return "no";
    throw error;
  }
}

/** Both sides on one line. Of two long texts, where they part. */
function texts(sides: Sides, wording: Wording): readonly [string, string] {
  const { redact, longest } = wording;
  const { before, after, unknown, beforeSecret, afterSecret } = sides;
  const isHidden = beforeSecret === true || afterSecret === true;
  if (!isHidden && unknown !== true && typeof before === "string" && typeof after === "string") {
    const [old, fresh] = [redact(before), redact(after)];
    if (old === fresh) return [JSON.stringify(shorten(old, longest)), "(another value, redacted)"];
    let same = 0;
    while (same < old.length && old[same] === fresh[same]) same++;
    const from = Math.max(old.length, fresh.length) > longest && same > 60 ? same - 40 : 0;
    const window = (text: string): string =>
      JSON.stringify(from === 0 ? shorten(text, longest) : `…${shorten(text.slice(from), longest)}`);
    return [window(old), window(fresh)];
  }
  const old = isHidden ? secret : valueText(before, beforeSecret, wording);
  const fresh = unknown === true ? unknownText : isHidden ? secret : valueText(after, afterSecret, wording);
  return [before === null || before === undefined ? "null" : old, after === null && unknown !== true ? "null" : fresh];
}

function hasTrue(marker: JsonValue | undefined): boolean {
  if (marker === true) return true;
  if (isList(marker)) return marker.some(hasTrue);
  return isObject(marker) && Object.values(marker).some(hasTrue);
}
