import { describe, expect, it } from "vitest";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import type { RunId, StackName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { type Flow, parseFlow, renderPreset } from "../../flow/index.ts";
import type { OrderedRun } from "../../hosts/actions/index.ts";
import { aDue, aRun, commit, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { giveWork } from "./give-work.ts";
import type { Ci } from "./open-job.ts";
import { bodyOf, type WorkLeft } from "./work-left.ts";

const flow = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" }).value as Flow;
const clock = { now: () => 1_000 };

const planOf = (stack: string, name = stack): OrderedRun => ({
  run: `run-${name}` as RunId,
  order: {
    stack: stack as StackName,
    commit: commit("c1"),
    base: null,
    tree: "a".repeat(40) as PlanOrder["tree"],
    mode: "normal",
  },
  speculative: null,
});

/** What a job of this name gives, where these runs are on the record and are to be applied. */
async function given(
  job: string | null,
  about: {
    readonly plans?: readonly OrderedRun[];
    readonly runs?: readonly Run[];
    readonly entries?: readonly WorkLeft[];
    readonly going?: "at work" | "waits for people" | "over";
  },
) {
  const { plans = [], runs = [], entries = [], going = "over" } = about;
  const store = memoryStore({ clock });
  for (const run of runs) await store.write({ createRuns: [run], ledger: [] });
  await store.write({ ledger: entries.map((one) => ({ at: 1, kind: "work-left", body: bodyOf(one) })) });
  const ci = {
    env: job === null ? {} : { PLANGATE_JOB: job },
    progress: () => undefined,
    job: { run: 1, holder: { host: "acme/infra", pid: 1, startedAt: "1" } },
    outside: {
      workflows: {
        run: async () => ({ going: going !== "over", attempt: 1 }),
        onlyWaits: async () => going === "waits for people",
      },
    },
  } as unknown as Ci;
  const applies = runs.filter(({ state }) => state === "approved").map(({ id, stack }) => ({ run: id, stack }));
  return giveWork(ci, { flow, store, left: { plans, applies } });
}

const demo = { due: aDue({ kind: "dispatch", job: "Demo (apply)", ref: "main" }), state: "approved" } as const;
const merged = { due: aDue({ kind: "merge", job: null, ref: "main" }), state: "approved" } as const;

describe("what a job gives to those behind it", () => {
  it("is all of it in plangate.yml, which has a job for every place", async () => {
    const runs = [aRun("test/app", demo), aRun("prod/app", { ...merged, id: runId("2") })];
    const { plans, applies, applying, later, events } = await given(null, {
      plans: [planOf("test/app"), planOf("prod/app")],
      runs,
    });
    expect(Object.keys(plans)).toEqual(["test", "prod"]);
    expect(Object.keys(applies)).toEqual(["test/demo-test", "prod"]);
    expect(applying.map(({ run }) => run)).toEqual(runs.map(({ id }) => id));
    expect([later, events]).toEqual([[], []]);
  });

  it("is what belongs to the job that people started, and the rest is left to plangate.yml", async () => {
    const [own, other] = [aRun("test/app", demo), aRun("prod/app", { ...merged, id: runId("2") })];
    const asked = aRun("prod/db", { ...merged, id: runId("3"), state: "waiting", code: "approval-missing" });
    const { plans, applies, later, events } = await given("Demo (apply)", {
      plans: [planOf("test/app"), planOf("prod/app")],
      runs: [own, other, asked],
    });
    expect(Object.keys(plans)).toEqual(["test"]);
    expect(applies).toEqual({ "test/demo-test": [{ label: "", orders: [{ run: own.id, stack: own.stack }] }] });
    expect(later.map(({ order }) => order.stack)).toEqual(["prod/app"]);
    expect(events).toEqual([{ kind: "apply-ready", run: other.id }]);
  });

  it("asks at a gate for nothing that another workflow run asks for, or is about to", async () => {
    const asked = aRun("prod/db", { ...merged, state: "waiting", code: "approval-missing" });
    const entry: WorkLeft = {
      ...{ run: 7, attempt: 1, job: "decide", plans: [], applies: [], events: [], later: [], states: [] },
    };
    const planning = { ...entry, plans: [{ run: asked.id, speculative: null }] };
    const shown = { ...entry, job: "present", applies: [{ run: runId("2"), stack: asked.stack }] };
    const asking = { ...shown, applies: [{ run: asked.id, stack: asked.stack }] };
    const asks = async (entries: readonly WorkLeft[], going: "at work" | "waits for people" | "over") =>
      (await given(null, { runs: [asked], entries, going })).applying.length > 0;
    expect(await asks([], "over")).toBe(true);
    expect(await asks([planning], "at work")).toBe(false);
    expect(await asks([planning], "waits for people")).toBe(true);
    expect(await asks([planning], "over")).toBe(true);
    expect(await asks([planning, asking], "waits for people")).toBe(false);
    expect(await asks([planning, asking], "over")).toBe(true);
    // It showed what it planned and asks for something else: more was to be done than one workflow run can.
    expect(await asks([planning, shown], "at work")).toBe(true);
  });

  it("is one plan for runs of the same content, which take it up both", async () => {
    const [pushed, merged] = [planOf("test/app", "pushed"), planOf("test/app", "merged")];
    const asChange = { ...merged, order: { ...merged.order, base: commit("c0") } };
    const elsewhere = { ...merged, order: { ...merged.order, tree: "b".repeat(40) as PlanOrder["tree"] } };
    const { plans, later } = await given(null, { plans: [pushed, asChange, elsewhere] });
    const orders = plans.test?.flatMap((bundle) => bundle.orders) ?? [];
    expect([orders, later]).toEqual([[pushed.order, elsewhere.order], []]);
  });

  it("is not more than GitHub takes: the rest is left to another workflow run", async () => {
    const plans = Array.from({ length: 6_000 }, (_, index) => planOf(`test/app-${index}`));
    const { plans: matrix, later } = await given(null, { plans });
    const taken = matrix.test?.flatMap(({ orders }) => orders.map(({ stack }) => stack)) ?? [];
    expect(taken.length).toBeGreaterThan(1_000);
    expect(later.length).toBeGreaterThan(0);
    expect([...taken, ...later.map(({ order }) => order.stack)].toSorted()).toEqual(
      plans.map(({ order }) => order.stack).toSorted(),
    );
  });
});
