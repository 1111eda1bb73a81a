import type { PersonalAnswer } from "../../domain/answer.ts";
import type { AppliedFacts, PullRequestFacts, PushedCommit } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { gatesOf } from "../../engine/index.ts";
import type { Environment } from "../../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import type { Delivery } from "../delivery.ts";
import { forkPoint } from "./altered.ts";
import { openTracer } from "./chain.ts";
import type { Content } from "./content.ts";
import { beforeChange, lineBetween } from "./line.ts";
import { pushedCommit, pushOf } from "./pushed.ts";

/** What came to a stack since something was last applied there, and who is behind it. */
export interface History {
  readonly changes: readonly PullRequestFacts[];
  readonly pushed: readonly PushedCommit[];
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
 * Every commit between what is applied and what would be delivered that touches an input of the stack, led back along its
 * chain of pull requests.
 */
export async function historyOf(delivery: Delivery, about: HistoryAbout): Promise<History> {
  const { run, content } = about;
  const applied = isTornDown(delivery, about) ? null : about.applied;
  const open = await openChange(delivery, run, content);
  const ref = about.ref ?? open?.base ?? null;
  const branch = ref === null ? null : branchOf(delivery, ref);
  const to = open === null ? content.commit : (content.base ?? content.commit);
  const from = applied !== null ? applied.commit : open !== null ? content.base : await startOf(delivery, about);
  const { commits, reaches } = await lineBetween(delivery, from, to);
  // What was deleted since is no input any more, and was one.
  const paths = from === null ? about.paths : about.paths.union(await about.pathsAt(from));
  const matters = (changed: readonly string[]) => changed.some((path) => paths.has(path));
  const tracer = openTracer(delivery, { from, matters });
  for (const commit of commits) if (matters(commit.paths)) await tracer.trace(commit, branch);
  const { changes, pushed, writers } = tracer.found;
  const takenBack = !reaches && from !== null && (await isTakenBack(delivery, about, { from, to, matters }));
  const bare = takenBack && branch !== null ? [{ branch, commit: to }, ...pushed] : pushed;
  const pushes = await pushesOf(delivery, bare);
  const people = new Set([...(open?.writers ?? []), ...writers, ...pushes.flatMap((push) => push.writers)]);
  return {
    changes: [...changes.values()].sort((left, right) => left.number - right.number),
    pushed: pushes,
    writers: [...people],
  };
}

/** A branch of work takes down what it brought: whoever wrote on it is not asked, though nothing lies between. */
function isTornDown({ flow }: Delivery, { run, ref }: HistoryAbout): boolean {
  return (
    run?.mode === "destroy" && ref !== null && !ref.startsWith("tag:") && branchClassOf(flow, ref)?.protected !== true
  );
}

/**
 * How every commit between two of a branch that matters came to that branch. Where counting starts at nothing, what the
 * repository began with is left out: nobody merged that.
 */
export async function broughtBetween(
  delivery: Delivery,
  about: {
    readonly from: CommitSha | null;
    readonly to: CommitSha;
    readonly branch: string;
    readonly matters: (paths: readonly string[]) => boolean;
  },
): Promise<Pick<History, "changes" | "pushed">> {
  const { from, to, branch, matters } = about;
  const commits =
    from === null
      ? (await delivery.repository.commitsBetween(null, to)).filter(({ parents }) => parents.length > 0)
      : (await lineBetween(delivery, from, to)).commits;
  const tracer = openTracer(delivery, { from, matters });
  for (const commit of commits) if (matters(commit.paths)) await tracer.trace(commit, branch);
  const { changes, pushed } = tracer.found;
  return {
    changes: [...changes.values()].sort((left, right) => left.number - right.number),
    pushed: await pushesOf(delivery, pushed),
  };
}

/** Commits that came in one push are one, told once. */
async function pushesOf(
  delivery: Delivery,
  commits: readonly { readonly branch: string; readonly commit: CommitSha }[],
): Promise<readonly PushedCommit[]> {
  const pushes = new Map<string, PushedCommit>();
  for (const { branch, commit } of commits) {
    const push = await pushOf(delivery, branch, commit);
    const key = `${branch} ${push.after}`;
    if (!pushes.has(key)) pushes.set(key, await pushedCommit(delivery, push));
  }
  return [...pushes.values()];
}

/** The branch that a delivery of the ref takes its commits from. */
function branchOf({ flow }: Delivery, ref: string): string {
  if (!ref.startsWith("tag:")) return ref;
  const from = releaseClassOf(flow, ref.slice("tag:".length))?.from;
  const branch = flow.branches.find(({ name }) => name === from);
  return (branch === undefined ? undefined : onlyBranchOf(branch)) ?? ref;
}

/** The branch had what is applied, and has it no more: somebody took it back without a pull request. */
async function isTakenBack(
  delivery: Delivery,
  { applied, ref }: HistoryAbout,
  about: { readonly from: CommitSha; readonly to: CommitSha; readonly matters: (paths: readonly string[]) => boolean },
): Promise<boolean> {
  const due = applied === null ? null : (await delivery.store.run(applied.run))?.due;
  if (due?.ref !== ref || due.kind === "local") return false;
  if (branchClassOf(delivery.flow, ref)?.protected !== true) return false;
  return about.matters(await delivery.repository.changedPaths(about.from, about.to));
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
async function startOf(delivery: Delivery, about: HistoryAbout): Promise<CommitSha | null> {
  const { stack, run, content, ref } = about;
  const branch = ref === null ? null : branchOf(delivery, ref);
  if (branch !== null && branchClassOf(delivery.flow, branch)?.protected !== true)
    return forkPoint(delivery, branch, content.commit);
  const runs = await delivery.store.runs({ stack, modes: ["normal"] });
  const first = runs.findLast((candidate) => wasToDeliver(candidate, { ref, branch })) ?? run;
  if (first?.source.kind === "pull-request") return first.source.base;
  if (first?.source.kind === "merge" && first.source.pullRequest !== null)
    return beforeChange(delivery, content.commit, first.source.pullRequest);
  return beforeLast(delivery, first?.source.commit ?? content.commit, branch);
}

function wasToDeliver(
  { due, source }: Run,
  { ref, branch }: { readonly ref: string | null; readonly branch: string | null },
): boolean {
  if (due !== null) return due.kind !== "local" && due.ref === ref;
  return (source.kind === "merge" || source.kind === "push") && source.branch === branch;
}

/** Before the newest change of a branch: the pull request, or the push, that brought its head. */
async function beforeLast(delivery: Delivery, head: CommitSha, branch: string | null): Promise<CommitSha | null> {
  const brought = (await delivery.forge.pullRequestsOf(head)).findLast(
    ({ base }) => branch === null || base === branch,
  );
  const before = brought === undefined ? null : await beforeChange(delivery, head, brought.number);
  if (before !== null) return before;
  return branch === null
    ? ((await delivery.repository.resolve(`${head}^1`)) ?? null)
    : (await pushOf(delivery, branch, head)).before;
}

/** What people said that may be about the run's plans: on its pull request, at its environment's gate, at that of its row. */
export async function answersFor(
  delivery: Delivery,
  run: Run | null,
  environment: Environment | null,
): Promise<readonly PersonalAnswer[]> {
  const { flow, forge, store } = delivery;
  const number = run === null ? null : pullRequestOf(run.source);
  const onPullRequest = number === null ? [] : ((await forge.pullRequest(number))?.answers ?? []);
  const asked =
    environment === null || run?.due == null ? [] : gatesOf(flow, { environment, due: run.due, mode: run.mode });
  const gates = new Set([...(environment === null ? [] : [environment.name]), ...asked.map(({ name }) => name)]);
  const answers = [...onPullRequest];
  for (const gate of gates)
    answers.push(...(await forge.gateAnswers(gate)), ...(await store.answers({ environment: gate })));
  return answers.sort((left, right) => left.at - right.at);
}
