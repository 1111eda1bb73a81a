import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../domain/decision.ts";
import type { Digest } from "../../domain/digest.ts";
import { type Login, parseLogin, parseStackName, type StackName } from "../../domain/names.ts";
import { isUnderWay } from "../../domain/run.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { stacksAtStart } from "../scene.ts";
import type { WorldStep } from "../step.ts";
import { deliver, type ModelWorld, settingOf, startWorld, takeStep } from "./index.ts";
import { inputsOf } from "./inputs.ts";

const preset = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
if (preset === undefined) throw new Error("the preset does not parse");
const flow = preset;

function login(text: string): Login {
  const parsed = parseLogin(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const people = new Map([
  [login("ann"), ["owners"]],
  [login("bob"), ["owners"]],
  [login("cem"), ["owners"]],
  [login("eve"), []],
]);
const stackNames = ["test/app", "prod/app", "test/net", "prod/net"].flatMap((name) => parseStackName(name) ?? []);
const named = stackNames.map((stack) => ({
  kind: "replan" as const,
  stack,
  gives: "empty" as const,
  at: { line: 1, column: 1 },
}));
const setting = settingOf({
  flow,
  people,
  at: Date.UTC(2026, 0, 6, 10),
  start: "applied",
  stacks: stacksAtStart(flow, named),
  modules: {},
  owners: {},
});

const by = fc.constantFrom(...["ann", "bob", "eve"].map(login));
const pr = fc.constantFrom("one", "two");
const branch = fc.constantFrom("one", "two", "main");
const stack = fc.constantFrom(...stackNames);
const paths = fc.constantFrom(
  "stacks/app/main.tf",
  "stacks/app/more.tf",
  "stacks/net/main.tf",
  ".github/x",
  "README.md",
);
const force = fc.boolean();

const step: fc.Arbitrary<WorldStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      by,
      branch,
      fork: fc.constant(null),
      from: fc.constantFrom(null, null, "main"),
      changes: fc.array(
        paths.map((path) => ({ path, text: null })),
        { maxLength: 2 },
      ),
      remove: fc.constant([]),
      message: fc.constant(null),
      coAuthors: fc.subarray([login("bob")]),
      rewrite: fc.boolean(),
      force,
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        by,
        name: fc.constantFrom("one", "two"),
        draft: fc.constant(false),
        issue: fc.constantFrom(1, 1, null),
      })
      .map(({ name, ...about }) => ({
        kind: "open" as const,
        head: name,
        as: name,
        fork: null,
        base: "main",
        title: "",
        body: "",
        labels: [],
        ...about,
      })),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("review" as const),
      by,
      pr,
      state: fc.constantFrom("approve" as const, "approve" as const, "request-changes" as const),
      of: fc.constant(null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("comment" as const),
      by,
      pr,
      branch: fc.constant(null),
      body: fc.constantFrom(
        "/plangate plan",
        "/plangate approve",
        "/plangate hold",
        "/plangate release-hold",
        "/plangate reject",
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("merge" as const), by, pr, method: fc.constant(null), force }),
  },
  fc.record({ kind: fc.constantFrom("close" as const), by, pr }),
  fc.record({ kind: fc.constantFrom("reopen" as const), by, pr }),
  fc.record({ kind: fc.constantFrom("update-branch" as const), by, pr }),
  fc.record({
    kind: fc.constant("edit" as const),
    by,
    pr,
    title: fc.constant(null),
    body: fc.constantFrom("Closes #1", ""),
    base: fc.constant(null),
  }),
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("dispatch" as const),
      by,
      name: fc.constantFrom("Release", "Deploy", "Deploy"),
      ref: fc.constantFrom("main", "v1.0.0", "v1.0.0", "v1.1.0"),
      inputs: fc.constant({}),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("gate" as const),
      by,
      environment: fc.constantFrom("test", "prod"),
      state: fc.constantFrom("approve" as const, "approve" as const, "reject" as const),
    }),
  },
  fc.record({
    kind: fc.constant("release" as const),
    by,
    tag: fc.constantFrom("v1.0.0", "x"),
    ref: fc.constant("main"),
  }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rerun" as const), by, stack: fc.option(stack) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), duration: fc.constantFrom(3_600_000, 15 * 86_400_000) }),
  },
  fc.record({
    kind: fc.constant("outside" as const),
    stack,
    change: fc.constantFrom("state" as const, "lineage" as const, "drift" as const),
  }),
  fc.record({
    kind: fc.constant("replan" as const),
    stack,
    gives: fc.constantFrom("same-meaning" as const, "different" as const, "empty" as const, "error" as const),
  }),
  fc.record({
    kind: fc.constant("crash" as const),
    stack,
    during: fc.constantFrom("plan" as const, "apply" as const, "verify" as const),
  }),
);

