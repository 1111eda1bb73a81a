import type { CommitPeople } from "../../../delivery/ports.ts";
import type { Login } from "../../../domain/names.ts";
import type { ReadTold } from "./facts.ts";
import { isGitHubsOwn, learn, loginOfEmail } from "./people.ts";
import type { Told } from "./pull-request.ts";
import type { Room } from "./room.ts";

interface Looking {
  readonly room: Room;
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
  const looking: Looking = { room, others, writers: new Set(), seen: new Set() };
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

async function addEmails({ room, writers }: Looking, { emails }: CommitPeople): Promise<void> {
  for (const email of emails) {
    if (!isGitHubsOwn(room.about, email)) writers.add(await loginOfEmail(room, email));
  }
}

/**
 * The pull request that GitHub made a commit for, when it merged it into the branch itself. One that somebody made by hand
 * and pushed is that person's, although GitHub takes the pull request for merged then.
 */
async function mergedBy({ room, others }: Looking, told: Told, { sha }: CommitPeople): Promise<Told | undefined> {
  const about = told.commits.find(({ commit }) => commit.oid === sha)?.commit.associatedPullRequests ?? [];
  for (const { number, mergeCommit, baseRefName } of about) {
    if (mergeCommit?.oid !== sha) continue;
    const moves = await room.activity.of(baseRefName);
    const merged = moves.some(({ merging, after }) => merging && after === sha) ? await others(number) : undefined;
    // Merged by fast-forward, the commit is its writer's own.
    if (merged !== undefined && merged.headRefOid !== sha) return merged;
  }
  return undefined;
}

/** What a merged pull request was made of. Its head may be nowhere but in GitHub's own refs by now. */
async function ownCommits({ about, activity }: Room, merged: Told): Promise<readonly CommitPeople[]> {
  const { repository } = about;
  if ((await repository.resolve(merged.headRefOid)) === undefined) await about.bringHead(merged.number);
  const moves = await activity.of(merged.baseRefName);
  const before = moves.find(({ after }) => after === merged.mergeCommit?.oid)?.before ?? merged.baseRefOid;
  return (await repository.commitsBetween(before, merged.headRefOid)).toReversed();
}

/** Who brought one of the commits to the head branch, and who brought one to any other as the last of a push. */
async function pushersOf(room: Room, told: Told, commits: readonly CommitPeople[]): Promise<readonly Login[]> {
  const own = new Set<string>(commits.map(({ sha }) => sha));
  const ref = `refs/heads/${told.headRefName}`;
  const [toHead, all] = await Promise.all([room.activity.of(told.headRefName), room.activity.recent()]);
  const pushers = new Set<Login>();
  for (const { after, by, merging } of all) if (!merging && after !== null && own.has(after)) pushers.add(by.login);
  for (const move of toHead.filter((one) => one.ref === ref && !one.merging)) {
    const { before, after } = move;
    if (after === null || pushers.has(move.by.login) || (await room.about.repository.resolve(after)) === undefined)
      continue;
    const known = before !== null && (await room.about.repository.resolve(before)) !== undefined ? before : null;
    const brought = await room.about.repository.commitsBetween(known, after);
    if (brought.some(({ sha }) => own.has(sha))) pushers.add(move.by.login);
  }
  return [...pushers];
}
