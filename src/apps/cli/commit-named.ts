import type { openRepository } from "../../adapters/git/index.ts";
import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import { InputError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import { inertLine } from "../../views/inert.ts";

/** The commit that somebody names by a branch, a tag or its id; fails with why there is none, and how to get it. */
export async function commitNamed(
  { repository, reader }: { readonly repository: ReturnType<typeof openRepository>; readonly reader: ChangeReader },
  name: string,
  dir: string,
): Promise<CommitSha> {
  const commit = await repository.resolve(name);
  if (commit !== undefined) return commit;
  if (name === "HEAD" || (await repository.resolve("HEAD")) === undefined)
    throw wrong(
      "no-commit",
      `${dir} has no commit yet.`,
      "Commit your configuration first: commits are what is compared.",
    );
  const remote = await repository.resolve(`origin/${name}`);
  const hint = (await reader.isShallow())
    ? "This clone is shallow: `git fetch --unshallow`, in CI `fetch-depth: 0`."
    : "Fetch it first. In CI, check out with `fetch-depth: 0`.";
  throw wrong(
    "unknown-revision",
    `"${inertLine(name)}" is no branch, tag or commit of this repository.`,
    remote === undefined ? hint : `There is origin/${name}: name that, or fetch the branch.`,
  );
}

function wrong(code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint }]);
}