const ann = login("ann");
const bob = login("bob");
const cem = login("cem");

/** Two pull requests that meet on one stack; what follows is anybody's. */
const opened: readonly WorldStep[] = ["one", "two"].flatMap((name): WorldStep[] => {
  const paths = name === "one" ? ["stacks/app/main.tf"] : ["stacks/app/more.tf", "stacks/net/main.tf"];
  const changes = paths.map((path) => ({ path, text: null }));
  const common = { by: ann, fork: null };
  return [
    {
      kind: "push",
      ...common,
      branch: name,
      from: "main",
      changes,
      remove: [],
      message: null,
      coAuthors: [],
      rewrite: false,
      force: false,
    },
    {
      kind: "open",
      ...common,
      head: name,
      as: name,
      base: "main",
      title: "",
      body: "",
      labels: [],
      draft: false,
      issue: 1,
    },
  ];
});

/** Plays a step to the end, event by event, and hears of every action as it is decided. */
function play(world: ModelWorld, told: WorldStep, heard: (action: Action, before: ModelWorld) => void): ModelWorld {
  const change = takeStep(setting, world, told);
  const queue = [...change.events];
  let next = change.world;
  for (let index = 0; index < queue.length; index++) {
    const event = queue[index];
    if (event === undefined || index > 500) throw new Error("it does not come to an end");
    const delivered = deliver(setting, next, event);
    for (const action of delivered.decision.actions) heard(action, next);
    next = delivered.world;
    queue.push(...delivered.events);
  }
  return next;
}

describe("the model world, whatever people do", () => {
  it("comes to rest after every step, applies each plan once, and only what stands on main", () => {
    let applies = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const spent = new Set<Digest>();
        let world = startWorld(setting);
        for (const told of [...opened, ...steps]) {
          world = play(world, told, (action, before) => {
            if (action.kind !== "apply") return;
            applies++;
            expect(spent.has(action.plan)).toBe(false);
            spent.add(action.plan);
            const run = before.runs.find(({ id }) => id === action.run);
            const inputs = before.plans[action.plan]?.manifest.inputs;
            expect(run?.due).not.toBeNull();
            expect(before.leases[action.stack]?.run).toBe(action.run);
            const main = before.branches.main?.tree ?? {};
            if (run?.due?.kind === "merge") expect(inputs).toBe(inputsOf(setting, main, action.stack));
          });
          expect(world.leases).toEqual({});
          expect(world.runs.filter((run) => isUnderWay(run.state)).map(({ id, state }) => `${id} ${state}`)).toEqual(
            [],
          );
          for (const run of world.runs) if (run.state === "waiting") expect(run.code).not.toBeNull();
        }
      }),
      { numRuns: 1_000 },
    );
    expect(applies).toBeGreaterThan(20);
  });

  it("leaves a way on: what stands on main can be brought to test by an owner who wrote none of it", () => {
    const noPush = step.filter((told) => told.kind !== "push" || told.branch !== "main");
    fc.assert(
      fc.property(fc.array(noPush, { maxLength: 30 }), (steps) => {
        let world = startWorld(setting);
        for (const told of [...opened, ...steps, ...wayOn, ...wayOn, ...wayOn]) world = play(world, told, () => {});
        for (const { name, environment } of setting.stacks) {
          if (environment === "test") expect(whyNotDelivered(world, name)).toBeNull();
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** What cem can do about any pull request, merged or not: link an issue, settle objections, plan again, look and approve. */
const wayOn: readonly WorldStep[] = ["one", "two"].flatMap((name): WorldStep[] => {
  const common = { by: cem, pr: name };
  return [
    { kind: "reopen", ...common },
    { kind: "edit", ...common, title: null, body: "Closes #1", base: null },
    { kind: "review", ...common, state: "dismiss", of: bob },
    { kind: "review", ...common, state: "dismiss", of: ann },
    { kind: "comment", ...common, branch: null, body: "/plangate release-hold" },
    { kind: "comment", ...common, branch: null, body: "/plangate plan" },
    { kind: "review", ...common, state: "approve", of: null },
    { kind: "merge", ...common, method: null, force: false },
    { kind: "comment", ...common, branch: null, body: "/plangate plan" },
    { kind: "review", ...common, state: "approve", of: null },
    { kind: "wait", duration: 60_000 },
  ];
});

function whyNotDelivered(world: ModelWorld, name: StackName): string | null {
  const { applied, settled } = world.states[name] ?? { applied: null, settled: [] };
  const wanted = inputsOf(setting, world.branches.main?.tree ?? {}, name);
  if ([applied, ...settled].some((entry) => entry?.inputs === wanted)) return null;
  const runs = world.runs.filter((run) => run.stack === name);
  return runs.map(({ id, state, code, why }) => `${id} ${state} ${code}: ${why}`).join("; ");
}
