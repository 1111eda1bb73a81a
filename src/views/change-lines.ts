import {
  asList,
  ExactNumber,
  exactly,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  member,
  sameValue,
} from "../domain/json-value.ts";
import type { ResourceChange, ValueChange } from "../domain/plan-json.ts";
import { actionOf } from "../domain/plan-summary.ts";
import type { Redactor } from "../domain/redaction.ts";

/** What a line says about its content: added, removed, changed, replaced, read, or there for orientation. */
export type Sign = "+" | "-" | "~" | "-/+" | "+/-" | "<=" | "#" | " ";

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
}

const secret = "(sensitive value)";
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

/** What one word or sign says of a change; replacements say in which order. */
export function signOf(resource: ResourceChange): Sign {
  const { actions } = resource.change;
  switch (actionOf(resource)) {
    case "create":
      return "+";
    case "delete":
    case "forget":
      return "-";
    case "replace":
      return actions[0] === "create" ? "+/-" : "-/+";
    case "update":
      return "~";
    case "read":
      return "<=";
    case "import":
    case "move":
    case undefined:
      return " ";
  }
}

function headings(resource: ResourceChange): readonly string[] {
  const { address, deposed, previous_address: previous, action_reason: reason, change } = resource;
  const subject = deposed === undefined ? address : `${address} (deposed object ${deposed})`;
  const lines = [`${subject} ${fate(resource)}`];
  if (previous !== undefined && previous !== address) lines.push(`(moved from ${previous})`);
  if (isObject(change.importing)) lines.push(`(imported from ${importText(change.importing)})`);
  if (reason !== undefined) lines.push(`(${reasons[reason] ?? reason.replaceAll("_", " ")})`);
  return lines;
}

function importText(importing: JsonObject): string {
  const { id, identity } = importing;
  if (typeof id === "string" && id !== "") return JSON.stringify(id);
  return identity === undefined ? "an id known after apply" : "an identity";
}

function fate(resource: ResourceChange): string {
  switch (actionOf(resource)) {
    case "create":
      return "will be created";
    case "update":
      return "will be updated in place";
    case "delete":
      return "will be destroyed";
    case "replace":
      return resource.change.actions[0] === "create"
        ? "must be replaced: the new one is created, then the old one destroyed"
        : "must be replaced: the old one is destroyed, then the new one created";
    case "forget":
      return "will no longer be managed; the real object stays";
    case "read":
      return "will be read during apply";
    case "import":
      return "will be imported";
    case "move":
      return "has moved";
    case undefined:
      return "stays as it is";
  }
}

const reasons: Readonly<Record<string, string>> = {
  replace_because_cannot_update: "an attribute that forces replacement changes",
  replace_because_tainted: "it is tainted",
  replace_by_request: "asked for with -replace",
  replace_by_triggers: "what replace_triggered_by names changes",
  delete_because_no_resource_config: "it is no longer in the configuration",
  delete_because_no_module: "its module is no longer in the configuration",
  delete_because_wrong_repetition: "count or for_each came or went",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is no longer in for_each",
  delete_because_no_move_target: "it moved to where nothing is configured",
  read_because_config_unknown: "its configuration is not known yet",
  read_because_dependency_pending: "what it depends on changes first",
  read_because_check_nested: "it belongs to a check",
};

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
class Page {
  readonly redact: Redactor;
  readonly #most: number;
  readonly #lines: ChangeLine[] = [];
  #left = 0;

  constructor({ redact, most }: ChangeLinesOptions) {
    this.redact = redact;
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

function nameText(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name);
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
    page.add({ sign: " ", depth, text: `${name} = ${valueText(before, beforeSecret, page.redact)}` });
    return true;
  }
  const sign: Sign = !was ? "+" : !becomes ? "-" : "~";
  const because = sides.forces.length > 0 ? " # forces replacement" : "";
  const isHidden = beforeSecret === true || afterSecret === true;
  if (!isHidden && !isOpen && writeInside(page, `${name} = `, { sides, depth, sign, because })) return true;
  const [old, fresh] = texts(sides, page.redact);
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
      else page.add({ sign, depth, text: valueText(value, undefined, page.redact) });
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
    page.add({ sign: line.sign, depth: depth + 1, text: shorten(String(line.value)) });
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

const longestDiff = 400;

interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly value: JsonValue;
}

