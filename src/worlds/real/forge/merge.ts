import type { CommitSha } from "../../../domain/names.ts";
import { markMerged, retarget } from "./after-push.ts";
import { commitsBetween } from "./history.ts";
import { type Merge, mergeCommits } from "./merge-commits.ts";
import { blocked, firstBlocked, isBlocked, type Result } from "./outcome.ts";
import { needRole } from "./people.ts";
import { methodTexts, protectionsOf, whyNotMerged } from "./protection.ts";
import { findChange } from "./pull-request.ts";
import { moveRef } from "./ref-move.ts";
import type { Place } from "./room.ts";
import type { Merged, MergeMethod, PullRequest } from "./state.ts";

export interface MergeRequest {
  readonly number: number;
  /** `fast-forward` is no button of GitHub's: there an app that may go past the rule moves the base to the head. Here it asks for what any merge asks for. */
  readonly method: MergeMethod;
  /** What whoever merges believes the head to be. */
  readonly head?: CommitSha;
  readonly title?: string;
  /** Past the rules, as an administrator. Never past a conflict. */
  readonly force?: boolean;
}

export async function mergePullRequest(place: Place, request: MergeRequest): Promise<Result<Merged>> {
  const change = findChange(place.repository, request.number);
  if (change === undefined) return blocked(404, "Not Found");
  const judged = await judge(place, change, request);
  if (isBlocked(judged)) return judged;
  const made = await mergeCommits(place, judged);
  if (isBlocked(made)) return made;
  const { base, commits, method } = judged;
  const moved = await moveRef(place, {
    ref: `refs/heads/${change.base}`,
    before: base,
    after: made.tip,
    forward: true,
    commits: [...(method === "merge" || method === "fast-forward" ? commits.map(({ sha }) => sha) : []), ...made.made],
    merging: change.number,
  });
  if (isBlocked(moved)) return moved;
  for (const commit of made.made) place.repository.made.push({ commit, pullRequest: change.number });
  const merged: Merged = { at: place.now, by: place.by.login, method, commit: made.tip, onto: base };
  await markMerged(place, change, merged);
  await deleteHead(place, change);
  return merged;
}

async function judge(place: Place, change: PullRequest, request: MergeRequest): Promise<Result<Merge>> {
  const { repository, refs, network } = place;
  const base = refs.get(`refs/heads/${change.base}`);
  const problem = firstBlocked(
    () => needRole(place, "write"),
    () => (change.state === "closed" || base === undefined ? blocked(405, "Pull Request is not mergeable") : null),
    () => (change.draft ? blocked(405, "Pull Request is still a draft") : null),
    () => {
      const moved = request.head !== undefined && request.head !== change.headCommit;
      return moved ? blocked(409, "Head branch was modified. Review and try the merge again.") : null;
    },
    () => {
      const allowed = request.method === "fast-forward" || repository.settings.mergeMethods.includes(request.method);
      return allowed ? null : blocked(405, `${methodTexts[request.method]} are not allowed on this repository.`);
    },
  );
  if (problem !== null || base === undefined) return problem ?? blocked(405, "Pull Request is not mergeable");
  const [commits, behind] = await Promise.all([
    commitsBetween(network, [base], change.headCommit),
    commitsBetween(network, [change.headCommit], base),
  ]);
  const wish = { method: request.method, force: request.force === true, upToDate: behind.length === 0 };
  const refused = whyNotMerged(place, change, wish);
  if (refused !== null) return refused;
  if (request.method === "fast-forward" && behind.length > 0) return blocked(422, "Update is not a fast forward");
  return { change, base, commits, upToDate: behind.length === 0, method: request.method, title: request.title ?? null };
}

/**
 * Only where the repository says so, and never a branch that others still merge from. What was to go into it goes to where
 * it went itself.
 */
async function deleteHead(place: Place, change: PullRequest): Promise<void> {
  const { repository, refs } = place;
  const { branch } = change.head;
  if (!repository.settings.deleteBranchOnMerge || change.head.repository !== repository.name) return;
  const open = repository.pullRequests.filter(({ state }) => state === "open");
  const used = open.some(({ head }) => head.branch === branch && head.repository === repository.name);
  const kept =
    branch === repository.defaultBranch || protectionsOf(repository, branch).some((rules) => !rules.deletion);
  const ref = `refs/heads/${branch}`;
  const before = refs.get(ref);
  if (used || kept || before === undefined) return;
  for (const other of open) if (other.base === branch) retarget(place, other, { base: change.base, automatic: true });
  await moveRef(place, { ref, before, after: null, forward: true, commits: [], merging: null });
}
