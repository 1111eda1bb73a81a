import { describe, expect, it } from "vitest";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import { moveRun } from "../../delivery/record.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Run, RunState } from "../../domain/run.ts";
import { aRun, commit, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Ci } from "./open-job.ts";
import { tellOutcomes } from "./told-outcomes.ts";

const ofChange = (pullRequest: number) =>
  ({ kind: "merge", pullRequest, branch: "main", commit: commit("c1") }) as const;

/** A record with runs, on which jobs end them and tell of it; `broken` is whether GitHub takes comments. */
async function jobs(runs: readonly Run[]) {
  const clock = { now: () => 1_000 };
  const store = memoryStore({ clock });
  for (const run of runs) await store.write({ createRuns: [run], ledger: [] });
  const [shown, said]: [[number, string | null][], string[]] = [[], []];
  let broken = false;
  const showOutcome = async (pullRequest: number, text: string | null) => {
    if (broken) throw new DeliveryError({ code: "github-502", message: "GitHub is down", reaction: "retry" });
    shown.push([pullRequest, text]);
  };
  const delivery = { store, clock, forge: { showOutcome } } as unknown as Delivery;
  const ci = { progress: (line: string) => void said.push(line) } as unknown as Ci;
  return {
    shown,
    said,
    breaks: (now: boolean) => {
      broken = now;
    },
    become: (id: string, state: RunState) => moveRun(delivery, runId(id), state),
    tell: (others = true, delivered: readonly Delivered[] = []) => tellOutcomes(ci, delivery, { others, delivered }),
  };
}

const planning = (id: string, pullRequest: number) =>
  aRun("test/app", { id: runId(id), state: "planning", source: ofChange(pullRequest) });

describe("what became of pull requests", () => {
  it("is told once by the next job that decides, whoever heard of it, whether a deployment tells it or not", async () => {
    const { become, tell, shown } = await jobs([planning("1", 12)]);
    await tell();
    expect(shown).toEqual([]);
    await become("1", "failed");
    await tell();
    await tell();
    expect(shown).toEqual([[12, expect.stringContaining("could not be planned")]]);
  });

  it("is tried again by the job after the one that could not write it, which says so", async () => {
    const { become, tell, shown, said, breaks } = await jobs([planning("1", 12), planning("2", 13)]);
    await become("1", "refused");
    breaks(true);
    await tell();
    expect(said).toEqual([expect.stringMatching(/^what became of pull request 12 is not told .*GitHub is down$/)]);
    breaks(false);
    await become("2", "failed");
    await tell();
    expect(shown.map(([number]) => number)).toEqual([12, 13]);
  });

  it("is told by a job that decides about its own work alone of that alone, and of a newer plan anew", async () => {
    const { become, tell, shown } = await jobs([planning("1", 12), planning("2", 13)]);
    await become("1", "failed");
    await become("2", "failed");
    const decision = { actions: [], reasons: [] };
    await tell(false, [{ event: { kind: "run-applied", run: runId("2"), outcome: "failed" }, decision }]);
    await tell(false);
    expect(shown.map(([number]) => number)).toEqual([13]);
    await tell();
    expect(shown.map(([number]) => number)).toEqual([13, 12]);
  });
});
