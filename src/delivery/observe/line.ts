import type { CommitSha } from "../../domain/names.ts";
import type { Delivery } from "../delivery.ts";
import type { CommitPeople } from "../ports.ts";

/** Longer than any pull request. */
const longestWalk = 1_000;

/**
 * What a pull request brought to a branch, and where that stood before: back along first parents, over everything that
 * it brought. A rebase brings several commits, and other changes may lie on top. Null when the branch has nothing of it.
 */
export async function spanOf(
  delivery: Delivery,
  from: CommitSha,
  pullRequest: number,
): Promise<{ readonly before: CommitSha; readonly last: CommitSha } | null> {
  let last: CommitSha | null = null;
  let at: CommitSha | undefined = from;
  for (let steps = 0; steps < longestWalk && at !== undefined; steps++) {
    const holds = (await delivery.forge.pullRequestsOf(at)).some(({ number }) => number === pullRequest);
    if (last !== null && !holds) return { before: at, last };
    if (holds) last ??= at;
    at = await delivery.repository.resolve(`${at}^1`);
  }
  return null;
}

/** Where the branch stood before a pull request came to it. */
export async function beforeChange(
  delivery: Delivery,
  from: CommitSha,
  pullRequest: number,
): Promise<CommitSha | null> {
  return (await spanOf(delivery, from, pullRequest))?.before ?? null;
}

/** A commit with what it changes of the line that leads from `from` to the last one. */
export interface LineCommit {
  readonly sha: CommitSha;
  readonly emails: CommitPeople["emails"];
  readonly paths: readonly string[];
}

/**
 * The commits between two, newest first, each with its paths against the parent that stands on the line from one to the
 * other. That is the first parent, except where somebody merged the line into something older: a merge that keeps the
 * older content takes back what came since, and against its first parent it changes nothing.
 */
export async function lineBetween(
  delivery: Pick<Delivery, "repository">,
  from: CommitSha | null,
  to: CommitSha,
): Promise<{ readonly commits: readonly LineCommit[]; readonly reaches: boolean }> {
  const commits = await delivery.repository.commitsBetween(from, to);
  if (from === null) return { commits, reaches: true };
  const onLine = new Set<CommitSha>([from]);
  // Parents stand behind their children, so from the back each parent is known before its children.
  for (const { sha, parents } of commits.toReversed()) if (parents.some((one) => onLine.has(one))) onLine.add(sha);
  const line = await Promise.all(
    commits.map(async (commit) => {
      const parent = commit.parents.find((one) => onLine.has(one));
      if (parent === undefined || parent === commit.parents[0]) return commit;
      return { ...commit, paths: [...commit.paths, ...(await delivery.repository.changedPaths(parent, commit.sha))] };
    }),
  );
  return { commits: line, reaches: onLine.has(to) };
}
