import type { CommitSha } from "../../../domain/names.ts";
import type { CheckState } from "./events.ts";
import { blocked, type Result } from "./outcome.ts";
import { needRole } from "./people.ts";
import type { Place } from "./room.ts";
import type { CommitStatus } from "./state.ts";

export interface DispatchRequest {
  readonly workflow: string;
  /** A branch or a tag; a tag when there are both, as Git reads it. In full it is neither's guess. */
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Somebody starts a workflow by hand. The value is the ref in full. */
export async function dispatch(place: Place, request: DispatchRequest): Promise<Result<string>> {
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  const candidates = request.ref.startsWith("refs/")
    ? [request.ref]
    : [`refs/tags/${request.ref}`, `refs/heads/${request.ref}`];
  const ref = candidates.find((name) => place.refs.get(name) !== undefined);
  if (ref === undefined) return blocked(422, `No ref found for: ${request.ref}`);
  const { workflow, inputs = {} } = request;
  place.tell(place.repository, { kind: "workflow_dispatch", workflow, ref, inputs });
  return ref;
}

export interface StatusRequest {
  readonly commit: CommitSha;
  readonly name: string;
  readonly state: CheckState;
}

/** Anybody with write access can set any check by any name: a green one is a claim of whoever set it. */
export async function setStatus(place: Place, { commit, name, state }: StatusRequest): Promise<Result<CommitStatus>> {
  const { repository, by } = place;
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  if ((await place.network.commit(commit)) === undefined) return blocked(422, `No commit found for SHA: ${commit}`);
  const { statuses } = repository;
  const before = statuses.findIndex((one) => one.commit === commit && one.name === name && one.by === by.login);
  if (before >= 0) statuses.splice(before, 1);
  const status = { commit, name, state, by: by.login };
  statuses.push(status);
  place.tell(repository, { kind: "status", commit, name, state });
  return status;
}
