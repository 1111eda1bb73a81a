import type { Diagnostic } from "../../domain/diagnostic.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CompiledFile } from "../compiled-file.ts";
import { endOf, linesOf } from "./lines.ts";
import { readRegion, regionNameOf, withoutRegions, withRegion } from "./region.ts";
import { type HeaderAbout, readHeader, withHeader } from "./whole.ts";

/** What becomes of one file of the repository. */
export interface FileChange {
  readonly path: string;
  readonly change: "create" | "update" | "same" | "delete";
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What the repository has, and how to treat it. */
export interface Written extends HeaderAbout {
  /** By path: the files that are compiled, and those beside them, which an earlier compile may have written. */
  readonly there: ReadonlyMap<string, string>;
  /** Whether what people changed by hand in what plangate wrote is replaced. */
  readonly force: boolean;
}

/**
 * What compiling changes in the repository, by path. What is in the way is an error: marks that cannot be told apart, a file
 * that plangate did not write (never replaced), and one that was changed by hand since (replaced only by force).
 */
export function changesOf(
  files: readonly CompiledFile[],
  written: Written,
): { readonly changes: readonly FileChange[]; readonly diagnostics: readonly Diagnostic[] } {
  const given = Map.groupBy(files, ({ path }) => path);
  const found = [
    ...[...given.values()].map(([file, ...others]) => {
      if (file === undefined) throw new InternalError("a group of files has none");
      return file.form === "whole" ? wholeChange(file, written) : regionsChange([file, ...others], written);
    }),
    ...[...written.there].flatMap(([path, text]) => (given.has(path) ? [] : leftBehind({ path, text }, written))),
  ];
  return {
    changes: found.flatMap(({ change }) => change ?? []).sort((left, right) => (left.path < right.path ? -1 : 1)),
    diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** The first line in which two texts differ, as both have it; marks and headers come last, since their digests tell nobody anything. */
export interface FirstDifference {
  readonly line: number;
  /** Null: the text ends before. */
  readonly before: string | null;
  readonly after: string | null;
}

export function firstDifference({ before, after }: FileChange): FirstDifference | null {
  const [left, right] = [linesOf(before ?? ""), linesOf(after ?? "")];
  let ofMark: FirstDifference | null = null;
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [had, has] = [left[index]?.text ?? null, right[index]?.text ?? null];
    if (had === has) continue;
    const difference = { line: index + 1, before: had, after: has };
    if (!isMark(had) || !isMark(has)) return difference;
    ofMark ??= difference;
  }
  return ofMark;
}

function isMark(line: string | null): boolean {
  return line !== null && /\bplangate:(?:file|begin) /.test(line);
}

interface Found {
  readonly change: FileChange | null;
  readonly diagnostics: readonly Diagnostic[];
}

function wholeChange(file: CompiledFile, written: Written): Found {
  const { path } = file;
  const before = written.there.get(path) ?? null;
  const text = withHeader(file, written);
  if (before === null) return changed({ path, before, after: text });
  const after = endOf(before) === "\n" ? text : text.replaceAll("\n", "\r\n");
  if (before === after) return changed({ path, before, after });
  const header = readHeader(before);
  if (header === null) return stopped(notOurs(path));
  if (!header.untouched && !written.force) return stopped(editedByHand(path));
  return changed({ path, before, after });
}

/** All regions of one file. */
function regionsChange(files: readonly [CompiledFile, ...CompiledFile[]], { there, force }: Written): Found {
  const [{ path, comment }] = files;
  const before = there.get(path) ?? null;
  let after = before;
  for (const file of files) {
    const { region, problems } = readRegion(before ?? "", regionNameOf(file), comment);
    if (problems.length > 0) return stopped(...problems.map((problem) => wrongMarks(path, problem)));
    const text = withRegion(after, readRegion(after ?? "", regionNameOf(file), comment).region, file);
    if (text !== after && region !== null && !region.untouched && !force)
      return stopped({ ...editedByHand(path), line: region.line });
    after = text;
  }
  return changed({ path, before, after });
}

/** What an earlier compile wrote and this one does not: only what is certainly plangate's goes. */
function leftBehind(
  { path, text }: { readonly path: string; readonly text: string },
  { force }: Written,
): readonly Found[] {
  const header = readHeader(text);
  if (header !== null) {
    if (!header.untouched && !force) return [stopped(editedByHand(path))];
    return [changed({ path, before: text, after: null })];
  }
  for (const comment of ["#", "<!--"] as const) {
    const read = [{ path }, { path, place: "last" as const }].map((file) =>
      readRegion(text, regionNameOf(file), comment),
    );
    // Marks around nothing say where a region is to stand: people wrote them.
    const regions = read.flatMap(({ region }) => (region === null || region.inner.trim() === "" ? [] : [region]));
    if (regions.length === 0 || read.some(({ problems }) => problems.length > 0)) continue;
    const touched = regions.find(({ untouched }) => !untouched);
    if (touched !== undefined && !force) return [stopped({ ...editedByHand(path), line: touched.line })];
    return [changed({ path, before: text, after: withoutRegions(text, regions) })];
  }
  return [];
}

function changed({ path, before, after }: Omit<FileChange, "change">): Found {
  const change = before === after ? "same" : before === null ? "create" : after === null ? "delete" : "update";
  return { change: { path, change, before, after }, diagnostics: [] };
}

function stopped(...diagnostics: readonly Diagnostic[]): Found {
  return { change: null, diagnostics };
}

/** The code of what was changed by hand: then the answer is no, and not that the input is wrong. */
export const editedCode = "file-edited-by-hand";

function editedByHand(file: string): Diagnostic {
  return {
    severity: "error",
    code: editedCode,
    summary: `${file} was changed by hand since it was compiled.`,
    hint: "Say it in the flow instead, and take the edit back. With --force it is replaced: right after a merge, say, when nothing of it is to be kept.",
    file,
  };
}

function notOurs(file: string): Diagnostic {
  // Those of plangate's own are named by nobody.
  const isOfRow = /^\.github\/workflows\/(?!plangate)/.test(file);
  const other = isOfRow ? " Or call the `workflow` of the flow's rows something else, which gives another file." : "";
  return {
    severity: "error",
    code: "file-not-compiled",
    summary: `${file} is there already, and plangate did not write it.`,
    hint: `Move it away, or delete it once nothing of it is needed: it is never replaced.${other}`,
    file,
  };
}

function wrongMarks(file: string, { line, summary }: { readonly line: number; readonly summary: string }): Diagnostic {
  const hint = "Leave one pair of marks for each region, each on a line of its own; what is around them is kept.";
  return { severity: "error", code: "marks-wrong", summary, hint, file, line };
}
