import type { Action } from "../../domain/decision.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Run } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { deliveredContent, stackAt } from "../observe/content.ts";
import { orderFor } from "../observe/stack-facts.ts";
import { currentRun, entry, leaseEnd, moveRun, mustWrite } from "../record.ts";
import type { ApplyResult, ApplySteps } from "../roles/apply.ts";
import { stateLockText } from "./state-lock.ts";

type ApplyAction = Action & { readonly kind: "apply" | "destroy" };

/**
 * Applies the run's stored plan, once: what it brings, or what it takes away. That it started is durable before anything
 * starts.
 */
export async function performApply(delivery: Delivery, action: ApplyAction): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  if (run.state !== "approved" || run.plan !== action.plan) return [];
  const unfit = whyUnfit(delivery, run, action);
  if (unfit !== null)
    return settle(delivery, run, {
      kind: "refused",
      finding: { plan: action.plan, code: "target-moved", sentence: unfit },
    });
  const content = await deliveredContent(delivery, run);
  const stack = content === null ? undefined : await stackAt(delivery, run.stack, content);
  if (content === null || stack === undefined)
    return settle(delivery, run, {
      kind: "refused",
      finding: { plan: action.plan, code: "target-moved", sentence: `${run.stack} is not in what is to be delivered` },
    });
  const doing = action.kind === "destroy" ? "destroying by" : "applying";
  delivery.progress(`${run.stack}: ${doing} plan ${action.plan.slice(7, 19)}`);
  const result = await tell(delivery, run, () =>
    delivery.roles.apply(orderFor(delivery, run, stack, content), action.plan, steps(delivery, run, action)),
  );
  return settle(delivery, run, result);
}

/** What destroys everything is never started as what applies a change, nor where the flow lets nothing be destroyed. */
function whyUnfit({ flow }: Delivery, run: Run, { kind }: ApplyAction): string | null {
  const wanted = kind === "destroy" ? "destroy" : "normal";
  if (run.mode !== wanted)
    return `${run.id} is of the mode ${run.mode}, and nothing of mode ${wanted} is started for it`;
  if (kind === "apply" || placeOf(flow, run.stack)?.environment.destroyable === true) return null;
  return `the environment of ${run.stack} is not marked destroyable`;
}

function steps(delivery: Delivery, run: Run, action: ApplyAction): ApplySteps {
  return {
    starting: async () => {
      const ledger = [
        entry(delivery, "apply-started", {
          run: run.id,
          stack: run.stack,
          plan: action.plan,
          mode: run.mode,
          holder: delivery.holder,
          due: run.due,
        }),
      ];
      await moveRun(delivery, run.id, "applying", { with: { ledger } });
    },
    spawned: (pid) =>
      mustWrite(delivery, { ledger: [entry(delivery, "apply-spawned", { run: run.id, stack: run.stack, pid })] }),
  };
}

/** A failure of the outside before the start touched nothing; one after it is an apply that failed. */
async function tell(delivery: Delivery, run: Run, work: () => Promise<ApplyResult>): Promise<ApplyResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    if ((await currentRun(delivery, run.id)).state !== "applying") throw error;
    return { kind: "failed", summary: error.message, started: true, stateLock: null };
  }
}

async function settle(delivery: Delivery, run: Run, result: ApplyResult): Promise<readonly Event[]> {
  if (result.kind === "applied" && run.mode === "destroy") return settleDestroy(delivery, run);
  if (result.kind === "applied") {
    await moveRun(delivery, run.id, "applied", {
      with: { ledger: [entry(delivery, "apply-ended", { run: run.id, stack: run.stack, outcome: "applied" })] },
    });
    delivery.progress(`${run.stack}: applied`);
    return [{ kind: "run-applied", run: run.id, outcome: "applied" }];
  }
  const lease = await leaseEnd(delivery, run);
  if (result.kind === "refused") {
    const { code, sentence } = result.finding;
    const ledger = [
      entry(delivery, "apply-ended", { run: run.id, stack: run.stack, outcome: "refused", code, why: sentence }),
      ...lease.ledger,
    ];
    await moveRun(delivery, run.id, "refused", { code, why: sentence, with: { ...lease.change, ledger } });
    return [{ kind: "run-applied", run: run.id, outcome: "refused" }, ...lease.events];
  }
  // What becomes of a state that is nowhere else comes before who holds it.
  const lock = result.unsavedState === undefined ? result.stateLock : null;
  const code = lock === null ? "apply-failed" : "state-locked";
  const why = lock === null ? result.summary : stateLockText(run.stack, lock);
  const ledger = [
    entry(delivery, "apply-ended", {
      run: run.id,
      stack: run.stack,
      outcome: "failed",
      started: result.started,
      why,
    }),
    ...lease.ledger,
  ];
  await moveRun(delivery, run.id, "failed", { code, why, with: { ...lease.change, ledger } });
  delivery.progress(`${run.stack}: the apply failed, ${why}`);
  return [{ kind: "run-applied", run: run.id, outcome: "failed" }, ...lease.events];
}

/** What is gone has nothing left that could be verified. */
async function settleDestroy(delivery: Delivery, run: Run): Promise<readonly Event[]> {
  const lease = await leaseEnd(delivery, run);
  const ended = entry(delivery, "apply-ended", { run: run.id, stack: run.stack, outcome: "applied", mode: run.mode });
  await moveRun(delivery, run.id, "applied", { with: { ledger: [ended] } });
  await moveRun(delivery, run.id, "verified", { with: { ...lease.change, ledger: lease.ledger } });
  delivery.progress(`${run.stack}: destroyed`);
  return [{ kind: "run-applied", run: run.id, outcome: "applied" }, ...lease.events];
}
