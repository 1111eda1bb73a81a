import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { hasEnded, isOpen, type Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { currentRun, entry, leaseEnd, moveRun } from "../record.ts";

/** The run waits, and lets go of the stack while it does. */
export async function performWait(delivery: Delivery, action: Action & { kind: "wait" }): Promise<readonly Event[]> {
  delivery.progress(`${action.stack}: waiting, ${action.why}`);
  if (action.run === null) return [];
  const run = await currentRun(delivery, action.run);
  // A person at their own terminal asks anew; what they asked for before is never done behind their back.
  const due = action.due ?? (run.due?.kind === "local" ? null : run.due);
  if (!isOpen(run.state)) return run.due === due || hasEnded(run.state) ? [] : remember(delivery, run, due);
  const lease = await leaseEnd(delivery, run);
  await moveRun(delivery, run.id, "waiting", {
    code: action.code,
    why: action.why,
    due,
    with: { ...lease.change, ledger: lease.ledger },
  });
  return lease.events;
}

/** A plan under way learns that its apply is asked for. */
async function remember(delivery: Delivery, run: Run, due: Run["due"]): Promise<readonly Event[]> {
  await delivery.store.write({
    updateRuns: [{ ...run, due }],
    ledger: [entry(delivery, "run-advanced", { run: run.id, stack: run.stack, state: run.state, due })],
  });
  return [];
}

export async function performRefuse(
  delivery: Delivery,
  action: Action & { kind: "refuse" },
): Promise<readonly Event[]> {
  delivery.progress(`${action.stack ?? "the request"}: refused (${action.code}), ${action.why}`);
  if (action.run === null) return [];
  const run = await currentRun(delivery, action.run);
  if (!isOpen(run.state) && run.state !== "planning" && run.state !== "queued") return [];
  const lease = await leaseEnd(delivery, run);
  await moveRun(delivery, run.id, "refused", {
    code: action.code,
    why: action.why,
    with: { ...lease.change, ledger: lease.ledger },
  });
  return lease.events;
}

/** Ends a run whose place another took, or whose pull request was closed. Doing it to an ended run does nothing. */
export async function performSupersede(
  delivery: Delivery,
  action: Action & { kind: "supersede" | "discard" },
): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  if (hasEnded(run.state)) return [];
  const lease = await leaseEnd(delivery, run);
  const to = action.kind === "discard" ? "discarded" : "superseded";
  const code = action.kind === "discard" ? "closed-without-merge" : (action.code ?? "plan-superseded");
  await moveRun(delivery, run.id, to, { code, why: action.why, with: { ...lease.change, ledger: lease.ledger } });
  delivery.progress(`${action.stack}: ${run.id} is ${to}, ${action.why}`);
  return lease.events;
}

export async function performInterrupt(
  delivery: Delivery,
  action: Action & { kind: "interrupt" },
): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  if (run.state !== "applying") return [];
  const lease = await leaseEnd(delivery, run);
  const ledger = [
    entry(delivery, "interrupted", { run: run.id, stack: run.stack, plan: run.plan, why: action.why }),
    ...lease.ledger,
  ];
  await moveRun(delivery, run.id, "interrupted", {
    code: "interrupted",
    why: action.why,
    with: { ...lease.change, ledger },
  });
  delivery.progress(`${action.stack}: interrupted, ${action.why}`);
  return lease.events;
}
