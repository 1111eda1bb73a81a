import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { carryOverObstacles, type StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { deliveredContent } from "../observe/content.ts";
import { currentRun, entry, leaseEnd, moveRun, mustWrite } from "../record.ts";
import { makeAndPresent } from "./make-plan.ts";
import { settlePlan } from "./plan.ts";
import { createRun } from "./run.ts";

/**
 * Plans anew under the lease, from the same inputs, and compares. Equal in everything that an approval binds to: the
 * approval counts for the new plan. Anything else: the new plan is a run of its own, and is shown and asked for.
 */
export async function performReplan(
  delivery: Delivery,
  action: Action & { kind: "replan" },
): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  const old = await delivery.store.plan(action.plan);
  if (run.state !== "approved" || old === undefined) return [];
  delivery.progress(`${run.stack}: ${action.why}; planning anew and comparing the meaning`);
  const made = await makeAndPresent(delivery, run, await deliveredContent(delivery, run), null);
  const obstacles = made.kind === "none" ? [made.why] : carryOverObstacles(old.manifest, made.stored.manifest);
  if (made.kind === "presented" && obstacles.length === 0) return carry(delivery, run, old, made.stored);
  const lease = await leaseEnd(delivery, run);
  const why = made.kind === "none" ? made.why : `the new plan differs in its ${obstacles.join(", ")}`;
  await moveRun(delivery, run.id, "superseded", {
    code: made.kind === "none" ? made.code : "meaning-differs",
    why,
    with: { ...lease.change, ledger: lease.ledger },
  });
  delivery.progress(`${run.stack}: ${why}, so it is shown and asked for again`);
  const next = await createRun(delivery, { stack: run.stack, source: run.source, mode: run.mode, due: run.due });
  return [...(await settlePlan(delivery, next, made)), ...lease.events];
}

async function carry(delivery: Delivery, run: Run, old: StoredPlan, fresh: StoredPlan): Promise<readonly Event[]> {
  const carried: StoredPlan = { ...fresh, carriedFrom: old.digest, shown: old.shown };
  const body = {
    run: run.id,
    stack: run.stack,
    from: old.digest,
    to: fresh.digest,
    meaning: fresh.manifest.meaning,
    why: "same inputs, same meaning",
  };
  await mustWrite(delivery, {
    plans: [carried],
    updateRuns: [{ ...run, plan: fresh.digest, updatedAt: delivery.clock.now() }],
    ledger: [entry(delivery, "approval-carried", body)],
  });
  delivery.progress(`${run.stack}: the new plan means the same, so the approval carries over`);
  return [{ kind: "apply-ready", run: run.id }];
}
