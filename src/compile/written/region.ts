import { posix } from "node:path";
import { digestOf, shortDigest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CompiledFile } from "../compiled-file.ts";
import { endOf, type Line, linesOf, withLineFeeds } from "./lines.ts";

/** What stands between the marks of a file, and where. */
export interface Region {
  /** Where the mark that begins it stands, and where the line of the one that ends it has its end. */
  readonly from: number;
  readonly to: number;
  /** Between the marks. */
  readonly inner: string;
  readonly line: number;
  /** Whether it is as it was compiled, or empty: then nobody wrote in it. */
  readonly untouched: boolean;
}

/** Something wrong with the marks of a file, and the line where it shows. */
export interface MarkProblem {
  readonly line: number;
  readonly summary: string;
}

/** `.github/CODEOWNERS` → `codeowners`: how its marks call a file's region; `codeowners-last` is its second one. */
export function regionNameOf({ path, place }: Pick<CompiledFile, "path" | "place">): string {
  const name = posix
    .basename(path)
    .replace(/\.[^.]*$/, "")
    .toLowerCase();
  return place === "last" ? `${name}-last` : name;
}

/**
 * The region of that name, or null where the file has none. Marks stand at the beginning of a line of their own. Where they
 * cannot be told apart (twice the same name, one inside another, an end or a beginning alone) the problems say so.
 */
export function readRegion(
  text: string,
  name: string,
  comment: CompiledFile["comment"],
): { readonly region: Region | null; readonly problems: readonly MarkProblem[] } {
  const problems: MarkProblem[] = [];
  const regions = new Map<string, Region>();
  let open: { readonly mark: Mark; readonly line: Line } | null = null;
  for (const line of linesOf(text)) {
    const mark = markIn(line.text, comment);
    if (mark === null) continue;
    const say = (summary: string) => problems.push({ line: line.number, summary });
    if (mark.side === "begin") {
      if (open !== null) say(`The region "${mark.name}" begins inside "${open.mark.name}".`);
      else if (regions.has(mark.name)) say(`The region "${mark.name}" is there twice.`);
      open = { mark, line };
    } else if (open === null || open.mark.name !== mark.name) {
      say(`The region "${mark.name}" ends where it did not begin.`);
    } else {
      const inner = text.slice(open.line.to, line.from);
      const untouched = inner.trim() === "" || open.mark.digest === digestIn(inner);
      const from = open.line.from + (open.line.text.startsWith(byteOrderMark) ? byteOrderMark.length : 0);
      regions.set(mark.name, { from, to: line.from + line.text.length, inner, line: open.line.number, untouched });
      open = null;
    }
  }
  if (open !== null) problems.push({ line: open.line.number, summary: `The region "${open.mark.name}" has no end.` });
  return { region: regions.get(name) ?? null, problems };
}

/**
 * The file with the region as compiled, and everything around it byte for byte as it was. `before` is null where there is
 * no file yet. Line ends are those that the file has; one without an end of its last line stays so.
 */
export function withRegion(before: string | null, region: Region | null, file: CompiledFile): string {
  mustHoldNoMark(file);
  const [begin, end] = marksOf(file);
  if (before === null) return `${begin}\n${file.text}${end}\n`;
  const eol = endOf(region === null ? before : before.slice(region.from));
  const lines = `${begin}\n${file.text}${end}`.replaceAll("\n", eol);
  if (region !== null) return `${before.slice(0, region.from)}${lines}${before.slice(region.to)}`;
  const start = before.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  if (before.length === start) return `${before}${lines}${eol}`;
  if (file.place === "before") return `${before.slice(0, start)}${lines}${eol}${eol}${before.slice(start)}`;
  const ended = before.endsWith("\n");
  return `${before}${ended ? "" : eol}${eol}${lines}${ended ? eol : ""}`;
}

/** What people wrote, with nothing of the regions; null when nothing is left that they would miss. */
export function withoutRegions(text: string, regions: readonly Region[]): string | null {
  const left = regions
    .toSorted((one, other) => other.from - one.from)
    .reduce((kept, { from, to }) => `${kept.slice(0, from)}${kept.slice(to)}`, text);
  return left.trim() === "" ? null : left;
}

/** Some editors write it first; it is no part of the first line. */
const byteOrderMark = "\ufeff";

interface Mark {
  readonly side: "begin" | "end";
  readonly name: string;
  /** Of what was compiled; a mark that somebody wrote by hand, to say where the region is to stand, has none. */
  readonly digest: string | undefined;
}

/** Marks of a name that compiling would give, with or without blanks behind. */
const patterns = {
  "#": /^# plangate:(begin|end) ([a-z0-9._-]+)(?: ([0-9a-f]{12}))?[ \t]*$/,
  "<!--": /^<!-- plangate:(begin|end) ([a-z0-9._-]+)(?: ([0-9a-f]{12}))? -->[ \t]*$/,
} as const;

function markIn(line: string, comment: CompiledFile["comment"]): Mark | null {
  if (comment === "json") return null;
  const [, side, name, digest] =
    patterns[comment].exec(line.startsWith(byteOrderMark) ? line.slice(byteOrderMark.length) : line) ?? [];
  if (side !== "begin" && side !== "end") return null;
  return name === undefined ? null : { side, name, digest };
}

function marksOf(file: CompiledFile): readonly [string, string] {
  const { text, comment } = file;
  const name = regionNameOf(file);
  const words = [`plangate:begin ${name} ${digestIn(text)}`, `plangate:end ${name}`];
  const [begin = "", end = ""] = words.map((word) => (comment === "#" ? `# ${word}` : `<!-- ${word} -->`));
  return [begin, end];
}

function digestIn(inner: string): string {
  return shortDigest(digestOf(withLineFeeds(inner)));
}

/** What is compiled cannot end its own region. */
function mustHoldNoMark({ path, text, comment }: CompiledFile): void {
  if (comment === "json") throw new InternalError(`${path} is JSON, which has no comments to mark a region with`);
  if (!text.endsWith("\n") || linesOf(text).some((line) => markIn(line.text, comment) !== null))
    throw new InternalError(`the region of ${path} holds a mark, or its last line has no end`);
}
