import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { newRun, type Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { entry, moveRun, mustWrite } from "../record.ts";
import type { Made } from "./make-plan.ts";

type RunAbout = Pick<Action & { kind: "plan" }, "stack" | "source" | "mode" | "due">;

/** A run that starts with planning, and is not on the record yet. */
export function planningRun(delivery: Delivery, { stack, source, mode, due }: RunAbout): Run {
  const at = delivery.clock.now();
  return newRun({ id: delivery.ids.run(), stack, source, mode, due, at, holder: delivery.holder });
}

export async function recordRun(delivery: Delivery, run: Run): Promise<void> {
  const { id, stack, source, mode, due } = run;
  await mustWrite(delivery, {
    createRuns: [run],
    ledger: [entry(delivery, "run-created", { run: id, stack, source, mode, due })],
  });
}

/** A run that starts with planning. */
export async function createRun(delivery: Delivery, about: RunAbout): Promise<Run> {
  const run = planningRun(delivery, about);
  await recordRun(delivery, run);
  return run;
}

/** No plan came of it: the run says why, and ends. */
export async function settleNone(
  delivery: Delivery,
  run: Run,
  { code, why }: Made & { readonly kind: "none" },
): Promise<readonly Event[]> {
  const state = code === "plan-failed" || code === "state-locked" ? "failed" : "refused";
  await moveRun(delivery, run.id, state, { code, why });
  delivery.progress(`${run.stack}: no plan, ${why}`);
  return [{ kind: "run-planned", run: run.id, outcome: "failed" }];
}
