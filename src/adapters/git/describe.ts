import type { Environment } from "./run-git.ts";
import { exits, gitIn, runGit } from "./run-git.ts";
import type { Worktree } from "./worktree.ts";

/** What there is in a repository, for whoever sees it for the first time. */
export interface RepositoryDescription {
  /** Files on disk that Git tracks or would: what is ignored is left out. */
  readonly paths: readonly string[];
  /** Names of branches, local and remote, without the remote's. */
  readonly branches: readonly string[];
  /** The branch that the remote calls its default, when that is known here. */
  readonly defaultBranch: string | null;
  /** Owner and name on the forge, when `origin` tells. */
  readonly remote: { readonly owner: string; readonly name: string } | null;
}

export async function describeRepository(worktree: Worktree, env: Environment): Promise<RepositoryDescription> {
  const git = gitIn(worktree.top, env);
  const [files, refs, head, origin] = await Promise.all([
    runGit(git, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]),
    runGit(git, ["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"]),
    runGit(git, ["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"], { accepts: exits(0, 1) }),
    runGit(git, ["config", "--get", "remote.origin.url"], { accepts: exits(0, 1) }),
  ]);
  const branches = refs.stdout
    .toString()
    .split("\n")
    .flatMap((ref) => /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1] ?? []);
  return {
    paths: [...new Set(files.stdout.toString().split("\0"))].filter((path) => path !== ""),
    branches: [...new Set(branches)].filter((branch) => branch !== "HEAD"),
    defaultBranch: /^refs\/remotes\/origin\/(.+)$/.exec(head.stdout.toString().trim())?.[1] ?? null,
    remote: remoteOf(origin.stdout.toString().trim()),
  };
}

/** `https://host/owner/name.git` and `git@host:owner/name`; anything else tells nothing. */
function remoteOf(url: string): RepositoryDescription["remote"] {
  const [, owner, name] =
    /^(?:https?:\/\/[^/]+\/|ssh:\/\/[^/]+\/|[^/@]+@[^/:]+:)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return owner === undefined || name === undefined ? null : { owner, name };
}
