import { describe, expect, it } from "vitest";
import type { RunId } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { aRun, commit } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { goOnCommand } from "./go-on.ts";
import type { Ci } from "./open-job.ts";
import { bodyOf, type WorkLeft } from "./work-left.ts";

const nothing = { run: 7, attempt: 1, job: "present", plans: [], applies: [], events: [], later: [], states: [] };
const planned = [{ run: "run-0mhx3k2p0a1b2c3d4" as RunId, speculative: null }];

/** What is started by the run 7 when that was left on the record. */
async function startedFor(left: Partial<WorkLeft>, ended?: Run) {
  const clock = { now: () => 1_000 };
  const store = memoryStore({ clock });
  const body = bodyOf({ ...nothing, ...left });
  await store.write({ ledger: [{ at: 1_000, kind: "work-left", body }] });
  if (ended !== undefined)
    await store.write({
      createRuns: [ended],
      ledger: [{ at: 1_000, kind: "run-advanced", body: { run: ended.id } }],
    });
  const started: Readonly<Record<string, string>>[] = [];
  const outside = {
    store: async () => store,
    workflows: { start: async (inputs: never) => void started.push(inputs) },
  };
  await goOnCommand({ job: { run: 7 }, outside } as unknown as Ci);
  return started;
}

describe("ci go-on", () => {
  const again = [{ job: "Look at what waits", event: "left", run: "7" }];

  it.each([
    { left: { events: [{ kind: "tick" }] } as const, started: again, why: "news of an apply" },
    { left: { later: planned }, started: again, why: "a plan that no job of this run makes" },
    { left: { plans: planned }, started: [], why: "a plan that a job of this run makes" },
    { left: { run: 8, events: [{ kind: "tick" }] } as const, started: [], why: "news of another run" },
  ])("starts the workflow for what was left: $why", async ({ left, started }) => {
    expect(await startedFor(left)).toEqual(started);
  });

  it("starts the workflow where something ended that no comment of its pull request tells", async () => {
    const source = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1") } as const;
    expect(await startedFor({}, aRun("prod/app", { state: "verified", source }))).toEqual(again);
    expect(await startedFor({}, aRun("prod/app", { state: "applying", source }))).toEqual([]);
  });
});
