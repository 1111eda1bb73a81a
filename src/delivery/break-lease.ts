import type { Login } from "../domain/names.ts";
import { isUnderWay, type Run, type StackLease } from "../domain/run.ts";
import { deliver } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";
import { currentRun, entry, mustWrite } from "./record.ts";

/** Who ends a lease that is not theirs, and on what ground. */
export interface BreakAbout {
  readonly by: Login;
  /** In the person's words; null when the holder was seen to be gone. */
  readonly reason: string | null;
  /** Whether the holder's process was still there, or could not be seen from here. */
  readonly holderThere: boolean;
}

/**
 * Takes a stack away from the run that holds it, because a person says that nobody works on it any more. That a person
 * did it is on the ledger before anything follows from it.
 *
 * What becomes of the run is decided as for any that is lost: an apply that had begun is interrupted and its lease ends
 * in the same write, so that at no moment the stack is free while the run looks alive. Whoever held it cannot record
 * anything more for the run; what their process does to the cloud, nothing here can stop.
 */
export async function breakLease(
  delivery: Delivery,
  lease: StackLease,
  about: BreakAbout,
): Promise<{ readonly run: Run; readonly ended: boolean }> {
  const run = await currentRun(delivery, lease.run);
  const { stack, fence, holder } = lease;
  // A run that began nothing, or is over, has nothing that the lease could protect.
  const endsNow = run.state === "approved" || !isUnderWay(run.state);
  const broken = entry(delivery, "lease-broken", { run: run.id, stack, fence, holder, state: run.state, ...about });
  const ended = entry(delivery, "lease-ended", { run: run.id, stack, fence });
  await mustWrite(delivery, {
    updateRuns: [{ ...run, holder: null }],
    ...(endsNow ? { endLease: { stack, run: run.id } } : {}),
    ledger: endsNow ? [broken, ended] : [broken],
  });
  await deliver(delivery, isUnderWay(run.state) ? { kind: "run-lost", run: run.id } : { kind: "lease-ended", stack });
  const after = await delivery.store.lease(stack);
  return { run: await currentRun(delivery, run.id), ended: after?.fence !== fence };
}
