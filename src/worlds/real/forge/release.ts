import type { CommitSha } from "../../../domain/names.ts";
import { blocked, isBlocked, type Result } from "./outcome.ts";
import { needRole } from "./people.ts";
import { moveRef } from "./ref-move.ts";
import { refInTheWay, whyNoRefName } from "./ref-names.ts";
import type { Place } from "./room.ts";
import type { Release } from "./state.ts";

export interface ReleaseRequest {
  readonly tag: string;
  /** A branch or a commit for a tag that is not there yet; a tag that is there stays where it is. */
  readonly target: string;
  readonly body?: string;
  /** As the repository's settings have it; left out: yes. */
  readonly immutable?: boolean;
}

export async function makeRelease(place: Place, request: ReleaseRequest): Promise<Result<Release>> {
  const { repository, refs, network, by, now } = place;
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  const ref = `refs/tags/${request.tag}`;
  const noName = whyNoRefName(ref);
  if (noName !== null) return blocked(422, noName);
  const before = repository.releases.find((made) => made.tag === request.tag);
  if (before !== undefined) {
    return blocked(
      422,
      before.deleted ? "tag_name was used by an immutable release" : "Validation Failed: tag_name already_exists",
    );
  }
  const there = refs.get(ref);
  const commit = there === undefined ? await targetOf(place, request.target) : await network.peel(there);
  if (commit === undefined) return blocked(422, "Validation Failed: target_commitish is invalid");
  if (there === undefined) {
    const inTheWay = refInTheWay(ref, refs.all().keys());
    if (inTheWay !== undefined) return blocked(422, `'${inTheWay}' exists; cannot create '${ref}'`);
    const moved = await moveRef(place, { ref, before: null, after: commit, forward: true, commits: [], merging: null });
    if (isBlocked(moved)) return moved;
  }
  const release: Release = {
    tag: request.tag,
    body: request.body ?? "",
    commit,
    by: by.login,
    at: now,
    immutable: request.immutable !== false,
    deleted: false,
  };
  repository.releases.push(release);
  place.tell(repository, { kind: "release", action: "published", tag: request.tag, commit });
  return release;
}

/** A branch before a commit: nobody can make a branch that looks like a whole commit id. */
async function targetOf({ refs, network }: Place, target: string): Promise<CommitSha | undefined> {
  const branch = refs.get(`refs/heads/${target}`);
  if (branch !== undefined) return branch;
  return /^[0-9a-f]{40}$/.test(target) ? network.peel(target) : undefined;
}

/** The release goes and its tag stays; of an immutable one nobody gets to use the name again. */
export async function deleteRelease(place: Place, { tag }: { readonly tag: string }): Promise<Result<Release>> {
  const { releases } = place.repository;
  const found = releases.find((made) => made.tag === tag && !made.deleted);
  if (found === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  if (found.immutable) found.deleted = true;
  else releases.splice(releases.indexOf(found), 1);
  place.tell(place.repository, { kind: "release", action: "deleted", tag, commit: found.commit });
  return found;
}
