import type { CommitSha } from "../../../domain/names.ts";
import { blocked, type Result } from "./outcome.ts";
import { needRole, webFlow } from "./people.ts";
import { findChange } from "./pull-request.ts";
import type { Place } from "./room.ts";

export interface TestMerge {
  readonly mergeable: boolean;
  /** What `refs/pull/N/merge` points at. */
  readonly commit: CommitSha | null;
}

/**
 * Whether a pull request goes together with its base, and the commit that would come of it under `refs/pull/N/merge`.
 * As on GitHub it is worked out when somebody asks: until then that ref is behind, and on a conflict it is gone.
 */
export async function testMerge(place: Place, { number }: { readonly number: number }): Promise<Result<TestMerge>> {
  const { repository, refs, network, state, now } = place;
  const change = findChange(repository, number);
  const denied = change === undefined ? blocked(404, "Not Found") : needRole(place, "read");
  if (denied !== null || change === undefined) return denied ?? blocked(404, "Not Found");
  const ref = `refs/pull/${number}/merge`;
  const before = refs.get(ref) ?? null;
  const base = refs.get(`refs/heads/${change.base}`);
  if (change.state === "closed" || base === undefined) return { mergeable: false, commit: before };
  const known = before === null ? undefined : await network.commit(before);
  if (known?.parents[0] === base && known.parents[1] === change.headCommit) return { mergeable: true, commit: before };
  const merged = await network.mergeTree(base, change.headCommit);
  if ("conflicts" in merged) {
    await refs.move(ref, before, null);
    return { mergeable: false, commit: null };
  }
  const author = webFlow(state);
  const commit = await network.writer.commitTree(merged.tree, [base, change.headCommit], {
    author,
    committer: author,
    message: `Merge ${change.headCommit} into ${base}\n`,
    at: now,
  });
  await refs.move(ref, before, commit);
  return { mergeable: true, commit };
}
