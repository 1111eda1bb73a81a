import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { newRun, type Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { entry, moveRun, mustWrite } from "../record.ts";
import type { Made } from "./make-plan.ts";

/** A run that starts with planning. */
export async function createRun(
  delivery: Delivery,
  about: Pick<Action & { kind: "plan" }, "stack" | "source" | "mode" | "due">,
): Promise<Run> {
  const { stack, source, mode, due } = about;
  const at = delivery.clock.now();
  const run = newRun({ id: delivery.ids.run(), stack, source, mode, due, at, holder: delivery.holder });
  await mustWrite(delivery, {
    createRuns: [run],
    ledger: [
      entry(delivery, "run-created", {
        run: run.id,
        stack: run.stack,
        source: run.source,
        mode: run.mode,
        due: run.due,
      }),
    ],
  });
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
