import type { CommitSha } from "../../../domain/names.ts";
import { commitsBetween } from "./history.ts";
import { blocked, type Result } from "./outcome.ts";
import { isSame, needRole } from "./people.ts";
import { findChange } from "./pull-request.ts";
import type { Place } from "./room.ts";
import type { PullRequest, Review } from "./state.ts";

export interface ReviewRequest {
  readonly number: number;
  readonly says: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
  readonly body?: string;
  /** What the reviewer had in front of them; left out: the head. */
  readonly commit?: CommitSha;
}

const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

/** Also after the merge: then it changes nothing on the forge, and others may still want to know. */
export async function review(place: Place, request: ReviewRequest): Promise<Result<Review>> {
  const { repository, by, now } = place;
  const denied = needRole(place, "read");
  if (denied !== null) return denied;
  const change = findChange(repository, request.number);
  if (change === undefined) return blocked(404, "Not Found");
  const own = isSame(change.opener, by.login);
  if (own && request.says === "APPROVE") return blocked(422, "Can not approve your own pull request");
  if (own && request.says === "REQUEST_CHANGES")
    return blocked(422, "Can not request changes on your own pull request");
  if (request.says !== "APPROVE" && (request.body ?? "") === "") return blocked(422, "Review body cannot be empty");
  const commit = request.commit ?? change.headCommit;
  if (!(await wasPartOf(place, change, commit))) return blocked(422, "The commit is not part of the pull request");
  const made: Review = {
    id: place.nextId(),
    pullRequest: change.number,
    by: by.login,
    state: states[request.says],
    body: request.body ?? "",
    commit,
    onHead: commit === change.headCommit,
    submittedAt: now,
    dismissed: null,
  };
  repository.reviews.push(made);
  place.tell(repository, { kind: "pull_request_review", action: "submitted", number: change.number, review: made.id });
  return made;
}

/** A commit that the pull request has, or had before its branch was pushed again. */
async function wasPartOf(place: Place, change: PullRequest, commit: CommitSha): Promise<boolean> {
  if (commit === change.headCommit) return true;
  const ref = `refs/heads/${change.head.branch}`;
  const source = place.state.repositories.find((repository) => repository.name === change.head.repository);
  if (source?.pushes.some((push) => push.ref === ref && push.after === commit) === true) return true;
  const base = change.merged?.onto ?? place.refs.get(`refs/heads/${change.base}`);
  const commits = await commitsBetween(place.network, base === undefined ? [] : [base], change.headCommit);
  return commits.some(({ sha }) => sha === commit);
}

export interface DismissRequest {
  readonly number: number;
  readonly review: number;
}

export async function dismissReview(place: Place, request: DismissRequest): Promise<Result<Review>> {
  const { repository, by, now } = place;
  const found = repository.reviews.find((made) => made.id === request.review && made.pullRequest === request.number);
  if (found === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  if (found.state === "COMMENTED") return blocked(422, "Can not dismiss a commented pull request review");
  if (found.state === "DISMISSED") return blocked(422, "Can not dismiss a dismissed pull request review");
  found.dismissed = { by: by.login, at: now, was: found.state };
  found.state = "DISMISSED";
  place.tell(repository, {
    kind: "pull_request_review",
    action: "dismissed",
    number: request.number,
    review: found.id,
  });
  return found;
}
