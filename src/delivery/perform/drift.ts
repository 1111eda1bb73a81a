import { type Drifted, driftOf, driftSentence } from "../../domain/drift.ts";
import type { Event } from "../../domain/event.ts";
import type { Run } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { entry, moveRun } from "../record.ts";
import type { Presented } from "../roles/presentation.ts";
import type { Made } from "./make-plan.ts";
import { settleNone } from "./run.ts";

/**
 * Records whether real objects still are as they were applied, by a plan that would only refresh the state, and that nothing
 * is ever applied of. What the flow leaves to the running system is recorded apart, and is no drift.
 */
export async function settleLook(delivery: Delivery, run: Run, made: Made): Promise<readonly Event[]> {
  if (made.kind === "none") return settleNone(delivery, run, made);
  delivery.keepReading(made.stored.digest, made);
  return recordLook(delivery, run, { made, drifted: await driftIn(delivery, run, made) });
}

/**
 * What drifted on the run's stack, by what was read of its plan. A state that is gone though something was applied shows
 * no object to compare: that is told of the state itself.
 */
export async function driftIn(
  { flow, store }: Pick<Delivery, "flow" | "store">,
  { stack }: Run,
  { reading, stored }: Pick<Presented & { readonly kind: "presented" }, "reading" | "stored">,
): Promise<readonly Drifted[]> {
  if (stored.manifest.state.lineage === null) {
    const states = ["applied", "verifying", "verified", "verify-failed"] as const;
    const [last] = await store.runs({ stack, modes: ["normal", "destroy"], states, limit: 1 });
    if (last?.mode === "normal") return [{ address: `the state of ${stack}`, paths: [], class: "drift" }];
  }
  return driftOf(reading.plan, placeOf(flow, stack)?.environment.runtimeOwned ?? []);
}

async function recordLook(
  delivery: Delivery,
  run: Run,
  found: { readonly made: Presented & { readonly kind: "presented" }; readonly drifted: readonly Drifted[] },
): Promise<readonly Event[]> {
  const { stored } = found.made;
  const [real, owned] = [
    found.drifted.filter((one) => one.class === "drift"),
    found.drifted.filter((one) => one.class !== "drift"),
  ];
  const ledger = [
    entry(delivery, "drift-looked-at", {
      run: run.id,
      stack: run.stack,
      plan: stored.digest,
      drifted: real.map(({ address, paths }) => ({ address, paths })),
      runtimeOwned: owned.map(({ address, paths }) => ({ address, paths })),
    }),
  ];
  const change = { plan: stored.digest, with: { plans: [stored], ledger } };
  const why = driftSentence(found.drifted);
  if (why === null) await moveRun(delivery, run.id, "no-changes", change);
  else await moveRun(delivery, run.id, "discarded", { ...change, code: "drift-found", why });
  delivery.progress(`${run.stack}: ${why ?? "no drift"}`);
  return [{ kind: "run-planned", run: run.id, outcome: why === null ? "no-changes" : "changes" }];
}
