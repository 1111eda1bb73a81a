import type { PersonalAnswer } from "./answer.ts";
import { canonicalJson, type Digest } from "./digest.ts";
import { InternalError } from "./errors.ts";
import type { NewLedgerEntry } from "./ledger.ts";
import type { Instant, RunId, StackName } from "./names.ts";
import { manifestText, type PlanMode, planDigestOf, type StoredPlan } from "./plan.ts";
import type { BranchHold, Holder, Run, StackLease } from "./run.ts";

/**
 * One change of the record, done whole or not at all, with its ledger entries in the same transaction. A run is
 * written against the revision it was read at: `conflict` when somebody was faster.
 */
export interface Change {
  readonly createRuns?: readonly Run[];
  /** `revision` is the one that was read; the store counts it up. */
  readonly updateRuns?: readonly Run[];
  readonly plans?: readonly StoredPlan[];
  readonly answers?: readonly PersonalAnswer[];
  readonly takeLease?: {
    readonly stack: StackName;
    readonly run: RunId;
    readonly holder: Holder;
    readonly since: Instant;
  };
  readonly endLease?: { readonly stack: StackName; readonly run: RunId };
  /** The branch holds the stack from now on, whoever held it before. */
  readonly takeHold?: BranchHold;
  /** Nobody holds the stack; only when that branch still did. */
  readonly endHold?: { readonly stack: StackName; readonly branch: string };
  readonly ledger: readonly NewLedgerEntry[];
}

/** Nothing was written. */
export interface Conflict {
  readonly ok: false;
  readonly conflict: "run" | "lease";
  readonly lease: StackLease | null;
}

export interface RunFilter {
  readonly stack?: StackName;
  readonly states?: readonly Run["state"][];
  readonly modes?: readonly PlanMode[];
  readonly pullRequest?: number;
  readonly plan?: Digest;
  readonly limit?: number;
}

export interface AnswerFilter {
  readonly pullRequest?: number;
  readonly environment?: string;
}

/** The fence counts on when a lease has ended, so a stack keeps its own. */
export interface Fenced {
  readonly fence: number;
  readonly lease: StackLease | null;
}

/** All that a store knows but its ledger, as a value. Runs and answers stand in the order they were written. */
export interface RecordState {
  readonly runs: ReadonlyMap<RunId, Run>;
  readonly plans: ReadonlyMap<Digest, StoredPlan>;
  /** By `answerKey`. */
  readonly answers: ReadonlyMap<string, PersonalAnswer>;
  readonly holds: ReadonlyMap<StackName, BranchHold>;
  readonly leases: ReadonlyMap<StackName, Fenced>;
}

export const emptyRecord: RecordState = {
  runs: new Map(),
  plans: new Map(),
  answers: new Map(),
  holds: new Map(),
  leases: new Map(),
};

/** What tells an answer from every other: the same one is read from the forge again and again. */
export function answerKey(answer: PersonalAnswer): string {
  return canonicalJson(answer);
}

/**
 * The record with a change in it, and the lease that it took. What may conflict is looked at first; a change that
 * contradicts itself, or names what is not there, is a mistake of ours and throws.
 */
export function changeRecord(
  record: RecordState,
  change: Change,
): { readonly ok: true; readonly record: RecordState; readonly lease: StackLease | null } | Conflict {
  const conflict = findConflict(record, change);
  if (conflict !== undefined) return conflict;
  const leases = changedLeases(record.leases, change);
  const next: RecordState = {
    runs: changedRuns(record.runs, change),
    plans: changedPlans(record.plans, change.plans ?? []),
    answers: changedAnswers(record.answers, change.answers ?? []),
    holds: changedHolds(record.holds, change),
    leases,
  };
  checkReferences(next, change);
  return { ok: true, record: next, lease: (change.takeLease && leases.get(change.takeLease.stack)?.lease) ?? null };
}

function findConflict({ runs, leases }: RecordState, change: Change): Conflict | undefined {
  const { createRuns = [], updateRuns = [], endLease, takeLease } = change;
  const moved = updateRuns.some(({ id, revision }) => runs.get(id)?.revision !== revision);
  if (moved || createRuns.some(({ id }) => runs.has(id))) return { ok: false, conflict: "run", lease: null };
  const ended = endLease && leases.get(endLease.stack)?.lease;
  if (ended && ended.run !== endLease.run) return { ok: false, conflict: "lease", lease: ended };
  const taken = takeLease && takeLease.stack !== endLease?.stack && leases.get(takeLease.stack)?.lease;
  return taken ? { ok: false, conflict: "lease", lease: taken } : undefined;
}

