import type { FlaggedPush, PushedCommit } from "../../domain/facts.ts";
import { pushInKey } from "../../domain/flag-key.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { type Commit, commitsBetween, differingPaths, type Tree } from "./git.ts";
import { holding } from "./pull-requests.ts";
import { isValue } from "./values.ts";
import type { ModelWorld } from "./world.ts";

/**
 * A commit that reached a branch by no pull request, with all that came in the same push: by its id that push is spoken
 * of, and accepted.
 */
export function pushedCommit(world: ModelWorld, branch: string, commit: Commit): PushedCommit {
  const push = world.pushes.findLast((known) => known.branch === branch && known.commits.includes(commit));
  if (push === undefined) {
    const before = commit.parents[0] ?? null;
    return { ...pushedBetween(world, { branch, before, after: commit }), writers: commit.people };
  }
  const { before, after, by } = push;
  const found = pushedBetween(world, { branch, before: before ?? push.commits.at(-1)?.parents[0] ?? null, after });
  return { ...found, writers: [...new Set([...found.writers, by])] };
}

/** The pushes that an open issue asks people to look at. */
export function flaggedPushes(world: ModelWorld): readonly FlaggedPush[] {
  return world.issues.flatMap(({ key, open }) => {
    const named = open ? pushInKey(key) : undefined;
    const commit = named === undefined ? undefined : world.commits[named.commit];
    if (named === undefined || commit === undefined) return [];
    return [{ code: named.code, push: pushedCommit(world, named.branch, commit) }];
  });
}

/** What came to a branch between two of its heads, pull requests left out of its writers. */
export function pushedBetween(
  world: ModelWorld,
  { branch, before, after }: { readonly branch: string; readonly before: Commit | null; readonly after: Commit },
): PushedCommit {
  const bare = commitsBetween(before, after).filter((commit) => holding(world, commit).length === 0);
  return {
    branch,
    commit: after.sha,
    ...sizeOf(before?.tree ?? {}, after.tree),
    writers: [...new Set(bare.flatMap(({ people }) => people))],
    accepted: acceptedBy(world, after.sha),
  };
}

function acceptedBy(world: ModelWorld, commit: CommitSha): readonly Login[] {
  return [...new Set(world.commitAnswers.filter((answer) => answer.commit === commit).map(({ by }) => by))];
}

/** Files that differ, and lines added and removed. A value that became another one is one line, as a story means it. */
function sizeOf(before: Tree, after: Tree): Pick<PushedCommit, "files" | "lines"> {
  const paths = differingPaths(before, after);
  const lines = paths.map((path) => differingLines(before[path], after[path]));
  return { files: paths.length, lines: lines.reduce((sum, count) => sum + count, 0) };
}

function differingLines(before: string | undefined, after: string | undefined): number {
  if (isValue(after ?? "") || (after === undefined && isValue(before ?? ""))) return 1;
  const left = new Map<string, number>();
  for (const line of linesOf(isValue(before ?? "") ? undefined : before)) left.set(line, (left.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of linesOf(after)) {
    const count = left.get(line) ?? 0;
    if (count === 0) added++;
    else left.set(line, count - 1);
  }
  return added + [...left.values()].reduce((sum, count) => sum + count, 0);
}

function linesOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
