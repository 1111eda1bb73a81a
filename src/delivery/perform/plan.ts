import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { contentOf } from "../observe/content.ts";
import { entry, moveRun } from "../record.ts";
import { settleLook } from "./drift.ts";
import { type Made, makeAndPresent } from "./make-plan.ts";
import { planningRun, recordRun, settleNone } from "./run.ts";

/** An action that begins with a plan. */
export type Planning = Action & { readonly kind: "plan" | "drift" };

/** Makes a run, its plan, and what people are shown of it. */
export async function performPlan(delivery: Delivery, action: Planning): Promise<readonly Event[]> {
  return performPlanOf(delivery, action, { run: runFor(delivery, action), begun: null });
}

/** The run that an action makes; nothing is written of it yet. */
export function runFor(delivery: Delivery, action: Planning): Run {
  const { stack, source } = action;
  // Nothing is ever applied of a look for drift.
  if (action.kind === "drift" || action.mode === "refresh-only")
    return planningRun(delivery, { stack, source, mode: "refresh-only", due: null });
  return planningRun(delivery, action);
}

/** The same for a run that was made for it, and a plan that may be begun already. */
export async function performPlanOf(
  delivery: Delivery,
  action: Planning,
  { run, begun }: { readonly run: Run; readonly begun: Promise<Made> | null },
): Promise<readonly Event[]> {
  await recordRun(delivery, run);
  const doing = run.mode === "refresh-only" ? "looking for drift" : "planning";
  delivery.progress(`${run.stack}: ${doing}, ${action.why}`);
  return planFor(delivery, run, { speculative: speculativeOf(action), begun });
}

export function speculativeOf(action: Planning): StoredPlan["speculative"] {
  return action.kind === "drift" ? null : action.speculative;
}

/** Plans what a run is for, and presents it. Nothing is written. */
export async function makeFor(delivery: Delivery, run: Run, speculative: StoredPlan["speculative"]): Promise<Made> {
  const content = await contentOf(delivery, run.source);
  return makeAndPresent(delivery, run, content, run.mode === "refresh-only" ? null : speculative);
}

/**
 * Records what comes of planning what a run is for; null where that was not begun yet. Where another process makes the plan,
 * the run stays `planning` until this is called again where the plan is at hand.
 */
export async function planFor(
  delivery: Delivery,
  run: Run,
  {
    speculative,
    begun,
  }: { readonly speculative: StoredPlan["speculative"]; readonly begun: Promise<Made | null> | null },
): Promise<readonly Event[]> {
  const made = (await begun) ?? (await makeFor(delivery, run, speculative));
  const settle = run.mode === "refresh-only" ? settleLook : settlePlan;
  const events = await settle(delivery, run, made);
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
