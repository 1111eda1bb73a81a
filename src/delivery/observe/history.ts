import type { PersonalAnswer } from "../../domain/answer.ts";
import type { AppliedFacts, PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { branchClassOf } from "../../flow/match.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import type { Delivery } from "../delivery.ts";
import type { Content } from "./content.ts";
import { beforeChange, type LineCommit, lineBetween } from "./line.ts";

/** What came to a stack since something was last applied there, and who is behind it. */
export interface History {
  readonly changes: readonly PullRequestFacts[];
  readonly pushed: readonly CommitSha[];
  readonly writers: readonly Login[];
}

/** A delivery whose history is wanted. */
export interface HistoryAbout {
  readonly stack: Run["stack"];
  readonly run: Run | null;
  readonly content: Content;
  /** The branch, or `tag:<name>`, that is delivered; null where nobody asked for a delivery of one. */
  readonly ref: string | null;
  readonly applied: AppliedFacts | null;
  /** The paths that the stack is made from at a commit. */
  readonly pathsAt: (commit: CommitSha) => Promise<ReadonlySet<string>>;
  readonly paths: ReadonlySet<string>;
}

/**
 * Every commit between what is applied and what would be delivered that touches an input of the stack, led back to
 * the pull requests that brought it to the branch that is delivered: a squash hides commits, and with them people. One
 * into another branch proves nothing about this one.
 */
export async function historyOf(delivery: Delivery, about: HistoryAbout): Promise<History> {
  const { run, content, applied } = about;
  const open = await openChange(delivery, run, content);
  const writers = new Set<Login>(open?.writers);
  const changes = new Map<number, PullRequestFacts>();
  const pushed: CommitSha[] = [];
  const to = open === null ? content.commit : (content.base ?? content.commit);
  const from = applied !== null ? applied.commit : open !== null ? content.base : await startOf(delivery, about);
  const { commits, reaches } = await lineBetween(delivery, from, to);
  // What was deleted since is no input any more, and was one.
  const paths = from === null ? about.paths : about.paths.union(await about.pathsAt(from));
  if (!reaches && from !== null && (await isTakenBack(delivery, about, { from, to, paths }))) pushed.push(to);
  for (const commit of commits) {
    if (!commit.paths.some((path) => paths.has(path))) continue;
    const holding = await delivery.forge.pullRequestsOf(commit.sha);
    const brought = holding.filter((change) => isInto(delivery, change.base, about.ref));
    if (brought.length === 0 && !pushed.includes(commit.sha)) pushed.push(commit.sha);
    for (const change of brought) changes.set(change.number, change);
    for (const login of holding.flatMap((change) => change.writers)) writers.add(login);
    if (holding.length === 0) for (const login of await peopleOf(delivery, commit)) writers.add(login);
  }
  return {
    changes: [...changes.values()].sort((left, right) => left.number - right.number),
    pushed,
    writers: [...writers],
  };
}

function peopleOf(delivery: Delivery, { emails }: LineCommit): Promise<readonly Login[]> {
  return Promise.all(emails.map((email) => delivery.forge.loginOf(email)));
}

/** Whether a pull request into `base` brings what it holds to the ref that is delivered. */
function isInto({ flow }: Delivery, base: string, ref: string | null): boolean {
  if (ref === null) return true;
  if (!ref.startsWith("tag:")) return base === ref;
  const from = releaseClassOf(flow, ref.slice("tag:".length))?.from;
  return from !== undefined && branchClassOf(flow, base)?.name === from;
}

/** The branch had what is applied, and has it no more: somebody took it back without a pull request. */
async function isTakenBack(
  delivery: Delivery,
  { applied, ref }: HistoryAbout,
  { from, to, paths }: { readonly from: CommitSha; readonly to: CommitSha; readonly paths: ReadonlySet<string> },
): Promise<boolean> {
  const due = applied === null ? null : (await delivery.store.run(applied.run))?.due;
  if (due?.kind !== "merge" || due.ref !== ref) return false;
  return (await delivery.repository.changedPaths(from, to)).some((path) => paths.has(path));
}

/** The pull request that the run is for, as long as it is not merged. */
async function openChange(delivery: Delivery, run: Run | null, content: Content): Promise<PullRequestFacts | null> {
  if (run?.source.kind !== "pull-request" || content.base === null) return null;
  return (await delivery.forge.pullRequest(run.source.pullRequest)) ?? null;
}

/**
 * Where counting starts when nothing was applied by us yet: before the first change that was to be delivered here, not
 * before the last one, or a second merge would hide that the first was not reviewed. Older commits were applied by others.
 */
async function startOf(delivery: Delivery, { stack, run, content, ref }: HistoryAbout): Promise<CommitSha | null> {
  const runs = await delivery.store.runs({ stack });
  const first = runs.findLast(({ due }) => due?.kind === "merge" && due.ref === ref) ?? run;
  if (first?.source.kind === "pull-request") return first.source.base;
  if (first?.source.kind !== "merge") return null;
  const { pullRequest } = first.source;
  return pullRequest === null
    ? ((await delivery.repository.resolve(`${content.commit}^1`)) ?? null)
    : beforeChange(delivery, content.commit, pullRequest);
}

/** What people said that may be about the run's plans: on its pull request, and at its environment's gate. */
export async function answersFor(
  delivery: Delivery,
  run: Run | null,
  environment: string,
): Promise<readonly PersonalAnswer[]> {
  const number = run === null ? null : pullRequestOf(run.source);
  const onPullRequest = number === null ? [] : ((await delivery.forge.pullRequest(number))?.answers ?? []);
  const atGate = await delivery.forge.gateAnswers(environment);
  const recorded = await delivery.store.answers({ environment });
  return [...onPullRequest, ...atGate, ...recorded].sort((left, right) => left.at - right.at);
}
