import { expect, it } from "vitest";
import { presetNamed } from "../../../test/engine/decisions.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import { manifestText, planDigestOf } from "../../domain/plan.ts";
import { aChange, aManifest, aRun, commit, login, runId, stackName } from "../../testing/builders.ts";
import { memoryForge } from "../../testing/memory-forge.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { openJob } from "./deliver-in-job.ts";

const source = { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } as const;

it("a job that is run again looks anew at pull requests whose plans the attempt before could not show, once each", async () => {
  let now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => ++now };
  const store = memoryStore({ clock });
  const forge = memoryForge({ ...clock, maintainers: [], teams: { owners: [login("ann")] } });
  forge.changes.set(12, aChange({ state: "open", answers: [] }));
  const ordered = [];
  for (const [id, shown] of [
    ["1", false],
    ["2", false],
    ["3", true],
  ] as const) {
    const manifest = aManifest(stackName(`test/s${id}`), { run: runId(id) });
    const digest = planDigestOf(manifestText(manifest));
    const showings = shown ? [{ digest, at: now, until: null }] : [];
    const run = aRun(`test/s${id}`, { id: runId(id), source, state: "planned", plan: digest });
    const plan = { digest, manifest, speculative: null, shown: showings, carriedFrom: null };
    await store.write({ createRuns: [{ ...run, plan: null, state: "planning" }], ledger: [] });
    await store.write({ updateRuns: [run], plans: [plan], ledger: [] });
    ordered.push({ run: run.id, speculative: null });
  }
  const parts: Partial<Delivery> = {
    flow: presetNamed("trunk-stored-plan"),
    store,
    forge,
    repository: {
      resolve: async () => commit("c0"),
      treeOf: async () => "7".repeat(40),
      mergeTree: async () => ({ tree: "7".repeat(40) }),
      listTree: async () => [],
      changedPaths: async () => [],
    } as unknown as Delivery["repository"],
    configuration: {
      stacks: async () => new Map(),
      content: async () => Promise.reject(new Error("nothing is read")),
      moduleInterface: async () => undefined,
    },
    roles: {} as Delivery["roles"],
    clock,
    holder: { host: "here", pid: 1, startedAt: "1" },
    progress: () => undefined,
  };
  const events: unknown[] = [];
  const job = openJob(parts as Delivery, { kind: "decide" }, { decided: ({ event }) => void events.push(event) });
  await job.takeUp(ordered, { lastTry: true });
  expect(events).toMatchObject([{ kind: "pull-request", pullRequest: 12 }]);
});
