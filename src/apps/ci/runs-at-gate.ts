import type { RunAtGate } from "../../adapters/github/forge/index.ts";
import type { Store } from "../../delivery/ports.ts";
import type { Digest } from "../../domain/digest.ts";
import type { Run } from "../../domain/run.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeKeyOf } from "./matrix.ts";
import { readWorkLeft } from "./work-left.ts";

type Reading = Pick<Store, "run" | "plan" | "ledger" | "ledgerHead">;

/**
 * Workflow runs whose apply jobs wait or waited at a gate of GitHub's, each with what the record says was handed to them
 * there. GitHub tells for which workflow run somebody said yes; which plans that had in front of people is told here.
 */
export async function runsAtGate(
  { flow, store }: { readonly flow: Flow; readonly store: Reading },
  gate: string,
): Promise<readonly RunAtGate[]> {
  const found = new Map<number, Map<Run["id"], RunAtGate["asked"][number]>>();
  for (const { run, applies } of await readWorkLeft(store)) {
    for (const one of applies) {
      const applied = await store.run(one.run);
      const place = applied === undefined ? undefined : placeKeyOf(flow, applied);
      const plan = applied === undefined ? undefined : await planSeenOf(store, applied);
      if (plan === undefined || (place !== gate && place?.endsWith(`/${gate}`) !== true)) continue;
      found.set(run, (found.get(run) ?? new Map()).set(one.run, { stack: one.stack, plan }));
    }
  }
  return [...found]
    .map(([run, asked]) => ({ run, asked: [...asked.values()] }))
    .sort((left, right) => left.run - right.run);
}

/** The plan of a run that people looked at: one that means the same and took its place under the lease was not shown again. */
async function planSeenOf(store: Reading, { plan }: Run): Promise<Digest | undefined> {
  if (plan === null) return undefined;
  return (await store.plan(plan))?.shown.at(-1)?.digest ?? plan;
}
