import { type Holder, type Run, underWayStates } from "../domain/run.ts";
import { type Delivered, deliver } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";

/**
 * After a restart: runs that nobody works on any more are led on. An apply that had started is `interrupted`, and
 * nobody applies it again; what had not begun begins, what only looks is looked at again.
 */
export async function recover(
  delivery: Delivery,
  isThere: (holder: Holder) => Promise<boolean>,
): Promise<readonly Delivered[]> {
  const delivered: Delivered[] = [];
  for (const run of await lostRuns(delivery, isThere))
    delivered.push(...(await deliver(delivery, { kind: "run-lost", run: run.id })));
  return delivered;
}

/** Runs whose state says that somebody works on them, and whose worker is gone. */
export async function lostRuns(
  delivery: Pick<Delivery, "store">,
  isThere: (holder: Holder) => Promise<boolean>,
): Promise<readonly Run[]> {
  const lost: Run[] = [];
  for (const run of await delivery.store.runs({ states: underWayStates })) {
    if (run.holder === null || !(await isThere(run.holder))) lost.push(run);
  }
  return lost.reverse();
}
