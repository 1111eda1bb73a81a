import type { CommitSha, TreeSha } from "../../domain/names.ts";
import { rowsInto, rowsOfPush } from "../../engine/index.ts";
import type { Transition } from "../../flow/flow.ts";
import type { Ci, OpenJob } from "./open-job.ts";
import { changeIn, mergeGroupIn, pushIn } from "./payload.ts";

/** The change that started this run, as Git has it. */
export interface TouchingChange {
  readonly before: TreeSha;
  /** What would be there after the merge, or what was pushed. */
  readonly after: TreeSha;
  readonly commit: CommitSha;
  readonly base: CommitSha | null;
  /** The environments that rows of this workflow plan for it. */
  readonly rows: readonly Transition[];
  readonly pullRequest: number | null;
}

/** `undefined` where there is none to look at: it conflicts, or nothing was there before. */
export async function changeOf(ci: Ci, opened: OpenJob): Promise<TouchingChange | undefined> {
  const { repository, flow } = opened;
  const change = changeIn(ci.payload);
  if (change !== undefined) {
    const base = (await repository.resolve(`refs/heads/${change.base.ref}`)) ?? change.base.sha;
    const head = change.head.sha;
    const merged = await repository.mergeTree(base, head);
    if ("conflicts" in merged) {
      ci.progress("it cannot be merged: there are conflicts, so nothing is planned");
      return undefined;
    }
    const rows = rowsInto(flow, "pull_request", change.base.ref);
    const before = await repository.treeOf(base);
    return { before, after: merged.tree, commit: head, base, rows, pullRequest: change.number };
  }
  const group = mergeGroupIn(ci.payload);
  if (group !== undefined) {
    const [before, after] = [await repository.treeOf(group.before), await repository.treeOf(group.after)];
    // It is checked like a change. What it brings was planned for its pull requests, and is planned anew where it moved since.
    return { before, after, commit: group.after, base: group.before, rows: [], pullRequest: null };
  }
  const push = pushIn(ci.payload);
  if (push === undefined || push.after === null) return undefined;
  const from = await beforePush(opened, { commit: push.after, before: push.before });
  if (from === undefined) return undefined;
  const [before, after] = [await repository.treeOf(from), await repository.treeOf(push.after)];
  return { before, after, commit: push.after, base: null, rows: rowsOfPush(flow, push.branch), pullRequest: null };
}

/**
 * Where the branch left the default branch: what was pushed before may never have been planned. A branch that begins with
 * what the default branch has brings nothing.
 */
async function beforePush(
  { repository, defaultBranch }: OpenJob,
  { commit, before }: { readonly commit: CommitSha; readonly before: CommitSha | null },
): Promise<CommitSha | undefined> {
  const main = await repository.resolve(`refs/heads/${defaultBranch}`);
  const fork = main === undefined ? undefined : await repository.mergeBase(main, commit);
  return fork === undefined || fork === commit ? (before ?? fork) : fork;
}
