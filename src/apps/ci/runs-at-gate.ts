import type { RunAtGate } from "../../adapters/github/forge/index.ts";
import type { Store } from "../../delivery/ports.ts";
import type { StackName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeKeyOf } from "./matrix.ts";
import { readWorkLeft } from "./work-left.ts";

/** Workflow runs whose apply jobs wait or waited at a gate of GitHub's, each with what the record says was handed to them there. */
export async function runsAtGate(
  { flow, store }: { readonly flow: Flow; readonly store: Pick<Store, "run" | "ledger" | "ledgerHead"> },
  gate: string,
): Promise<readonly RunAtGate[]> {
  const found = new Map<number, Set<StackName>>();
  for (const { run, applies } of await readWorkLeft(store)) {
    for (const one of applies) {
      const applied = await store.run(one.run);
      const place = applied === undefined ? undefined : placeKeyOf(flow, applied);
      if (place === gate || place?.endsWith(`/${gate}`) === true)
        found.set(run, (found.get(run) ?? new Set()).add(one.stack));
    }
  }
  return [...found].map(([run, stacks]) => ({ run, stacks: [...stacks] })).sort((left, right) => left.run - right.run);
}
