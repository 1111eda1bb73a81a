import { type Holder, type Run, underWayStates } from "../domain/run.ts";
import { type Delivered, deliver, type Watcher } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";
import { oneOfMany } from "./one-of-many.ts";
import { leaseEnd } from "./record.ts";

/** Whether who worked on a run still may. */
export type IsThere = (holder: Holder, run: Run) => Promise<boolean>;

/**
 * After a restart: runs that nobody works on any more are led on. An apply that had started is `interrupted`, and
 * nobody applies it again; what had not begun begins, what only looks is looked at again.
 */
export async function recover(
  delivery: Delivery,
  isThere: IsThere,
  watcher: Watcher = {},
): Promise<readonly Delivered[]> {
  const delivered: Delivered[] = [];
  for (const run of await lostRuns(delivery, isThere)) {
    if (run.state === "approved" && !(await endLeaseOf(delivery, run))) continue;
    const led = () => deliver(delivery, { kind: "run-lost", run: run.id }, watcher);
    delivered.push(...((await oneOfMany(delivery, run.stack, led)) ?? []));
  }
  return delivered;
}

/**
 * Frees the stack of a run that had taken it and begun nothing. Written against the revision that was seen to be lost:
 * when somebody else leads the run on meanwhile, the lease is theirs and nothing is written.
 */
async function endLeaseOf(delivery: Delivery, run: Run): Promise<boolean> {
  const lease = await leaseEnd(delivery, run);
  const written = await delivery.store.write({
    ...lease.change,
    updateRuns: [{ ...run, holder: null }],
    ledger: lease.ledger,
  });
  return written.ok;
}

/** Runs whose state says that somebody works on them, and whose worker is gone. */
export async function lostRuns(delivery: Pick<Delivery, "store">, isThere: IsThere): Promise<readonly Run[]> {
  const lost: Run[] = [];
  for (const run of await delivery.store.runs({ states: underWayStates })) {
    if (run.holder === null || !(await isThere(run.holder, run))) lost.push(run);
  }
  return lost.reverse();
}