function changedRuns(runs: RecordState["runs"], { createRuns = [], updateRuns = [] }: Change): RecordState["runs"] {
  const next = new Map(runs);
  for (const run of createRuns) {
    if (next.has(run.id)) throw new InternalError(`run ${run.id} is made twice in one write`);
    next.set(run.id, run);
  }
  for (const run of updateRuns) {
    const known = next.get(run.id);
    if (known?.revision !== run.revision || known.stack !== run.stack)
      throw new InternalError(`run ${run.id} is changed twice in one write`);
    next.set(run.id, { ...run, createdAt: known.createdAt, revision: run.revision + 1 });
  }
  return next;
}

function changedPlans(plans: RecordState["plans"], put: readonly StoredPlan[]): RecordState["plans"] {
  const next = new Map(plans);
  for (const plan of put) {
    const known = next.get(plan.digest);
    if (planDigestOf(manifestText(plan.manifest)) !== plan.digest || (known && known.speculative !== plan.speculative))
      throw new InternalError(`plan ${plan.digest} is stored with another content`);
    next.set(plan.digest, plan);
  }
  return next;
}

function changedAnswers(answers: RecordState["answers"], said: readonly PersonalAnswer[]): RecordState["answers"] {
  const next = new Map(answers);
  for (const answer of said) {
    const key = answerKey(answer);
    if (!next.has(key)) next.set(key, answer);
  }
  return next;
}

function changedHolds(holds: RecordState["holds"], { endHold, takeHold }: Change): RecordState["holds"] {
  const next = new Map(holds);
  if (endHold !== undefined && next.get(endHold.stack)?.branch === endHold.branch) next.delete(endHold.stack);
  if (takeHold !== undefined) next.set(takeHold.stack, takeHold);
  return next;
}

function changedLeases(leases: RecordState["leases"], { endLease, takeLease }: Change): RecordState["leases"] {
  const next = new Map(leases);
  const freed = endLease && next.get(endLease.stack);
  if (endLease && freed) next.set(endLease.stack, { fence: freed.fence, lease: null });
  if (takeLease !== undefined) {
    const fence = (next.get(takeLease.stack)?.fence ?? 0) + 1;
    next.set(takeLease.stack, { fence, lease: { ...takeLease, fence } });
  }
  return next;
}

/** Whatever the change names is there once it is made. */
function checkReferences(
  { runs, plans }: RecordState,
  { createRuns = [], updateRuns = [], plans: put = [], takeLease }: Change,
): void {
  const namedRuns = [...put.map(({ manifest }) => manifest.run), ...(takeLease === undefined ? [] : [takeLease.run])];
  const namedPlans = [
    ...[...createRuns, ...updateRuns].map(({ plan }) => plan),
    ...put.map(({ carriedFrom }) => carriedFrom),
  ];
  const missing =
    namedRuns.find((run) => !runs.has(run)) ?? namedPlans.find((plan) => plan !== null && !plans.has(plan));
  if (missing !== undefined) throw new InternalError(`${missing} is named and not stored`);
}

/** The runs that a filter lets through, newest first; of two made at once, the one written last. */
export function selectRuns({ runs }: RecordState, filter: RunFilter): readonly Run[] {
  const { stack, states, modes, pullRequest, plan, limit } = filter;
  const found = [...runs.values()].reverse().filter((run) => {
    const of = "pullRequest" in run.source ? run.source.pullRequest : null;
    return (
      (stack === undefined || run.stack === stack) &&
      (states === undefined || states.includes(run.state)) &&
      (modes === undefined || modes.includes(run.mode)) &&
      (pullRequest === undefined || of === pullRequest) &&
      (plan === undefined || run.plan === plan)
    );
  });
  return found.sort((left, right) => right.createdAt - left.createdAt).slice(0, limit);
}

/** The answers that a filter lets through, in the order they were said. */
export function selectAnswers(
  { answers }: RecordState,
  { pullRequest, environment }: AnswerFilter,
): readonly PersonalAnswer[] {
  return [...answers.values()]
    .filter(
      (answer) =>
        (pullRequest ?? answer.pullRequest) === answer.pullRequest &&
        (environment ?? answer.environment) === answer.environment,
    )
    .sort((left, right) => left.at - right.at);
}

/** Who holds stacks by branch, in order of the stacks' names. */
export function selectHolds({ holds }: RecordState, branch: string | undefined): readonly BranchHold[] {
  return [...holds.values()].filter((hold) => (branch ?? hold.branch) === hold.branch).sort(byStack);
}

/** The leases that are held, in order of the stacks' names. */
export function heldLeases({ leases }: RecordState): readonly StackLease[] {
  return [...leases.values()].flatMap(({ lease }) => lease ?? []).sort(byStack);
}

/** Every stack that there is a run of, in order of their names. */
export function stacksOf({ runs }: RecordState): readonly StackName[] {
  return [...new Set([...runs.values()].map(({ stack }) => stack))].sort();
}

function byStack(left: { readonly stack: StackName }, right: { readonly stack: StackName }): number {
  return left.stack < right.stack ? -1 : 1;
}
