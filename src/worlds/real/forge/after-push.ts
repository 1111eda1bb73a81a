import { closingIssues } from "../../../domain/closing-issues.ts";
import { commitsBetween } from "./history.ts";
import { protectionsOf } from "./protection.ts";
import { type Place, placeIn } from "./room.ts";
import type { Merged, PullRequest, Push, Review } from "./state.ts";

export type BranchPush = Push & { readonly forward: boolean };

/** What a push to a branch does to pull requests: those from it, in whichever repository, and those into it. */
export async function afterPush(place: Place, branch: string, push: BranchPush): Promise<void> {
  for (const repository of place.state.repositories) {
    const there = repository === place.repository ? place : await placeIn(place, repository);
    for (const change of repository.pullRequests) {
      const isHead = change.head.repository === place.repository.name && change.head.branch === branch;
      if (isHead && change.state === "closed") noteHeadGone(change, push);
      if (change.state === "open" && repository === place.repository && change.base === branch) {
        await baseMoved(there, change, push);
      }
      if (isHead && change.state === "open") await headMoved(there, change, push);
    }
  }
}

function noteHeadGone(change: PullRequest, push: BranchPush): void {
  if (push.after === null) change.headGone = "deleted";
  else if (push.before === null || !push.forward) change.headGone = "rewritten";
}

async function baseMoved(place: Place, change: PullRequest, push: BranchPush): Promise<void> {
  if (push.after === null) return closeChange(place, change);
  if (push.merging === change.number || !push.commits.includes(change.headCommit)) return;
  await markMerged(place, change, {
    at: place.now,
    by: push.by,
    method: null,
    commit: push.after,
    onto: push.before ?? push.after,
  });
}

async function headMoved(place: Place, change: PullRequest, push: BranchPush): Promise<void> {
  if (push.after === null) {
    change.headGone = "deleted";
    return closeChange(place, change);
  }
  const pullRef = `refs/pull/${change.number}/head`;
  await place.refs.move(pullRef, place.refs.get(pullRef) ?? null, push.after);
  change.headCommit = push.after;
  change.headSince = push.at;
  for (const { id: review } of dismissStale(place, change)) {
    const { number } = change;
    place.tell(place.repository, { kind: "pull_request_review", action: "dismissed", number, review });
  }
  place.tell(place.repository, about(change, "synchronize"));
  const base = place.refs.get(`refs/heads/${change.base}`);
  const empty = base !== undefined && (await commitsBetween(place.network, [base], push.after)).length === 0;
  if (!empty) return;
  change.headGone = "rewritten";
  closeChange(place, change);
}

/** Only where the base's rules ask for it; elsewhere an old approval goes on counting, as on GitHub. */
function dismissStale(place: Place, change: PullRequest): readonly Review[] {
  const { repository, now, by } = place;
  if (!protectionsOf(repository, change.base).some((rules) => rules.dismissStale)) return [];
  const stale = repository.reviews.filter(
    ({ pullRequest, state }) => pullRequest === change.number && state === "APPROVED",
  );
  for (const review of stale) {
    review.dismissed = { by: by.login, at: now, was: review.state };
    review.state = "DISMISSED";
  }
  return stale;
}

export interface Retarget {
  readonly base: string;
  /** Nobody asked for it: the base was merged, and is gone. */
  readonly automatic: boolean;
}

/** The pull request goes to another base from now on. GitHub tells nobody that approvals are dismissed by that. */
export function retarget(place: Place, change: PullRequest, { base, automatic }: Retarget): void {
  const baseWas = change.base;
  change.base = base;
  change.retargetedAt = place.now;
  dismissStale(place, change);
  place.tell(place.repository, { ...about(change, "edited"), baseWas, automatic });
}

export function closeChange(place: Place, change: PullRequest): void {
  change.state = "closed";
  place.tell(place.repository, about(change, "closed"));
}

/** The pull request is merged, however that came; the issues that it closes are closed when it went to the default branch. */
export async function markMerged(place: Place, change: PullRequest, merged: Merged): Promise<void> {
  const { repository } = place;
  change.state = "closed";
  change.merged = merged;
  place.tell(repository, about(change, "closed"));
  if (change.base !== repository.defaultBranch) return;
  for (const number of [...closingIssues(change.body, repository.name), ...change.issues]) {
    const issue = repository.issues.find((candidate) => candidate.number === number);
    if (issue?.state !== "open") continue;
    issue.state = "closed";
    place.tell(repository, { kind: "issues", action: "closed", number });
  }
}

export function about(
  change: PullRequest,
  action: "opened" | "synchronize" | "reopened" | "edited" | "ready_for_review" | "converted_to_draft" | "closed",
) {
  const { number, merged } = change;
  const none = { label: null, baseWas: null, automatic: false };
  return { kind: "pull_request", action, number, merged: merged !== null, ...none } as const;
}
