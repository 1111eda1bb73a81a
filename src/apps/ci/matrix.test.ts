import { describe, expect, it } from "vitest";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import type { StackName } from "../../domain/names.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { aDue, aRun, commit } from "../../testing/builders.ts";
import { applyOrdersIn, environmentHeldBy, group, mostJobsIn, placeKeyOf, planOrdersIn } from "./matrix.ts";

const flowOf = (text: string) => {
  const { value } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error("the flow of the test does not parse");
  return value;
};
const flow = flowOf(renderPreset("trunk-stored-plan"));
const demo = flowOf(renderPreset("trunk-demo"));

const order = (stack: string): PlanOrder => ({
  stack: stack as StackName,
  commit: commit("c1"),
  base: null,
  tree: "a".repeat(40) as PlanOrder["tree"],
  mode: "normal",
});

describe("grouping orders into jobs", () => {
  const environment = ({ stack }: PlanOrder) => stack.split("/")[0] ?? "";
  const inRun = { placeFor: environment, most: mostJobsIn(flow) };

  it("gives every stack a job of its own as long as that is not too many", () => {
    const { matrix } = group([order("test/a"), order("test/b"), order("prod/a")], inRun);
    expect(Object.keys(matrix)).toEqual(["test", "prod"]);
    expect(matrix.test?.map(({ label, orders }) => [label, orders.length])).toEqual([
      ["", 1],
      ["2", 1],
    ]);
  });

  it("has no key where nothing is to be done", () => {
    expect(group<PlanOrder>([], inRun)).toEqual({ matrix: {}, over: [] });
  });

  it("leaves 2,000 stacks of one environment within what GitHub and Linux take, and loses none", () => {
    const orders = Array.from({ length: 2_000 }, (_, index) => order(`test/stack-${index}`));
    const { matrix, over } = group(orders, inRun);
    const bundles = matrix.test ?? [];
    expect(bundles.length).toBeLessThanOrEqual(200);
    for (const bundle of bundles) expect(JSON.stringify(bundle.orders).length).toBeLessThan(100_000);
    expect(JSON.stringify(matrix).length).toBeLessThan(1024 * 1024);
    expect(bundles.flatMap(({ orders: some }) => some).length + over.length).toBe(2_000);
    expect(over).toEqual([]);
  });

  it("plans no two changes in one job, however many there are", () => {
    const orders = Array.from({ length: 1_200 }, (_, index) => ({
      ...order(`test/stack-${index}`),
      commit: commit(`c${index % 300}`),
    }));
    const { matrix, over } = group(orders, inRun);
    const bundles = matrix.test ?? [];
    expect(bundles.length).toBeLessThanOrEqual(200);
    for (const bundle of bundles) expect(new Set(bundle.orders.map((one) => one.commit)).size).toBe(1);
    const handed = bundles.flatMap(({ orders: some }) => some);
    expect(new Set([...handed, ...over])).toEqual(new Set(orders));
    expect(handed.length + over.length).toBe(1_200);
    const [large, small] = [orders.filter((one) => one.commit === commit("c1")), order("test/other")];
    expect(group([...large, small], inRun).matrix.test?.map(({ orders: some }) => some.length)).toEqual(
      Array.from({ length: large.length + 1 }, () => 1),
    );
  });

  it.each([1, 2, 7, 100])(
    "makes no 500 jobs in one run of a workflow of %i environments, and loses nothing",
    (count) => {
      const names = Array.from({ length: count }, (_, index) => `env-${index}`);
      const orders = names.flatMap((name) =>
        Array.from({ length: Math.floor(3_000 / count) }, (_, index) => ({
          ...order(`${name}/s${index}`),
          commit: commit(`c${index % 9}`),
        })),
      );
      const [one] = flow.environments;
      if (one === undefined) throw new Error("the flow has no environment");
      const most = mostJobsIn({ environments: names.map((name) => ({ ...one, name })), gates: flow.gates });
      const { matrix, over } = group(orders, { placeFor: environment, most });
      const jobs = Object.values(matrix).map((bundles) => bundles.length);
      // Plans and as many applies, each environment's skipped one or its own, and what else is in the workflow.
      const made = 2 * (jobs.reduce((sum, some) => sum + some, 0) + count - jobs.length);
      expect(Math.max(...jobs)).toBeLessThanOrEqual(256);
      expect(made + 20).toBeLessThanOrEqual(500);
      expect(jobs.length).toBe(count);
      const handed = Object.values(matrix).flatMap((bundles) => bundles.flatMap(({ orders: some }) => some));
      expect(new Set([...handed, ...over])).toEqual(new Set(orders));
      expect(handed.length + over.length).toBe(orders.length);
    },
  );

  it("leaves over what would be more than an output may be", () => {
    const orders = Array.from({ length: 9_000 }, (_, index) => order(`test/stack-${index}`));
    const { matrix, over } = group(orders, inRun);
    expect(JSON.stringify(matrix).length).toBeLessThan(1024 * 1024);
    expect(over.length).toBeGreaterThan(0);
    expect((matrix.test ?? []).flatMap(({ orders: some }) => some).length + over.length).toBe(9_000);
  });
});

describe("orders that a job is handed", () => {
  it.each([
    "",
    "no JSON",
    "{}",
    "[]",
    "[1]",
    '[{"stack":"../../etc"}]',
    JSON.stringify([{ ...order("test/a"), mode: "evil" }]),
  ])("are refused when they are %j", (text) => {
    expect(() => planOrdersIn(text, flow, "test")).toThrow(/PLANGATE_ORDERS/);
  });

  it("are refused when they name a stack of another environment, whose identity the job has not", () => {
    const text = JSON.stringify([order("test/app"), order("prod/app")]);
    expect(() => planOrdersIn(text, flow, "test")).toThrow("prod/app is no stack of test");
    const { id } = aRun("prod/app");
    expect(() => applyOrdersIn(JSON.stringify([{ run: id, stack: "prod/app" }]), flow, "test")).toThrow(
      "prod/app is no stack of test",
    );
  });

  it("are refused for an instance of an environment that the flow does not have", () => {
    expect(() => planOrdersIn(JSON.stringify([order("other-1/app")]), flow, "other-1")).toThrow("no stack of");
  });

  it("of an apply are refused when a run is named as no run can be", () => {
    const text = JSON.stringify([{ run: "run-../../x", stack: "test/app" }]);
    expect(() => applyOrdersIn(text, flow, "test")).toThrow(/PLANGATE_ORDERS/);
  });
});

describe("where a run is applied", () => {
  it("is its environment, and the gate of its row behind that where it has one", () => {
    const row = demo.when.find(({ gate, do: steps }) => gate !== null && steps.includes("apply"));
    if (row?.environment == null) throw new Error("the demonstration has no gate");
    const run = aRun(`${row.environment}/app`, { due: aDue({ kind: "dispatch", job: row.job }) });
    expect(placeKeyOf(demo, run)).toBe(`${row.environment}/${row.gate}`);
    expect(environmentHeldBy(demo, row.gate ?? "")).toBe(row.environment);
    expect(placeKeyOf(flow, aRun("test/app"))).toBe("test");
    expect(environmentHeldBy(demo, "nobody's")).toBeUndefined();
  });
});
