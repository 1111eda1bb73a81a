import { isUtf8 } from "node:buffer";
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { join, posix, sep } from "node:path";
import type { Worktree } from "../../adapters/git/index.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { InputError } from "../../domain/errors.ts";
import type { Context } from "./context.ts";

/** The flow file on disk; undefined when there is none. Fails with what is wrong where something else is in its place. */
export async function readFlowText(context: Context, worktree: Pick<Worktree, "top">): Promise<string | undefined> {
  const { flow: file } = context.options;
  if (!flowFileIsThere(worktree.top, file)) return undefined;
  return flowTextIn(readFileSync(join(worktree.top, file)), file);
}

/** Whether a plain file is there, inside the repository: nothing is read through a link, nor waited for behind a pipe. */
export function flowFileIsThere(top: string, file: string): boolean {
  if (/^\.\.(?:\/|$)/.test(posix.normalize(file)))
    throw wrong(file, "flow-outside", `${file} is outside of the repository.`, "Keep it where reviews see it change.");
  const path = join(top, file);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (
    found.isSymbolicLink() ||
    realpathSync(path) !== join(realpathSync(top), posix.normalize(file).replaceAll("/", sep))
  ) {
    const summary = `${file} is reached through a symbolic link, so what it says is not what Git has.`;
    throw wrong(file, "flow-is-a-link", summary, "Put the file itself in the link's place.");
  }
  if (found.isFile()) return true;
  const what = found.isDirectory() ? "a folder" : "no file";
  throw wrong(file, "flow-is-no-file", `${file} is ${what}.`, "Move it away, or name the flow file with --flow.");
}

/** The text of a flow file; fails where it is none. */
export function flowTextIn(content: Uint8Array, file: string): string {
  if (isUtf8(content)) return new TextDecoder().decode(content);
  throw wrong(file, "not-utf-8", `${file} is not UTF-8.`, "Save it as UTF-8.");
}

function wrong(file: string, code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint, file }]);
}

export function flowMissing(file: string): Diagnostic {
  return {
    severity: "error",
    code: "flow-missing",
    summary: `There is no ${file} at the top of the repository.`,
    hint: "Write one with `plangate init`, or name it with --flow.",
    file,
  };
}
