import { beforeEach, describe, expect, it } from "vitest";
import { presetNamed } from "../../test/engine/decisions.ts";
import type { Event } from "../domain/event.ts";
import { type Instant, parseTreeSha, type RunId, type StackName, type TreeSha } from "../domain/names.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../domain/plan.ts";
import { aChange, aManifest, aRun, commit, login, runId } from "../testing/builders.ts";
import { type MemoryForge, memoryForge } from "../testing/memory-forge.ts";
import { memoryStore } from "../testing/memory-store.ts";
import { deliver } from "./deliver.ts";
import type { Delivery } from "./delivery.ts";
import type { Store } from "./ports.ts";

const flow = presetNamed("trunk-stored-plan");
const tree = parseTreeSha("7".repeat(40)) as TreeSha;
const source = { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } as const;

let now: Instant;
let store: Store;
let forge: MemoryForge;
/** What was asked of the forge and written to it, in order. */
let asked: string[];
beforeEach(() => {
  now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => ++now };
  store = memoryStore({ clock });
  forge = memoryForge({ ...clock, maintainers: [login("ann")], teams: { owners: [login("ann")] } });
  forge.changes.set(12, aChange({ state: "open", answers: [] }));
  asked = [];
});

/** A delivery of what is planned already: nothing of it reaches Git, a tool or a state. */
function delivery(show: MemoryForge["show"] = forge.show): Delivery {
  const configuration = {
    stacks: async () => new Map(),
    content: async () => Promise.reject(new Error("nothing is read")),
    moduleInterface: async () => undefined,
  };
  const parts: Partial<Delivery> = {
    flow,
    store,
    forge: {
      ...forge,
      pullRequest: (number) => {
        asked.push(`pull request ${number}`);
        return forge.pullRequest(number);
      },
      show: (pullRequest, section, markdown) => {
        asked.push(`show ${section}`);
        return show(pullRequest, section, markdown);
      },
    },
    repository: {
      resolve: async () => commit("c0"),
      treeOf: async () => tree,
      mergeTree: async () => ({ tree }),
    } as unknown as Delivery["repository"],
    configuration,
    clock: { now: () => ++now },
    holder: { host: "here", pid: 1, startedAt: "1" },
    render: (run) => `the plan of ${run.stack}`,
    progress: () => undefined,
  };
  return parts as Delivery;
}

async function planned(stack: string, id: string): Promise<Event> {
  const manifest = aManifest(stack as StackName, { run: runId(id) });
  const digest = planDigestOf(manifestText(manifest));
  const plan: StoredPlan = { digest, manifest, speculative: null, shown: [], carriedFrom: null };
  const run = { ...aRun(stack, { id: runId(id), source, state: "planned", plan: plan.digest }), createdAt: ++now };
  const written = await store.write({ createRuns: [{ ...run, plan: null, state: "planning" }], ledger: [] });
  expect(written.ok).toBe(true);
  await store.write({ updateRuns: [run], plans: [plan], ledger: [] });
  return { kind: "run-planned", run: run.id, outcome: "changes" };
}

const runOf = async (id: RunId) => {
  const run = await store.run(id);
  const plan = run?.plan == null ? undefined : await store.plan(run.plan);
  return { state: run?.state, shown: plan?.shown.length };
};

describe("news of plans that come in a row", () => {
  it("are decided on by one look at the forge, and shown together", async () => {
    const events = [];
    for (let index = 0; index < 5; index++) events.push(await planned(`test/s${index}`, `${index}`));
    const delivered = await deliver(delivery(), events);
    expect(delivered.map(({ event }) => event)).toEqual(events);
    expect(asked.filter((what) => what === "pull request 12")).toHaveLength(1);
    expect(asked.slice(-5)).toEqual([0, 1, 2, 3, 4].map((index) => `show test/s${index}`));
    for (let index = 0; index < 5; index++)
      expect(await runOf(runId(`${index}`))).toEqual({ state: "waiting", shown: 1 });
  });

  it("are kept whole before anybody is led to that, and not shown where they cannot be kept", async () => {
    const events = [await planned("test/a", "1"), await planned("test/b", "2")];
    const keeping = (isFull: boolean): Delivery => ({
      ...delivery(),
      keepWhole: async ({ stack }, _, { pullRequest, among }) => {
        if (isFull) throw new Error("there is no room");
        asked.push(`keep ${stack}, one of ${among} on ${pullRequest}`);
        return { where: "there", text: `All of ${stack} is there.` };
      },
      render: ({ stack }, _, shown) => {
        asked.push(`render ${stack}: ${shown?.whole?.text}`);
        return stack;
      },
    });
    await expect(deliver(keeping(true), events)).rejects.toThrow("there is no room");
    expect(asked.filter((what) => what.startsWith("show"))).toEqual([]);
    await deliver(keeping(false), events);
    expect(asked.filter((what) => !what.startsWith("pull request"))).toEqual([
      "keep test/a, one of 2 on 12",
      "render test/a: All of test/a is there.",
      "keep test/b, one of 2 on 12",
      "render test/b: All of test/b is there.",
      "show test/a",
      "show test/b",
    ]);
  });

  it("go on only where the plan really stands there, and the failure is told when the others are done", async () => {
    const events = [await planned("test/a", "1"), await planned("test/b", "2"), await planned("test/c", "3")];
    const show: MemoryForge["show"] = async (number, section, markdown) => {
      if (section === "test/b") throw new Error("the forge is out of reach");
      return forge.show(number, section, markdown);
    };
    await expect(deliver(delivery(show), events)).rejects.toThrow("the forge is out of reach");
    expect(await runOf(runId("1"))).toEqual({ state: "waiting", shown: 1 });
    expect(await runOf(runId("2"))).toEqual({ state: "planned", shown: 0 });
    expect(await runOf(runId("3"))).toEqual({ state: "waiting", shown: 1 });
  });

  it("of one stack are delivered one after the other: the second sees what became of the first", async () => {
    const events = [await planned("test/a", "1"), await planned("test/b", "2"), await planned("test/a", "3")];
    await deliver(delivery(), events);
    expect(asked.filter((what) => what.startsWith("show"))).toEqual(["show test/a", "show test/b"]);
    expect(await runOf(runId("1"))).toEqual({ state: "waiting", shown: 1 });
    expect(await runOf(runId("3"))).toEqual({ state: "superseded", shown: 0 });
  });
});

describe("runs that are ready", () => {
  const ready = async (stack: string, id: string): Promise<Event> => {
    await planned(stack, id);
    const run = await store.run(runId(id));
    if (run === undefined) throw new Error(`${id} is not there`);
    const due = { kind: "merge", at: now, by: login("ann"), ref: "main", commit: commit("c3"), job: null } as const;
    const holder = { host: "here", pid: 1, startedAt: "1" };
    const lease = { stack: run.stack, run: run.id, holder, since: now };
    await store.write({ updateRuns: [{ ...run, state: "approved", due, holder }], takeLease: lease, ledger: [] });
    return { kind: "apply-ready", run: run.id };
  };
  const looks = () => asked.filter((what) => what === "pull request 12").length;

  it("are judged by one look at the forge where nothing is applied, and by one each where they are", async () => {
    await deliver(delivery(), [await ready("test/a", "1"), await ready("test/b", "2")], { appliesNothing: true });
    expect(looks()).toBe(1);
    await deliver(delivery(), [await ready("test/c", "3"), await ready("test/d", "4")]);
    expect(looks()).toBe(1 + 2);
  });
});
