import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Worktree } from "../../adapters/git/index.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Context } from "./context.ts";

/** The flow file on disk; undefined when there is none. */
export function readFlowText(context: Context, worktree: Worktree): Promise<string | undefined> {
  return readFile(join(worktree.top, context.options.flow), "utf8").catch(() => undefined);
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
