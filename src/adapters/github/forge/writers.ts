import type { CommitPeople } from "../../../delivery/ports.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import type { Login } from "../../../domain/names.ts";
import { asBefore, bringHead, headMoves, madeBy } from "./history.ts";
import { isGitHubsOwn, isKnown, learn, loginOfEmail } from "./people.ts";
import type { Told } from "./pull-request.ts";
import type { Room } from "./room.ts";

/** What writers of a pull request are collected with: other pull requests, as they were read. */
export type ReadTold = (number: number) => Promise<Told | undefined>;

/** So many addresses that nobody is known by are looked up for one change: each takes a request of the few that a repository has. */
const mostUnknown = 200;

interface Looking {
  readonly room: Room;
  /** Addresses that had to be looked up. */
  readonly unknown: Set<string>;
  readonly others: ReadTold;
  readonly writers: Set<Login>;
  readonly seen: Set<number>;
}

/**
 * Authors, co-authors, committers and pushers of a pull request's commits, and who opened it. What a commit says of
 * its author is a claim; who pushed it is not, so whoever hides behind somebody else's address is found as pusher.
 *
 * A commit that GitHub made while merging speaks for the pull request that was merged: its writers count, whoever
 * pressed the button does not.
 */
export async function writersOf(
  room: Room,
  told: Told,
  { commits, others }: { readonly commits: readonly CommitPeople[]; readonly others: ReadTold },
): Promise<readonly Login[]> {
  const looking: Looking = { room, unknown: new Set(), others, writers: new Set(), seen: new Set() };
  await collect(looking, told, commits);
  return [...looking.writers];
}

async function collect(looking: Looking, told: Told, commits: readonly CommitPeople[]): Promise<void> {
  const { room, writers, seen } = looking;
  if (seen.has(told.number)) return;
  seen.add(told.number);
  writers.add(told.author.login);
  for (const { commit } of told.commits) learn(room, commit);
  for (const commit of commits) {
    const merged = await mergedBy(looking, told, commit);
    if (merged !== undefined) await collect(looking, merged, await ownCommits(room, merged));
    else await addEmails(looking, commit);
  }
  for (const login of await pushersOf(room, told, commits)) writers.add(login);
}

async function addEmails({ room, writers, unknown }: Looking, { emails }: CommitPeople): Promise<void> {
  for (const email of emails) {
    if (isGitHubsOwn(room.about, email)) continue;
    if (!isKnown(room, email)) unknown.add(email);
    if (unknown.size > mostUnknown) throw tooMany();
    writers.add(await loginOfEmail(room, email));
  }
}

/** Whom nobody could exclude from approving is not left out: nothing is decided about such a change. */
function tooMany(): DeliveryError {
  return new DeliveryError({
    code: "answer-too-large",
    message: `looking up who wrote a change: its commits name more than ${mostUnknown} addresses that nobody is known by`,
    reaction: "stop",
    hint: "Look at the authors and co-authors of its commits; bring it in parts, or with commits of people whom GitHub knows.",
  });
}

/**
 * The pull request that GitHub made a commit for, when it merged it into the branch itself. One that somebody made by hand
 * and pushed is that person's, although GitHub takes the pull request for merged then.
 */
async function mergedBy({ room, others }: Looking, told: Told, { sha }: CommitPeople): Promise<Told | undefined> {
  const about = told.commits.find(({ commit }) => commit.oid === sha)?.commit.associatedPullRequests ?? [];
  for (const { number, mergeCommit } of about) {
    const merged = mergeCommit === null || number === told.number ? undefined : await others(number);
    if (merged === undefined) continue;
    await bringHead(room, merged);
    // What it was made of, and what came by fast-forward, is its writer's own.
    const isOwn = await room.about.repository.isAncestor(sha, merged.headRefOid);
    if (!isOwn && (await madeBy(room, merged, sha))) return merged;
  }
  return undefined;
}

/** What a merged pull request was made of. */
async function ownCommits(room: Room, merged: Told): Promise<readonly CommitPeople[]> {
  const { base } = await asBefore(room, merged);
  return (await room.about.repository.commitsBetween(base ?? null, merged.headRefOid)).toReversed();
}

/** Who brought one of the commits to the head branch, and who first brought one to any branch as the last of a push. */
async function pushersOf(room: Room, told: Told, commits: readonly CommitPeople[]): Promise<readonly Login[]> {
  const { repository } = room.about;
  const own = new Set<string>(commits.map(({ sha }) => sha));
  const [toHead, all] = await Promise.all([headMoves(room, told), room.activity.recent()]);
  const pushers = new Set<Login>();
  for (const sha of own) {
    const first = all.findLast(({ after }) => after === sha);
    if (first !== undefined && !first.merging) pushers.add(first.by.login);
  }
  for (const { before, after, by, merging } of toHead) {
    if (merging || after === null || pushers.has(by.login) || (await repository.resolve(after)) === undefined) continue;
    const known = before !== null && (await repository.resolve(before)) !== undefined ? before : null;
    const brought = await repository.commitsBetween(known, after);
    if (brought.some(({ sha }) => own.has(sha))) pushers.add(by.login);
  }
  return [...pushers];
}
