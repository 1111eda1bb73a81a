import { copyFile, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";
import { type CommitSha, parseCommitSha, type TreeSha } from "../../domain/names.ts";
import { type Environment, exits, gitFrom, runGit } from "./run-git.ts";

/** Where a person works: the folder they see, and where Git keeps what belongs to it. */
export interface Worktree {
  /** The top of what is checked out here. */
  readonly top: string;
  /** The top of the main worktree: the same for all worktrees of one repository, and `top` in most. */
  readonly mainTop: string;
  /** Git's own folder that all worktrees share. */
  readonly commonDir: string;
  /** Git's own folder of this worktree, with its index. */
  readonly gitDir: string;
}

const isBare = (stderr: string) => stderr.includes("cannot use bare repository");

/**
 * The worktree that a folder is in. Fails with `not-a-repository`, or with `bare-repository` where there is nothing
 * checked out.
 */
export async function findWorktree(folder: string, env: Environment = process.env): Promise<Worktree> {
  const git = gitFrom(folder, env);
  const asked = ["--path-format=absolute", "--absolute-git-dir", "--git-common-dir", "--show-toplevel"];
  // Git answers in this order, and fails at the last when nothing is checked out.
  const { exitCode, stdout } = await runGit(git, ["rev-parse", ...asked], {
    accepts: ({ exitCode, stdout, stderr }) => exitCode === 0 || stdout.length > 0 || isBare(stderr),
  });
  const [gitDir = "", commonDir = "", top = ""] = stdout.toString().split("\n");
  if (exitCode !== 0) {
    throw new DeliveryError({
      code: "bare-repository",
      message: `${folder} is in a bare repository, or in Git's own folder of one, where nothing is checked out`,
      reaction: "stop",
      hint: "Run plangate in a checkout of your repository.",
    });
  }
  const shared = gitDir !== commonDir && basename(commonDir) === ".git";
  return { top, mainTop: shared ? dirname(commonDir) : top, commonDir, gitDir };
}

export interface WorktreeStatus {
  /** `null` before the first commit. */
  readonly head: CommitSha | null;
  /** `null` when a commit is checked out and no branch. */
  readonly branch: string | null;
  /** Something differs from `head`: changed, removed, or there and not ignored. */
  readonly isDirty: boolean;
  /** What differs: paths of files, and of folders, with a slash at the end, that are new as a whole. */
  readonly changed: readonly string[];
}

export async function readStatus(worktree: Worktree, env: Environment = process.env): Promise<WorktreeStatus> {
  const args = [
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--untracked-files=normal",
    "--ignore-submodules=none",
    "--no-renames",
  ];
  const { stdout } = await runGit(gitFrom(worktree.top, env), args);
  const lines = stdout
    .toString()
    .split("\0")
    .filter((line) => line !== "");
  const header = (name: string) =>
    lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const branch = header("head");
  const changed = lines.filter((line) => !line.startsWith("# ")).map(changedPath);
  return {
    head: parseCommitSha(header("oid") ?? "") ?? null,
    branch: branch === undefined || branch === "(detached)" ? null : branch,
    isDirty: changed.length > 0,
    changed,
  };
}

/** The path of a line of status: it stands last, and may have blanks in it. */
function changedPath(line: string): string {
  const before = line.startsWith("? ") ? 1 : line.startsWith("u ") ? 10 : 8;
  return line.split(" ").slice(before).join(" ");
}

/**
 * The tree of what is on disk, with new files that are not ignored: what a commit of everything would hold. Their
 * contents go into the repository's objects, as with `git stash`; the user's index and files stay as they are.
 *
 * The index is copied for what it knows of unchanged files. The copy counts as no younger than the second in which the
 * index was written, so that Git looks again at files that changed in that second.
 */
export async function worktreeTree(worktree: Worktree, env: Environment = process.env): Promise<TreeSha> {
  const git = gitFrom(worktree.top, env);
  const folder = await mkdtemp(join(tmpdir(), "plangate-index-"));
  try {
    const copy = join(folder, "index");
    const index = join(worktree.gitDir, "index");
    const written = await stat(index).catch(() => undefined);
    if (written !== undefined) {
      await copyFile(index, copy);
      const second = Math.floor(written.mtimeMs / 1000);
      await utimes(copy, second, second);
    }
    const about = { env: { GIT_INDEX_FILE: copy } };
    await runGit(git, ["-c", "core.safecrlf=false", "add", "--all", "--", "."], about);
    const { stdout } = await runGit(git, ["write-tree"], about);
    return stdout.toString().trim() as TreeSha;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The branch that is checked out, also one without a commit, and every branch of this repository that is here. */
export async function readBranches(
  worktree: Worktree,
  env: Environment = process.env,
): Promise<{ readonly current: string | null; readonly local: readonly string[] }> {
  const git = gitFrom(worktree.top, env);
  const [head, refs] = await Promise.all([
    runGit(git, ["symbolic-ref", "--quiet", "HEAD"], { accepts: exits(0, 1) }),
    runGit(git, ["for-each-ref", "--format=%(refname)", "refs/heads"]),
  ]);
  const branchesIn = ({ stdout }: { readonly stdout: Buffer }) =>
    stdout
      .toString()
      .split("\n")
      .flatMap((ref) => /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? []);
  return { current: branchesIn(head)[0] ?? null, local: branchesIn(refs) };
}

/** Who the user says they are; `null` when they have not said. */
export async function readUserEmail(worktree: Worktree, env: Environment = process.env): Promise<string | null> {
  const { exitCode, stdout } = await runGit(gitFrom(worktree.top, env), ["config", "--get", "user.email"], {
    accepts: exits(0, 1),
  });
  const email = stdout.toString().trim().toLowerCase();
  return exitCode === 0 && email !== "" ? email : null;
}
