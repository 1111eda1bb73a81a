import type { Person } from "../../../adapters/git/index.ts";
import type { CommitSha, TreeSha } from "../../../domain/names.ts";
import type { Commit } from "./git.ts";
import { type MergeText, mergeMessage, squashMessage } from "./merge-message.ts";
import { blocked, type Result } from "./outcome.ts";
import { findUser, personOf, webFlow } from "./people.ts";
import type { Place } from "./room.ts";
import type { MergeMethod } from "./state.ts";

export interface Merge extends MergeText {
  /** Where the base is. */
  readonly base: CommitSha;
  readonly upToDate: boolean;
  readonly method: MergeMethod;
}

export interface MadeCommits {
  /** Where the base goes. */
  readonly tip: CommitSha;
  /** Commits that were not there before, oldest first. */
  readonly made: readonly CommitSha[];
}

/** Makes the commits of a merge as GitHub does; no ref is moved. Blocked when the two do not go together. */
export async function mergeCommits(place: Place, merge: Merge): Promise<Result<MadeCommits>> {
  const { change, base, method } = merge;
  if (method === "fast-forward") return { tip: change.headCommit, made: [] };
  if (method === "rebase") return rebase(place, merge);
  const tree = await mergedTree(place, merge);
  if (tree === null) return conflict;
  const { state, now, by, network } = place;
  const opener = findUser(state, change.opener);
  // A squash speaks for the opener, a merge for whoever merged; GitHub itself commits both.
  const author = method === "squash" && opener !== undefined ? personOf(state, opener) : personOf(state, by);
  const parents = method === "squash" ? [base] : [base, change.headCommit];
  const message = method === "squash" ? squashMessage(merge, author) : mergeMessage(merge);
  const tip = await network.writer.commitTree(tree, parents, { author, committer: webFlow(state), message, at: now });
  return { tip, made: [tip] };
}

const conflict = blocked(405, "Pull Request is not mergeable");

/** What would be there: the head's own tree when it has all of the base. */
async function mergedTree({ network }: Place, { base, change, upToDate }: Merge): Promise<TreeSha | null> {
  const head = await network.commit(change.headCommit);
  if (upToDate && head !== undefined) return head.tree;
  const merged = await network.mergeTree(base, change.headCommit);
  return "tree" in merged ? merged.tree : null;
}

/**
 * Each commit anew on top of the base: its author stays, whoever merges commits it, merges in between are left out.
 * New ids always, also where nothing had to be moved.
 */
async function rebase(place: Place, { base, commits, upToDate }: Merge): Promise<Result<MadeCommits>> {
  const { network, state, by, now } = place;
  const made: CommitSha[] = [];
  let tip = base;
  const merges = commits.some((commit) => commit.parents.length > 1);
  for (const commit of commits) {
    if (commit.parents.length > 1) continue;
    const tree = upToDate && !merges ? commit.tree : await picked(place, commit, tip);
    if (tree === null) return conflict;
    const about = { author: commit.author, committer: personOf(state, by), message: commit.message, at: now };
    tip = await network.writer.commitTree(tree, [tip], about);
    made.push(tip);
  }
  return { tip, made };
}

/**
 * The tree after picking a commit onto another one. Git 2.38 cannot be told what to take for the merge base, so two
 * commits are made whose only common ancestor it is.
 */
async function picked({ network, now }: Place, commit: Commit, onto: CommitSha): Promise<TreeSha | null> {
  const parent = commit.parents[0] === undefined ? undefined : await network.commit(commit.parents[0]);
  const target = await network.commit(onto);
  if (parent === undefined || target === undefined) return null;
  const nobody: Person = { name: "rebase", email: "rebase" };
  const make = (tree: TreeSha, parents: readonly CommitSha[]) =>
    network.writer.commitTree(tree, parents, { author: nobody, committer: nobody, message: "rebase\n", at: now });
  const start = await make(parent.tree, []);
  const ours = await make(target.tree, [start]);
  const theirs = await make(commit.tree, [start]);
  const merged = await network.mergeTree(ours, theirs);
  return "tree" in merged ? merged.tree : null;
}
