import type { CommitSha } from "../../../domain/names.ts";
import { afterPush } from "./after-push.ts";
import { blocked, type Result } from "./outcome.ts";
import { branchOf } from "./ref-names.ts";
import { type Place, rootOf } from "./room.ts";
import type { Push } from "./state.ts";

export interface RefMove {
  readonly ref: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  /** False when it throws history away. */
  readonly forward: boolean;
  /** What comes to the ref, oldest first. */
  readonly commits: readonly CommitSha[];
  /** The pull request that is merged by it. */
  readonly merging: number | null;
}

/**
 * Moves a ref, records who did it, and lets everything follow that follows from it. Whether it may move was judged
 * before. Blocked only when the ref was moved by somebody else meanwhile; then nothing has happened.
 */
export async function moveRef(place: Place, move: RefMove): Promise<Result<Push>> {
  const { repository, refs, now, by } = place;
  const { ref, before, after, commits, merging } = move;
  if (!(await refs.move(ref, before, after))) {
    return merging === null
      ? blocked(409, `Reference cannot be updated: ${ref} was modified.`)
      : blocked(405, "Base branch was modified. Review and try the merge again.");
  }
  const known = knownCommits(place);
  const fresh = commits.filter((commit) => !known.has(commit));
  const push: Push = { at: now, by: by.login, ref, before, after, commits, fresh, merging };
  repository.pushes.push(push);
  place.tell(repository, { kind: "push", ref, before, after, forced: !move.forward, commits });
  const branch = branchOf(ref);
  if (branch !== undefined) await afterPush(place, branch, { ...push, forward: move.forward });
  return push;
}

/** Every commit that some push brought to the repository or to one of its forks. */
function knownCommits({ state, repository }: Place): ReadonlySet<CommitSha> {
  const root = rootOf(state, repository);
  const family = state.repositories.filter((other) => rootOf(state, other) === root);
  return new Set(family.flatMap((other) => other.pushes.flatMap((push) => push.commits)));
}
