import { type Document, parseDocument, type YAMLError } from "yaml";
import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Path, Place } from "./place.ts";
import { yamlData } from "./yaml-data.ts";

/** More than any flow needs; below it, no text takes long to read. */
const largestFile = 1_000_000;
const deepestNesting = 100;
const mostProblems = 20;

/** A flow file as text that was read: plain data, and where each part of it stands. */
export interface Source {
  /** Objects without a prototype, arrays, strings, numbers, booleans, null; undefined where an alias stood. */
  readonly data: unknown;
  /**
   * Where the value at a path stands; for `"key"` the key that leads to it. A path that leads nowhere gives the
   * place of the nearest parent that exists.
   */
  readonly at: (path: Path, part?: "key" | "value") => Place;
}

/** What reading gave. There is no source when the text is not YAML at all. */
export interface ReadSource {
  readonly source?: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads YAML 1.2 (`on` is a word) and keeps the positions. What could not be read aloud is refused: anchors and
 * aliases, keys given twice, keys that are no words, tags, a second document. All problems at once.
 */
export function readSource(text: string, file: string): ReadSource {
  const yaml = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const unreadable = whyUnreadable(yaml, file);
  if (unreadable !== undefined) return { diagnostics: [unreadable] };
  // Keys given twice are found while converting: the library compares each key with all others.
  const document = parseDocument(yaml, {
    version: "1.2",
    uniqueKeys: false,
    logLevel: "error",
    prettyErrors: false,
  });
  const starts = lineStarts(yaml);
  const placeOf = (offset: number): Place => {
    const line = lineAt(starts, offset);
    return { file, line, column: charactersIn(yaml.slice(starts[line - 1], offset)) + 1 };
  };
  const errors = [...document.errors, ...document.warnings].slice(0, mostProblems);
  const diagnostics = errors.map((problem) => syntaxError(problem, placeOf));
  if (namesAnotherVersion(document)) diagnostics.push(wrongVersion(placeOf(0)));
  if (diagnostics.length > 0) return { diagnostics };
  const { value, problems, offsetOf } = yamlData(document.contents);
  return {
    source: { data: value, at: (path, part = "value") => placeOf(offsetOf(path, part)) },
    diagnostics: problems
      .slice(0, mostProblems)
      .map(({ offset, ...problem }) => ({ severity: "error", ...problem, ...placeOf(offset) })),
  };
}

/** Where each line starts. Counted here, since the library misses line ends where it gives up. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of the line that an offset is in, from 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** What people see as one, also where it takes two code units. */
function charactersIn(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function whyUnreadable(yaml: string, file: string): Diagnostic | undefined {
  if (yaml.length > largestFile) {
    const summary = `The file has ${yaml.length} characters; a flow has ${largestFile} at most.`;
    return { severity: "error", code: "file-too-large", summary, file, line: 1, column: 1 };
  }
  const line = lineNestedTooDeep(yaml);
  if (line === undefined) return undefined;
  const summary = `The file nests deeper than ${deepestNesting} levels.`;
  return { severity: "error", code: "nested-too-deep", summary, file, line, column: 1 };
}

function syntaxError(problem: YAMLError, placeOf: (offset: number) => Place): Diagnostic {
  const said = problem.message.split("\n")[0] ?? "This is not YAML.";
  const summary = problem.code === "MULTIPLE_DOCS" ? "A second document starts here; a flow is one." : said;
  const code = problem.code === "TAG_RESOLVE_FAILED" ? "yaml-tag" : "yaml-syntax";
  return { severity: "error", code, summary, ...placeOf(problem.pos[0]) };
}

function namesAnotherVersion(document: Document): boolean {
  return document.directives?.yaml.explicit === true && document.directives.yaml.version !== "1.2";
}

function wrongVersion(place: Place): Diagnostic {
  const hint = "Remove the %YAML line: in older versions `on` and `yes` are no words.";
  return { severity: "error", code: "yaml-version", summary: "A flow is YAML 1.2.", hint, ...place };
}

/**
 * The first line that would nest deeper than the limit, counted without parsing, since the parser recurses: open
 * brackets, and blocks by what stands before the first word of a line. Brackets inside a text count too.
 */
function lineNestedTooDeep(text: string): number | undefined {
  let line = 1;
  let open = 0;
  let indent = 0;
  let beforeWords = true;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === "\n") {
      line++;
      indent = 0;
      beforeWords = true;
      continue;
    }
    if (character === "[" || character === "{") open++;
    else if ((character === "]" || character === "}") && open > 0) open--;
    beforeWords &&= " \t-?:".includes(character);
    if (beforeWords) indent++;
    if (open > deepestNesting || indent > 4 * deepestNesting) return line;
  }
  return undefined;
}
