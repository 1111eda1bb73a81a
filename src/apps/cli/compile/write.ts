import { chmodSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileChange } from "../../../compile/written/index.ts";
import { DeliveryError } from "../../../domain/errors.ts";

/**
 * Makes all of the changes or none: everything is written beside its place first, and takes its place when nothing can be
 * missing any more. A failure puts back what was replaced, and is told.
 */
export function writeChanges(top: string, changes: readonly FileChange[]): void {
  const undo: (() => void)[] = [];
  try {
    const staged = changes.flatMap(({ path, before, after }) => {
      if (after === null || after === before) return [];
      const target = join(top, path);
      makeFolder(dirname(target), undo);
      const temporary = stagedName(target);
      writeFileSync(temporary, after, { flag: "wx" });
      undo.push(() => rmSync(temporary, { force: true }));
      if (before !== null) chmodSync(temporary, lstatSync(target).mode);
      return [{ target, temporary, before }];
    });
    for (const { target, temporary, before } of staged) {
      renameSync(temporary, target);
      undo.push(() => putBack(target, before));
    }
    for (const { path, before, after } of changes) {
      if (after !== null || before === null) continue;
      const target = join(top, path);
      unlinkSync(target);
      undo.push(() => putBack(target, before));
    }
  } catch (error) {
    for (const step of undo.reverse()) quietly(step);
    throw new DeliveryError({
      code: "not-written",
      message: `writing compiled files: ${error instanceof Error ? error.message : String(error)}`,
      reaction: "stop",
      hint: "Nothing was changed. See that the folder can be written to, and run it again.",
      cause: error,
    });
  }
}

function stagedName(target: string): string {
  return join(dirname(target), `.${basename(target)}.plangate-${process.pid}`);
}

function makeFolder(folder: string, undo: (() => void)[]): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  undo.push(() => {
    for (let made = folder; made.length >= first.length; made = dirname(made)) rmdirSync(made);
  });
}

function putBack(target: string, before: string | null): void {
  if (before === null) rmSync(target, { force: true });
  else writeFileSync(target, before);
}

/** What cannot be undone must not keep the rest from being undone. */
function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // Told by the failure that led here.
  }
}
