import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { contentOf } from "../observe/content.ts";
import { entry, moveRun } from "../record.ts";
import { lookForDrift } from "./drift.ts";
import { type Made, makeAndPresent } from "./make-plan.ts";
import { createRun, settleNone } from "./run.ts";

/** Makes a run, its plan, and what people are shown of it. */
export async function performPlan(delivery: Delivery, action: Action & { kind: "plan" }): Promise<readonly Event[]> {
  const { stack, source, mode, due, speculative } = action;
  const run = await createRun(delivery, { stack, source, mode, due: mode === "refresh-only" ? null : due });
  delivery.progress(`${stack}: ${mode === "refresh-only" ? "looking for drift" : "planning"}, ${action.why}`);
  return planFor(delivery, run, speculative);
}

/**
 * Plans what a run is for, and presents it. Where another process makes the plan, the run stays `planning` until this is
 * called again where the plan is at hand.
 */
export async function planFor(
  delivery: Delivery,
  run: Run,
  speculative: StoredPlan["speculative"],
): Promise<readonly Event[]> {
  if (run.mode === "refresh-only") return lookForDrift(delivery, run);
  const made = await makeAndPresent(delivery, run, await contentOf(delivery, run.source), speculative);
  const events = await settlePlan(delivery, run, made);
  // A person who waits in front of it is told what failed; a pull request is told by its run.
  if (made.kind === "none" && made.error !== undefined && run.source.kind === "local") throw made.error;
  return events;
}

/** Stores what came of planning, and says so. */
export async function settlePlan(delivery: Delivery, run: Run, made: Made): Promise<readonly Event[]> {
  if (made.kind === "none") return settleNone(delivery, run, made);
  const { stored } = made;
  const ledger = [
    entry(delivery, "plan-stored", {
      run: run.id,
      stack: run.stack,
      plan: stored.digest,
      mode: stored.manifest.mode,
      meaning: stored.manifest.meaning,
      counts: stored.manifest.counts,
      speculative: stored.speculative,
    }),
  ];
  delivery.keepReading(stored.digest, made);
  await moveRun(delivery, run.id, made.empty ? "no-changes" : "planned", {
    plan: stored.digest,
    with: { plans: [stored], ledger },
  });
  return [{ kind: "run-planned", run: run.id, outcome: made.empty ? "no-changes" : "changes" }];
}
