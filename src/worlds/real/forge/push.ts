import type { CommitSha } from "../../../domain/names.ts";
import { commitsBetween } from "./history.ts";
import { blocked, isBlocked, type Result } from "./outcome.ts";
import { needRole } from "./people.ts";
import { whyNotPushed } from "./protection.ts";
import { moveRef, type RefMove } from "./ref-move.ts";
import { branchOf, refInTheWay, tagOf, whyNoRefName } from "./ref-names.ts";
import type { Place } from "./room.ts";
import type { Push } from "./state.ts";

/** A push of one ref, its objects being there already. What `git push` would send, and what `PATCH /git/refs` does. */
export interface PushRequest {
  /** In full: `refs/heads/dev/x`, `refs/tags/v1.0.0`. */
  readonly ref: string;
  /** Where whoever pushes believes the ref to be; left out: wherever it is. */
  readonly before?: CommitSha | null;
  /** Null deletes it. */
  readonly after: CommitSha | null;
  /** History may be thrown away, as `git push --force` says. */
  readonly rewrite?: boolean;
  /** Past the rules, as an administrator. */
  readonly force?: boolean;
}

export async function push(place: Place, request: PushRequest): Promise<Result<Push>> {
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  const judged = await judge(place, request);
  return isBlocked(judged) ? judged : moveRef(place, judged);
}

async function judge(place: Place, request: PushRequest): Promise<Result<RefMove>> {
  const { repository, network, refs } = place;
  const { ref, after } = request;
  const noName = whyNoRefName(ref);
  if (noName !== null) return blocked(422, noName);
  const before = refs.get(ref) ?? null;
  if (request.before !== undefined && request.before !== before)
    return blocked(409, `${ref} is not where you believe it to be (fetch first)`);
  if (before === null && after === null) return blocked(422, "Reference does not exist");
  const inTheWay = before === null ? refInTheWay(ref, refs.all().keys()) : undefined;
  if (inTheWay !== undefined) return blocked(422, `'${inTheWay}' exists; cannot create '${ref}'`);
  if (after === null && ref === `refs/heads/${repository.defaultBranch}`) {
    return blocked(422, "refusing to delete the current branch");
  }
  const tip = after === null ? null : await network.peel(after);
  if (tip === undefined) return blocked(422, "Object does not exist");
  const branch = branchOf(ref);
  if (branch === undefined) return judgeTag(place, request, before);
  if (after !== null && tip !== after) return blocked(422, "Branches must point at commits");
  const commits =
    after === null ? [] : await commitsBetween(network, before === null ? await others(place) : [before], after);
  const forward = before === null || after === null || (await commitsBetween(network, [after], before)).length === 0;
  if (!forward && request.rewrite !== true) return blocked(422, "Update is not a fast forward");
  const problem = whyNotPushed(place, { branch, before, after, forward, commits, force: request.force === true });
  return problem ?? { ref, before, after, forward, commits: commits.map(({ sha }) => sha), merging: null };
}

/** A new branch brings what no other branch has. */
async function others({ refs }: Place): Promise<readonly CommitSha[]> {
  return [...refs.all()].filter(([name]) => name.startsWith("refs/heads/")).map(([, commit]) => commit);
}

/** The tag of an immutable release stays where it is, and its name stays taken, also when the release is gone. */
function judgeTag(place: Place, request: PushRequest, before: CommitSha | null): Result<RefMove> {
  const tag = tagOf(request.ref);
  const release = place.repository.releases.find((made) => made.tag === tag && made.immutable);
  if (release !== undefined) {
    const admin =
      request.force === true
        ? needRole(place, "admin")
        : blocked(422, `Cannot ${verb(request, before)} tag ${tag}: it belongs to an immutable release.`);
    if (admin !== null) return admin;
  } else if (before !== null && request.after !== null && request.rewrite !== true) {
    return blocked(422, "Reference already exists");
  }
  return { ref: request.ref, before, after: request.after, forward: before === null, commits: [], merging: null };
}

function verb({ after }: PushRequest, before: CommitSha | null): string {
  return after === null ? "delete" : before === null ? "create" : "update";
}
