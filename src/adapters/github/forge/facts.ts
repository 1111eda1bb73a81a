import type { PullRequestFacts } from "../../../domain/facts.ts";
import type { CommitSha, Instant, Login } from "../../../domain/names.ts";
import { sectionsOf } from "../../../domain/sections.ts";
import { governsDelivery } from "../../../domain/trusted-paths.ts";
import { answersOn, type HeadAt, hasCommands } from "./answers.ts";
import { asBefore, type Branches, bringHead, headMoves, isFork } from "./history.ts";
import { linkedIssues } from "./linked-issues.ts";
import { codeOwnersOf } from "./people.ts";
import type { Told } from "./pull-request.ts";
import type { Room } from "./room.ts";
import { type ReadTold, writersOf } from "./writers.ts";

/**
 * A pull request as the engine sees it. A change of its base counts as a change of its head: a review before it was of
 * another difference.
 */
export async function pullRequestFacts(room: Room, told: Told, others: ReadTold): Promise<PullRequestFacts> {
  await bringHead(room, told);
  const [before, head] = await Promise.all([asBefore(room, told), headHistory(room, told)]);
  const changed = await changedPaths(room, told, before);
  const commits = await commitsOf(room, told, before);
  const pushers = hasCommands(told.comments) ? await room.pushers() : new Set<Login>();
  return {
    number: told.number,
    state: told.state === "MERGED" ? "merged" : told.state === "OPEN" ? "open" : "closed",
    draft: told.isDraft,
    headBranch: told.headRefName,
    base: told.baseRefName,
    head: told.headRefOid,
    fork: isFork(room, told),
    opener: told.author.login,
    writers: await writersOf(room, told, { commits, others }),
    issues: await linkedIssues(room, told),
    trustedPaths: changed.filter(governsDelivery),
    answers: answersOn(told, pushers, head.at),
    headSince: Math.max(head.since, told.retargeted.at(-1)?.createdAt ?? 0),
    openedAt: told.createdAt,
    labels: (told.labels ?? []).map(({ name }) => ({ name, by: labelledBy(told, name) })),
    sections: sectionsOf(told.body),
    codeOwners: await codeOwnersOf(room, before.base, changed),
    mergeCommits: commits.filter(({ parents }) => parents.length > 1).length,
    carries: await carriesOf(room, told, before),
    baseAhead: await isBaseAhead(room, told, before),
    unresolved: told.reviewThreads.filter(({ isResolved }) => !isResolved).length,
  };
}

/** Who set a label last. Where GitHub tells no more of that, nobody did: such a label asks for nothing. */
function labelledBy({ labeled }: Told, name: string): Login {
  return labeled.findLast((event) => event.label.name === name)?.actor.login ?? ("email:nobody" as Login);
}

interface HeadHistory {
  /** When the head commit got there. */
  readonly since: Instant;
  readonly at: HeadAt;
}

/**
 * When the head was what, by what was pushed to its branch. Of a fork that is not to be seen GitHub tells nothing: then
 * what was approved has to be the present head, and nothing given before it was last pushed by force counts.
 */
async function headHistory(room: Room, told: Told): Promise<HeadHistory> {
  const moves = await headMoves(room, told);
  const since = moves.find(({ after }) => after === told.headRefOid)?.at;
  if (since === undefined) {
    const forced = told.forced.at(-1)?.createdAt ?? 0;
    return { since: Math.max(told.createdAt, forced), at: () => null };
  }
  return { since, at: (at) => moves.find((move) => move.at <= at)?.after ?? null };
}

type Commits = Awaited<ReturnType<Room["about"]["repository"]["commitsBetween"]>>;

/** What the head has and the base had not: as it is now, and for a merged one as it was before the merge. */
async function commitsOf({ about }: Room, told: Told, { base }: Branches): Promise<Commits> {
  return (await about.repository.commitsBetween(base ?? null, told.headRefOid)).toReversed();
}

/** Against what the two last had in common, and what merging would change: where Git sees several ways, neither is all. */
async function changedPaths({ about }: Room, told: Told, { base }: Branches): Promise<readonly string[]> {
  const { repository } = about;
  if (base === undefined) return [];
  const common = (await repository.mergeBase(base, told.headRefOid)) ?? base;
  const changed = await repository.changedPaths(common, told.headRefOid);
  const merged = await repository.mergeTree(base, told.headRefOid);
  const byMerge = "tree" in merged ? await repository.changedPaths(base, merged.tree) : merged.conflicts;
  return [...new Set([...changed, ...byMerge])].sort();
}

/** Protected single branches that hold a commit which the head has, and neither the base nor what its class is cut from. */
async function carriesOf(room: Room, told: Told, { base, tip }: Branches): Promise<readonly string[]> {
  const { repository, flow } = room.about;
  const from = flow.cutFrom(told.headRefName);
  const start = from === null ? undefined : await tip(from);
  const ofStart = start === undefined ? null : await shas(repository, start, told.headRefOid);
  const ofBase = await shas(repository, base ?? null, told.headRefOid);
  const own = [...ofBase].filter((sha) => ofStart === null || ofStart.has(sha)) as CommitSha[];
  const carried: string[] = [];
  for (const branch of flow.protectedBranches) {
    // What a protected branch brings of its own is what it is there for.
    const isHead = branch === told.headRefName && !isFork(room, told);
    if (branch === told.baseRefName || branch === from || isHead || own.length === 0) continue;
    const at = await tip(branch);
    if (at === undefined || (await repository.resolve(at)) === undefined) continue;
    const missing = await shas(repository, at, told.headRefOid);
    if (own.some((sha) => !missing.has(sha))) carried.push(branch);
  }
  return carried;
}

async function shas(
  repository: Room["about"]["repository"],
  from: CommitSha | null,
  to: CommitSha,
): Promise<ReadonlySet<string>> {
  const known = from === null || (await repository.resolve(from)) === undefined ? null : from;
  return new Set((await repository.commitsBetween(known, to)).map(({ sha }) => sha));
}

async function isBaseAhead({ about }: Room, { headRefOid }: Told, { base }: Branches): Promise<boolean> {
  const { repository } = about;
  if (base === undefined || (await repository.isAncestor(base, headRefOid))) return false;
  const merged = await repository.mergeTree(base, headRefOid);
  return "conflicts" in merged || merged.tree !== (await repository.treeOf(headRefOid));
}
