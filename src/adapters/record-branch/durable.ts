import type { Change } from "../../delivery/ports.ts";
import type { LedgerKind } from "../../domain/ledger.ts";
import type { RunState } from "../../domain/run.ts";

/**
 * From a person's or the flow's yes on: that a run got there is known to everybody before anything else happens. Not
 * `verifying`: one that is found applied is verified again, and looking does no harm.
 */
const durableStates: ReadonlySet<RunState> = new Set([
  "approved",
  "applying",
  "applied",
  "verified",
  "failed",
  "interrupted",
  "verify-failed",
]);

/**
 * Not `apply-spawned`: a process's number says nothing on another machine, and a push that fails must not stop a tool that
 * has begun to work.
 */
const durableKinds: ReadonlySet<LedgerKind> = new Set([
  "lease-taken",
  "lease-ended",
  "lease-broken",
  "state-lock-released",
  "apply-started",
  "apply-ended",
  "verified",
  "interrupted",
  "released",
  "fast-forwarding",
  "stack-held",
  "stack-handed-over",
  "break-glass",
  "work-taken",
]);

/** Whether a change has to be there for everybody before the next step. What can be made anew by another job may wait. */
export function isDurable({ takeLease, endLease, takeHold, endHold, createRuns, updateRuns, ledger }: Change): boolean {
  if ([takeLease, endLease, takeHold, endHold].some((part) => part !== undefined)) return true;
  if ([...(createRuns ?? []), ...(updateRuns ?? [])].some(({ state }) => durableStates.has(state))) return true;
  return ledger.some(({ kind }) => durableKinds.has(kind));
}
