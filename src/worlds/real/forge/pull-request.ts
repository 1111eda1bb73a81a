import type { CommitSha } from "../../../domain/names.ts";
import { about, retarget } from "./after-push.ts";
import { commitsBetween } from "./history.ts";
import { nextNumber } from "./issue.ts";
import { blocked, firstBlocked, isBlocked, type Result } from "./outcome.ts";
import { hasRole, isSame, needRole } from "./people.ts";
import { type Place, placeIn } from "./room.ts";
import type { PullRequest, RepositoryState } from "./state.ts";

export interface OpenRequest {
  readonly title: string;
  readonly body?: string;
  readonly head: string;
  /** `owner/name` of the fork that the head is in. */
  readonly headRepository?: string;
  readonly base: string;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  /** Issues linked by hand. */
  readonly issues?: readonly number[];
}

export async function openPullRequest(place: Place, request: OpenRequest): Promise<Result<PullRequest>> {
  const { repository, refs, by, now } = place;
  const from = await headPlace(place, request.headRepository ?? repository.name);
  if (from === undefined) return invalid("head");
  const denied = firstBlocked(
    () => needRole(place, "read"),
    () => (needRole(place, "write") === null ? null : needRole(from, "write")),
  );
  if (denied !== null) return denied;
  const base = refs.get(`refs/heads/${request.base}`);
  const head = from.refs.get(`refs/heads/${request.head}`);
  if (base === undefined) return invalid("base");
  if (head === undefined) return invalid("head");
  const there = { repository: from.repository.name, branch: request.head };
  const problem =
    whyNoSecond(repository, there, request.base) ?? (await whyNothingToMerge(place, { base: request.base, head }));
  if (problem !== null) return problem;
  const maintains = hasRole(repository, by.login, "write");
  const change: PullRequest = {
    number: nextNumber(repository, "pullRequests"),
    title: request.title,
    body: request.body ?? "",
    opener: by.login,
    state: "open",
    draft: request.draft === true,
    labels: maintains ? (request.labels ?? []).map((name) => ({ name, by: by.login })) : [],
    issues: maintains ? (request.issues ?? []) : [],
    base: request.base,
    retargetedAt: null,
    head: there,
    headCommit: head,
    headSince: pushedAt(from.repository, request.head, head) ?? now,
    createdAt: now,
    headGone: null,
    merged: null,
  };
  await refs.move(`refs/pull/${change.number}/head`, null, head);
  repository.pullRequests.push(change);
  place.tell(repository, about(change, "opened"));
  return change;
}

async function headPlace(place: Place, name: string): Promise<Place | undefined> {
  const found = place.state.repositories.find((repository) => isSame(repository.name, name));
  if (found === undefined || found === place.repository) return found && place;
  return place.git.network(found) === place.network ? placeIn(place, found) : undefined;
}

function invalid(field: string): ReturnType<typeof blocked> {
  return blocked(422, `Validation Failed: ${field} is invalid`);
}

function whyNoSecond(
  repository: RepositoryState,
  head: PullRequest["head"],
  base: string,
): ReturnType<typeof blocked> | null {
  const same = repository.pullRequests.some(
    (other) =>
      other.state === "open" &&
      other.base === base &&
      other.head.repository === head.repository &&
      other.head.branch === head.branch,
  );
  const owner = head.repository.slice(0, head.repository.indexOf("/"));
  return same ? blocked(422, `Validation Failed: A pull request already exists for ${owner}:${head.branch}.`) : null;
}

async function whyNothingToMerge(
  { refs, network }: Place,
  { base, head }: { readonly base: string; readonly head: CommitSha },
): Promise<ReturnType<typeof blocked> | null> {
  const onto = refs.get(`refs/heads/${base}`);
  if (onto === undefined) return invalid("base");
  const commits = await commitsBetween(network, [onto], head);
  return commits.length === 0 ? blocked(422, `Validation Failed: No commits between ${base} and the head`) : null;
}

function pushedAt(repository: RepositoryState, branch: string, commit: CommitSha): number | undefined {
  return repository.pushes.findLast((push) => push.ref === `refs/heads/${branch}` && push.after === commit)?.at;
}

export interface EditRequest {
  readonly number: number;
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
}

export async function editPullRequest(place: Place, request: EditRequest): Promise<Result<PullRequest>> {
  const change = ownOrMaintained(place, request.number);
  if (isBlocked(change)) return change;
  const baseWas = request.base !== undefined && request.base !== change.base ? change.base : null;
  if (baseWas !== null && request.base !== undefined) {
    if (change.state === "closed")
      return blocked(422, "Validation Failed: Cannot change the base branch of a closed pull request.");
    const head = change.headCommit;
    const problem =
      whyNoSecond(place.repository, change.head, request.base) ??
      (await whyNothingToMerge(place, { base: request.base, head }));
    if (problem !== null) return problem;
  }
  change.title = request.title ?? change.title;
  change.body = request.body ?? change.body;
  if (baseWas === null) place.tell(place.repository, about(change, "edited"));
  else retarget(place, change, { base: request.base ?? change.base, automatic: false });
  return change;
}

/** Its opener may, and whoever may write; the others learn that they may not. */
export function ownOrMaintained(place: Place, number: number): Result<PullRequest> {
  const change = findChange(place.repository, number);
  if (change === undefined) return blocked(404, "Not Found");
  if (isSame(change.opener, place.by.login)) return needRole(place, "read") ?? change;
  return needRole(place, "write") ?? change;
}

export function findChange(repository: RepositoryState, number: number): PullRequest | undefined {
  return repository.pullRequests.find((change) => change.number === number);
}
