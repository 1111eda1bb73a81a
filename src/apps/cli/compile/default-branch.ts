import type { RepositoryDescription } from "../../../adapters/git/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import type { Flow } from "../../../flow/index.ts";

/** Where a default branch may be known from. */
export interface KnownBranches {
  /** On the command line. */
  readonly given: string | undefined;
  /** What the files that lie there were compiled for. */
  readonly compiled: string | null;
  readonly repository: Pick<RepositoryDescription, "branches" | "defaultBranch">;
  readonly flow: Pick<Flow, "branches">;
}

/**
 * The branch whose workflows are trusted. Once compiled it stays what it was until it is given anew, so that every machine
 * compiles the same; before, Git says what the remote calls its default, or there is only one that can be meant.
 */
export function defaultBranchOf({ given, compiled, repository, flow }: KnownBranches): {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (given !== undefined) return { name: given, diagnostics: [] };
  const remote = repository.defaultBranch;
  if (compiled !== null) {
    const differs = remote !== null && remote !== compiled;
    return { name: compiled, diagnostics: differs ? [branchDiffers(compiled, remote)] : [] };
  }
  const named = flow.branches.flatMap(({ match }) => match);
  const usual = ["main", "master", "trunk"].filter(
    (name) => repository.branches.includes(name) || named.includes(name),
  );
  const [only] = usual.length === 1 ? usual : repository.branches.length === 1 ? repository.branches : [];
  const name = remote ?? only;
  if (name !== undefined) return { name, diagnostics: [] };
  throw new InputError([
    {
      severity: "error",
      code: "default-branch-unknown",
      summary: "Nothing here says which branch is the default one on GitHub, whose workflows are trusted.",
      hint: "Say it once: plangate compile --default-branch main",
    },
  ]);
}

function branchDiffers(compiled: string, remote: string): Diagnostic {
  return {
    severity: "warning",
    code: "default-branch-differs",
    summary: `The files here are compiled for the default branch "${compiled}", and the remote calls "${remote}" its default.`,
    hint: `Where that was changed on GitHub: plangate compile --default-branch ${remote}. Else let Git look again: git remote set-head origin --auto`,
  };
}
