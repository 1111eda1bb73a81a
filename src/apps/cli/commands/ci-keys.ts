import { resolve } from "node:path";
import { findWorktree } from "../../../adapters/git/index.ts";
import { InputError } from "../../../domain/errors.ts";
import { keysCommand } from "../../ci/make-keys.ts";
import { type Context, directoryOf, type Result } from "../context.ts";
import { readFlow } from "../open-local.ts";

/** The keys of a repository, with those of each environment that the flow on disk has. */
export async function ciKeysCommand(context: Context, folder: string | undefined): Promise<Result> {
  if (folder === undefined) throw noFolder();
  const directory = directoryOf(context.options);
  const { environments } = await readFlow(context, await findWorktree(directory, context.env));
  return keysCommand(
    resolve(directory, folder),
    environments.map(({ name }) => name),
  );
}

function noFolder(): InputError {
  const summary = "Nothing says where the keys are to lie.";
  const hint = "Give a new folder, or a copy of one that this made: plangate ci keys ~/keys";
  return new InputError([{ severity: "error", code: "folder-missing", summary, hint }]);
}
