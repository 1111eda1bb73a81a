import { describe, expect, it } from "vitest";
import { digestOf } from "../../domain/digest.ts";
import { manifestText, planDigestOf } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import { aManifest, aRun, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Delivery } from "../delivery.ts";
import { appliedTo } from "./applied.ts";

const stack = aRun("test/app").stack;

/** A run whose plan is of some inputs: when that was made, and when the run came to its end. */
interface Ran extends Pick<Run, "state"> {
  readonly of: string;
  readonly mode?: "destroy";
  readonly planned: number;
  readonly ended: number;
}

/** The inputs that count as applied where some are to be delivered and these runs were, oldest first. */
async function appliedAfter(wanted: string, runs: readonly Ran[]) {
  const store = memoryStore({ clock: { now: () => 1_000 } });
  for (const [index, { of, state, mode = "normal", planned, ended }] of runs.entries()) {
    const id = runId(String(index));
    const manifest = aManifest(stack, { run: id, inputs: digestOf(of), mode, createdAt: planned });
    const digest = planDigestOf(manifestText(manifest));
    const run = aRun(stack, { id, state, mode, plan: digest, createdAt: index, updatedAt: ended });
    const plan = { digest, manifest, speculative: null, shown: [], carriedFrom: null };
    await store.write({ createRuns: [run], plans: [plan], ledger: [] });
  }
  const found = await appliedTo({ store } as unknown as Delivery, stack, digestOf(wanted));
  return found === null ? null : found.inputs;
}

describe("appliedTo", () => {
  const first = { of: "one", state: "verified", planned: 1, ended: 10 } as const;
  const gone = { of: "one", state: "verified", mode: "destroy", planned: 11, ended: 40 } as const;
  const changed = { of: "two", state: "verified", planned: 11, ended: 40 } as const;

  const emptyAt = (planned: number) => ({ of: "one", state: "no-changes", planned, ended: planned + 1 }) as const;

  it.each([
    { name: "what was applied last", wanted: "two", runs: [first, changed], is: "two" },
    { name: "nothing, once it was destroyed", wanted: "one", runs: [first, gone], is: null },
    {
      name: "inputs that a plan made since found nothing to do for",
      wanted: "one",
      runs: [first, changed, emptyAt(50)],
      is: "one",
    },
    {
      name: "no inputs that were found to stand before what waited meanwhile was applied",
      wanted: "one",
      runs: [first, changed, emptyAt(20)],
      is: "two",
    },
    {
      name: "nothing, where they were found to stand before the destroy that waited meanwhile",
      wanted: "one",
      runs: [first, gone, emptyAt(20)],
      is: null,
    },
  ])("gives $name", async ({ wanted, runs, is }) => {
    expect(await appliedAfter(wanted, runs)).toBe(is === null ? null : digestOf(is));
  });
});
