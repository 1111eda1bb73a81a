import type { Change, Clock, RunFilter, Store, Written } from "../delivery/ports.ts";
import type { PersonalAnswer } from "../domain/answer.ts";
import { canonicalJson, type Digest } from "../domain/digest.ts";
import { InternalError } from "../domain/errors.ts";
import { chainEntry, genesis, type LedgerEntry, type NewLedgerEntry } from "../domain/ledger.ts";
import type { RunId, StackName } from "../domain/names.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../domain/plan.ts";
import type { BranchHold, Run, StackLease } from "../domain/run.ts";

interface Held {
  readonly runs: Map<RunId, Run>;
  readonly plans: Map<Digest, StoredPlan>;
  readonly answers: Map<string, PersonalAnswer>;
  readonly holds: Map<StackName, BranchHold>;
  readonly leases: Map<StackName, { readonly fence: number; readonly lease: StackLease | undefined }>;
  readonly ledger: LedgerEntry[];
}

/** A store that forgets, and otherwise keeps the contract of the real ones (test/contract/store.ts). */
export function memoryStore(about: { readonly clock: Clock }): Store {
  let held: Held = {
    runs: new Map(),
    plans: new Map(),
    answers: new Map(),
    holds: new Map(),
    leases: new Map(),
    ledger: [],
  };
  append(held, [{ at: about.clock.now(), kind: "store-created", body: { version: 2 } }]);
  return {
    write: async (change) => {
      const next = copyOf(held);
      const written = writeInto(next, structuredClone(change));
      if (written.ok) held = next;
      return structuredClone(written);
    },
    run: async (id) => structuredClone(held.runs.get(id)),
    runs: async (filter) => structuredClone(selectRuns(held, filter)),
    plan: async (digest) => structuredClone(held.plans.get(digest)),
    lease: async (stack) => structuredClone(held.leases.get(stack)?.lease),
    leases: async () => {
      const leases = [...held.leases.values()].flatMap(({ lease }) => lease ?? []);
      return structuredClone(leases.sort((left, right) => (left.stack < right.stack ? -1 : 1)));
    },
    hold: async (stack) => structuredClone(held.holds.get(stack)),
    holds: async ({ branch }) => {
      const holds = [...held.holds.values()].filter((hold) => (branch ?? hold.branch) === hold.branch);
      return structuredClone(holds.sort((left, right) => (left.stack < right.stack ? -1 : 1)));
    },
    stacks: async () => [...new Set([...held.runs.values()].map(({ stack }) => stack))].sort(),
    answers: async ({ pullRequest, environment }) => {
      const answers = [...held.answers.values()].filter((answer) => {
        return (
          (pullRequest ?? answer.pullRequest) === answer.pullRequest &&
          (environment ?? answer.environment) === answer.environment
        );
      });
      return structuredClone(answers.sort((left, right) => left.at - right.at));
    },
    ledger: async function* (afterSeq = 0) {
      for (let seq = afterSeq; seq < held.ledger.length; seq++) yield structuredClone(held.ledger[seq] as LedgerEntry);
    },
    ledgerHead: async () => headOf(held),
    close: async () => undefined,
  };
}

function copyOf(held: Held): Held {
  return {
    runs: new Map(held.runs),
    plans: new Map(held.plans),
    answers: new Map(held.answers),
    holds: new Map(held.holds),
    leases: new Map(held.leases),
    ledger: [...held.ledger],
  };
}

function writeInto(held: Held, change: Change): Written {
  const conflict = findConflict(held, change);
  if (conflict !== undefined) return conflict;
  for (const run of change.createRuns ?? []) {
    if (held.runs.has(run.id)) throw new InternalError(`run ${run.id} is made twice in one write`);
    held.runs.set(run.id, run);
  }
  for (const plan of change.plans ?? []) putPlan(held, plan);
  for (const run of change.updateRuns ?? []) {
    const known = held.runs.get(run.id);
    if (known?.revision !== run.revision || known.stack !== run.stack)
      throw new InternalError(`run ${run.id} is changed twice in one write`);
    held.runs.set(run.id, { ...run, createdAt: known.createdAt, revision: run.revision + 1 });
  }
  for (const answer of change.answers ?? []) {
    const key = canonicalJson(answer);
    if (!held.answers.has(key)) held.answers.set(key, answer);
  }
  const { endLease, takeLease } = change;
  const freed = endLease && held.leases.get(endLease.stack);
  if (endLease && freed) held.leases.set(endLease.stack, { fence: freed.fence, lease: undefined });
  let lease: StackLease | null = null;
  if (takeLease !== undefined) {
    const fence = (held.leases.get(takeLease.stack)?.fence ?? 0) + 1;
    lease = { ...takeLease, fence };
    held.leases.set(takeLease.stack, { fence, lease });
  }
  const { endHold, takeHold } = change;
  if (endHold !== undefined && held.holds.get(endHold.stack)?.branch === endHold.branch)
    held.holds.delete(endHold.stack);
  if (takeHold !== undefined) held.holds.set(takeHold.stack, takeHold);
  checkReferences(held);
  return { ok: true, entries: append(held, change.ledger), lease };
}

function findConflict(held: Held, change: Change): Written | undefined {
  const { createRuns = [], updateRuns = [], endLease, takeLease } = change;
  const moved = updateRuns.some(({ id, revision }) => held.runs.get(id)?.revision !== revision);
  if (moved || createRuns.some(({ id }) => held.runs.has(id))) return { ok: false, conflict: "run", lease: null };
  const ended = endLease && held.leases.get(endLease.stack)?.lease;
  if (ended && ended.run !== endLease.run) return { ok: false, conflict: "lease", lease: ended };
  const taken = takeLease && takeLease.stack !== endLease?.stack && held.leases.get(takeLease.stack)?.lease;
  return taken ? { ok: false, conflict: "lease", lease: taken } : undefined;
}

function putPlan(held: Held, plan: StoredPlan): void {
  const known = held.plans.get(plan.digest);
  if (planDigestOf(manifestText(plan.manifest)) !== plan.digest || (known && known.speculative !== plan.speculative)) {
    throw new InternalError(`plan ${plan.digest} is stored with another content`);
  }
  held.plans.set(plan.digest, plan);
}

function checkReferences(held: Held): void {
  const runs = [...held.plans.values()].map((plan) => plan.manifest.run);
  for (const { lease } of held.leases.values()) if (lease) runs.push(lease.run);
  const plans = [...held.runs.values()]
    .map((run) => run.plan)
    .concat([...held.plans.values()].map((plan) => plan.carriedFrom));
  const missing =
    runs.find((run) => !held.runs.has(run)) ?? plans.find((plan) => plan !== null && !held.plans.has(plan));
  if (missing !== undefined) throw new InternalError(`${missing} is named and not stored`);
}

function selectRuns(held: Held, filter: RunFilter): readonly Run[] {
  const { stack, states, modes, pullRequest, plan, limit } = filter;
  const found = [...held.runs.values()].reverse().filter((run) => {
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

function append(held: Held, news: readonly NewLedgerEntry[]): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const entry of news) {
    const chained = chainEntry(headOf(held), entry);
    held.ledger.push(chained);
    entries.push(chained);
  }
  return entries;
}

function headOf(held: Held): Pick<LedgerEntry, "seq" | "hash"> {
  const { seq, hash } = held.ledger.at(-1) ?? { seq: 0, hash: genesis };
  return { seq, hash };
}
