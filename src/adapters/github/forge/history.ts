import type { CommitSha, Instant } from "../../../domain/names.ts";
import { brings, type Move } from "./activity.ts";
import type { Told } from "./pull-request.ts";
import type { Room } from "./room.ts";

/** A head repository that is gone was a fork: this one is there. */
export function isFork({ about }: Pick<Room, "about">, told: Told): boolean {
  const own = `${about.owner}/${about.repo}`.toLowerCase();
  return told.isCrossRepository || told.headRepository?.nameWithOwner.toLowerCase() !== own;
}

/** Branches as they are, and for a merged pull request as they were before the merge. */
export interface Branches {
  readonly base: CommitSha | undefined;
  tip(branch: string): Promise<CommitSha | undefined>;
}

export async function asBefore({ about, activity }: Room, told: Told): Promise<Branches> {
  const now = (branch: string) => about.repository.resolve(`refs/heads/${branch}`);
  if (told.state !== "MERGED") return { base: await now(told.baseRefName), tip: now };
  const moves = await activity.of(told.baseRefName);
  const merge = moves.find(({ after, at }) => after === told.mergeCommit?.oid && isAbout(at, told.mergedAt));
  const base = merge?.before ?? told.baseRefOid;
  const tip = async (branch: string) => {
    if (branch === told.baseRefName) return base;
    const found = (await activity.of(branch)).find((move) => isBefore(move, merge, told.mergedAt));
    return found === undefined ? now(branch) : (found.after ?? undefined);
  };
  return { base, tip };
}

/** GitHub's two times of one merge are told by two of its parts. */
function isAbout(at: Instant, mergedAt: Instant | null): boolean {
  return mergedAt === null || Math.abs(at - mergedAt) <= 60_000;
}

function isBefore({ at }: Move, merge: Move | undefined, mergedAt: Instant | null): boolean {
  return at <= (merge?.at ?? mergedAt ?? 0);
}

/** What happened to the branch that it comes from. */
export async function headMoves(room: Pick<Room, "about" | "activity">, told: Told): Promise<readonly Move[]> {
  if (!isFork(room, told)) return room.activity.of(told.headRefName);
  const from = told.headRepository?.nameWithOwner;
  return from === undefined ? [] : room.activity.ofFork(from, told.headRefName);
}

/**
 * Whether a merged pull request holds a commit: it brought it, or GitHub made it while merging. What somebody merged by
 * hand and pushed is held by none, although GitHub takes the pull request for merged by it.
 */
export async function holds(room: Room, told: Told, commit: CommitSha): Promise<boolean> {
  const { repository } = room.about;
  await bringHead(room, told);
  const { base } = await asBefore(room, told);
  const known = base !== undefined && (await repository.resolve(base)) !== undefined;
  if (await repository.isAncestor(commit, told.headRefOid))
    return !known || !(await repository.isAncestor(commit, base));
  return madeBy(room, told, commit);
}

/** Whether GitHub made a commit while it merged the pull request itself. */
export async function madeBy(room: Room, told: Told, commit: CommitSha): Promise<boolean> {
  const moves = await room.activity.of(told.baseRefName);
  const merge = moves.find(({ merging, after }) => merging && after !== null && after === told.mergeCommit?.oid);
  return merge !== undefined && (await brings(room.about.repository, merge, commit));
}

/** The head may be nowhere but in GitHub's own refs. */
export async function bringHead({ about }: Room, { headRefOid, number }: Told): Promise<void> {
  if ((await about.repository.resolve(headRefOid)) === undefined) await about.bringHead(number);
}
