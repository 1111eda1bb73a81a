import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { instantText, type StackName } from "../../domain/names.ts";
import { advance, type BranchHold, type Due, isOpen } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { currentRun, entry, moveRun } from "../record.ts";

/** Takes the stack's lease for the run, in an environment held by branch also the stack for its branch, and asks for the second decision. */
export async function performStart(delivery: Delivery, action: Action & { kind: "start" }): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  if (!isOpen(run.state)) return [];
  const now = delivery.clock.now();
  const approved =
    run.state === "approved"
      ? { ...run, due: action.due, holder: delivery.holder }
      : advance(run, "approved", { due: action.due, holder: delivery.holder, at: now });
  const hold = await newHold(delivery, run.stack, action.due);
  const written = await delivery.store.write({
    updateRuns: [approved],
    ...(hold === null ? {} : { takeHold: hold }),
    takeLease: { stack: run.stack, run: run.id, holder: delivery.holder, since: now },
    ledger: [
      entry(delivery, "run-advanced", {
        run: run.id,
        stack: run.stack,
        state: "approved",
        due: action.due,
        why: action.why,
      }),
      entry(delivery, "lease-taken", { run: run.id, stack: run.stack, holder: delivery.holder }),
      ...(hold === null ? [] : [entry(delivery, "stack-held", { ...hold, run: run.id })]),
      ...(action.due.breakGlass === undefined
        ? []
        : [
            entry(delivery, "break-glass", {
              run: run.id,
              stack: run.stack,
              by: action.due.by,
              reason: action.due.breakGlass,
              plan: run.plan,
            }),
          ]),
    ],
  });
  if (written.ok) return [{ kind: "apply-ready", run: run.id }];
  if (written.conflict === "lease" && isOpen(run.state) && run.state !== "approved") {
    const { lease } = written;
    await moveRun(delivery, run.id, "waiting", {
      code: "stack-leased",
      why: `${lease === null ? "another run" : lease.run} holds ${run.stack}${lease === null ? "" : ` since ${instantText(lease.since)}`}`,
      // A person at their own terminal is told, and asks again.
      due: action.due.kind === "local" ? null : action.due,
    });
  }
  return [];
}

/** The first branch that applies to a stack holds it from then on; a person at their own terminal delivers no branch. */
async function newHold({ flow, store, clock }: Delivery, stack: StackName, due: Due): Promise<BranchHold | null> {
  if (placeOf(flow, stack)?.environment.heldByBranch !== true) return null;
  if (due.kind === "local" || due.ref.startsWith("tag:") || (await store.hold(stack)) !== undefined) return null;
  return { stack, branch: due.ref, by: due.by, since: clock.now() };
}
