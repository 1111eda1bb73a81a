import type { Store } from "../../delivery/ports.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeKeyOf } from "./matrix.ts";
import { readWorkLeft } from "./work-left.ts";

/** Workflow runs whose apply jobs wait or waited at a gate of GitHub's, by what the record says was handed to them; this run is one of them. */
export async function runsAtGate(
  { flow, store, own }: { readonly flow: Flow; readonly store: Store; readonly own: number },
  gate: string,
): Promise<readonly number[]> {
  const found = new Set<number>();
  for (const { run, applies } of await readWorkLeft(store)) {
    if (found.has(run)) continue;
    for (const one of applies) {
      const applied = await store.run(one.run);
      const place = applied === undefined ? undefined : placeKeyOf(flow, applied);
      if (place === gate || place?.endsWith(`/${gate}`) === true) found.add(run);
    }
  }
  return [...found.add(own)].sort((left, right) => left - right);
}