/** The shortest way from one list to the other, by equal elements. */
function diffLists(before: readonly JsonValue[], after: readonly JsonValue[]): readonly DiffLine[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const at = row * width + column;
      common[at] = sameValue(before[row], after[column])
        ? (common[at + width + 1] ?? 0) + 1
        : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (row < before.length && column < after.length && sameValue(old, fresh)) {
      lines.push({ sign: " ", value: old ?? null });
      row++;
      column++;
    } else if (
      row < before.length &&
      (column >= after.length || (common[(row + 1) * width + column] ?? 0) >= (common[row * width + column + 1] ?? 0))
    ) {
      lines.push({ sign: "-", value: old ?? null });
      row++;
    } else {
      lines.push({ sign: "+", value: fresh ?? null });
      column++;
    }
  }
  return lines;
}

const context = 2;

function withContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  const shown: DiffLine[] = [];
  let hidden = 0;
  const flush = (): void => {
    if (hidden > 0) shown.push({ sign: " ", value: `# (${hidden} unchanged lines hidden)` });
    hidden = 0;
  };
  lines.forEach((line, index) => {
    if (near[index] === true) {
      flush();
      shown.push(line);
    } else hidden++;
  });
  flush();
  return shown;
}

/** Both sides on one line. Of two long texts, where they part. */
function texts(sides: Sides, redact: Redactor): readonly [string, string] {
  const { before, after, unknown, beforeSecret, afterSecret } = sides;
  const isHidden = beforeSecret === true || afterSecret === true;
  if (!isHidden && unknown !== true && typeof before === "string" && typeof after === "string") {
    const [old, fresh] = [redact(before), redact(after)];
    if (old === fresh) return [JSON.stringify(shorten(old)), "(another value, redacted)"];
    let same = 0;
    while (same < old.length && old[same] === fresh[same]) same++;
    const from = Math.max(old.length, fresh.length) > longestText && same > 60 ? same - 40 : 0;
    const window = (text: string): string =>
      JSON.stringify(from === 0 ? shorten(text) : `…${shorten(text.slice(from))}`);
    return [window(old), window(fresh)];
  }
  const old = isHidden ? secret : valueText(before, beforeSecret, redact);
  const fresh = unknown === true ? unknownText : isHidden ? secret : valueText(after, afterSecret, redact);
  return [before === null || before === undefined ? "null" : old, after === null && unknown !== true ? "null" : fresh];
}

function valueText(value: JsonValue | undefined, marker: JsonValue | undefined, redact: Redactor): string {
  if (marker === true) return secret;
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(shorten(redact(value)));
  if (value instanceof ExactNumber) return redact(value.decimal);
  if (typeof value !== "object") return redact(String(value));
  return shorten(redact(compact(value, marker, redact)));
}

function compact(value: JsonValue, marker: JsonValue | undefined, redact: Redactor): string {
  if (marker === true) return secret;
  if (isList(value)) {
    const markers = isList(marker) ? marker : [];
    return `[${value.map((inner, index) => (isObject(inner) || isList(inner) ? compact(inner, markers[index], redact) : valueText(inner, markers[index], redact))).join(", ")}]`;
  }
  if (!isObject(value)) return valueText(value, marker, redact);
  const kept = Object.keys(value).filter((key) => value[key] !== null);
  const parts = kept.map((key) => {
    const inner = value[key] as JsonValue;
    const innerMarker = isObject(marker) ? member(marker, key) : undefined;
    const text =
      isObject(inner) || isList(inner) ? compact(inner, innerMarker, redact) : valueText(inner, innerMarker, redact);
    return `${nameText(redact(key))} = ${text}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

const longestText = 600;

function shorten(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)}… (${text.length - longestText} more characters)`;
}

function hasTrue(marker: JsonValue | undefined): boolean {
  if (marker === true) return true;
  if (isList(marker)) return marker.some(hasTrue);
  return isObject(marker) && Object.values(marker).some(hasTrue);
}
