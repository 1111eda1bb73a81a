import { about, closeChange } from "./after-push.ts";
import { commitsBetween } from "./history.ts";
import { blocked, isBlocked, type Result } from "./outcome.ts";
import { hasRole, needRole, personOf, webFlow } from "./people.ts";
import { whyNotPushed } from "./protection.ts";
import { findChange, ownOrMaintained } from "./pull-request.ts";
import { moveRef } from "./ref-move.ts";
import { type Place, placeIn } from "./room.ts";
import type { PullRequest } from "./state.ts";

export interface Numbered {
  readonly number: number;
}

export async function closePullRequest(place: Place, { number }: Numbered): Promise<Result<PullRequest>> {
  const change = ownOrMaintained(place, number);
  if (isBlocked(change)) return change;
  if (change.state === "closed") return blocked(422, "Validation Failed: the pull request is closed already");
  closeChange(place, change);
  return change;
}

/** Only as long as its branch is there and goes on from where it was. */
export async function reopenPullRequest(place: Place, { number }: Numbered): Promise<Result<PullRequest>> {
  const change = ownOrMaintained(place, number);
  if (isBlocked(change)) return change;
  const refuse = (why: string) => blocked(422, `Validation Failed: state cannot be changed. ${why}`);
  if (change.merged !== null) return refuse("The pull request is merged.");
  if (change.state === "open") return refuse("The pull request is open.");
  const source = await headOf(place, change);
  const head = source?.refs.get(`refs/heads/${change.head.branch}`);
  const base = place.refs.get(`refs/heads/${change.base}`);
  if (change.headGone === "rewritten") return refuse(`The ${change.head.branch} branch was force-pushed or recreated.`);
  if (source === undefined || head === undefined) return refuse(`The ${change.head.branch} branch has been deleted.`);
  if (base === undefined) return refuse(`The ${change.base} branch has been deleted.`);
  if ((await commitsBetween(place.network, [base], head)).length === 0) {
    return refuse(`There are no new commits on the ${change.head.branch} branch.`);
  }
  const twin = place.repository.pullRequests.some(
    (other) =>
      other.state === "open" &&
      other.base === change.base &&
      other.head.repository === change.head.repository &&
      other.head.branch === change.head.branch,
  );
  if (twin) return refuse(`There is already an open pull request from ${change.head.branch} to ${change.base}.`);
  if (head !== change.headCommit) {
    await place.refs.move(`refs/pull/${number}/head`, change.headCommit, head);
    change.headCommit = head;
    const ref = `refs/heads/${change.head.branch}`;
    change.headSince = source.repository.pushes.findLast((push) => push.ref === ref)?.at ?? place.now;
  }
  change.state = "open";
  place.tell(place.repository, about(change, "reopened"));
  return change;
}

export async function setDraft(
  place: Place,
  { number, draft }: Numbered & { readonly draft: boolean },
): Promise<Result<PullRequest>> {
  const change = ownOrMaintained(place, number);
  if (isBlocked(change)) return change;
  if (change.draft === draft) return change;
  change.draft = draft;
  place.tell(place.repository, about(change, draft ? "converted_to_draft" : "ready_for_review"));
  return change;
}

export interface LabelRequest extends Numbered {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** Whoever may write; an opener from outside may not. */
export async function labelPullRequest(
  place: Place,
  { number, add = [], remove = [] }: LabelRequest,
): Promise<Result<PullRequest>> {
  const change = findChange(place.repository, number);
  if (change === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  for (const label of add) {
    if (change.labels.some(({ name }) => name === label)) continue;
    change.labels = [...change.labels, { name: label, by: place.by.login }];
    place.tell(place.repository, { ...about(change, "edited"), action: "labeled", label });
  }
  for (const label of remove) {
    if (!change.labels.some(({ name }) => name === label)) continue;
    change.labels = change.labels.filter(({ name }) => name !== label);
    place.tell(place.repository, { ...about(change, "edited"), action: "unlabeled", label });
  }
  return change;
}

/** The button "Update branch": merges the base into the head, as a push by whoever pressed it. */
export async function updateBranch(place: Place, { number }: Numbered): Promise<Result<PullRequest>> {
  const change = findChange(place.repository, number);
  if (change === undefined || change.state === "closed") return blocked(404, "Not Found");
  const source = await headOf(place, change);
  const base = place.refs.get(`refs/heads/${change.base}`);
  if (source === undefined || base === undefined) return blocked(422, "Head or base branch is gone");
  const may = hasRole(source.repository, place.by.login, "write") || hasRole(place.repository, place.by.login, "write");
  if (!may) return blocked(403, `Permission to ${source.repository.name}.git denied to ${place.by.login}.`);
  const behind = await commitsBetween(place.network, [change.headCommit], base);
  if (behind.length === 0) return blocked(422, "There are no new commits on the base branch.");
  const branch = change.head.branch;
  const move = { branch, before: change.headCommit, after: base, forward: true, commits: behind, force: false };
  const problem = whyNotPushed(source, move);
  if (problem !== null) return problem;
  const merged = await place.network.mergeTree(change.headCommit, base);
  if ("conflicts" in merged) return blocked(422, "merge conflict between base and head");
  const made = await place.network.writer.commitTree(merged.tree, [change.headCommit, base], {
    author: personOf(place.state, place.by),
    committer: webFlow(place.state),
    message: `Merge branch '${change.base}' into ${branch}\n`,
    at: place.now,
  });
  const moved = await moveRef(source, {
    ref: `refs/heads/${branch}`,
    before: change.headCommit,
    after: made,
    forward: true,
    commits: [...behind.map(({ sha }) => sha), made],
    merging: null,
  });
  return isBlocked(moved) ? moved : change;
}

async function headOf(place: Place, change: PullRequest): Promise<Place | undefined> {
  if (change.head.repository === place.repository.name) return place;
  const found = place.state.repositories.find((repository) => repository.name === change.head.repository);
  return found && placeIn(place, found);
}
