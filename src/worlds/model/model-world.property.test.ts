import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../domain/decision.ts";
import type { Digest } from "../../domain/digest.ts";
import { type Login, parseLogin, parseStackName } from "../../domain/names.ts";
import { isUnderWay, pullRequestOf, type Run } from "../../domain/run.ts";
import { type PresetName, parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { placeOf } from "../../flow/instances.ts";
import { gatesOfRun } from "../forge-rules.ts";
import { branchesAtStart, stacksAtStart } from "../scene.ts";
import type { WorldStep } from "../step.ts";
import { deliver, type ModelWorld, type Setting, settingOf, startWorld, takeStep } from "./index.ts";
import { inputsOf } from "./inputs.ts";

function login(text: string): Login {
  const parsed = parseLogin(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const [ann, bob, cem, eve] = ["ann", "bob", "cem", "eve"].map(login) as [Login, Login, Login, Login];

/** What people work with in a flow: the branches that they cut, and where from. */
const workOf: Readonly<Record<PresetName, readonly (readonly [branch: string, from: string])[]>> = {
  "trunk-demo": [
    ["feature/NET-1", "main"],
    ["hotfix/NET-2", "main"],
  ],
  "integration-branch": [
    ["feature/NET-1", "development"],
    ["hotfix/NET-2", "main"],
  ],
  gitflow: [
    ["dev/one", "develop"],
    ["dev/two", "develop"],
  ],
  "trunk-stored-plan": [
    ["one", "main"],
    ["two", "main"],
  ],
};

function settingFor(preset: PresetName): Setting {
  const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error(`${preset} does not parse`);
  const team = Object.keys(flow.teams);
  const people = new Map([ann, bob, cem].map((person): [Login, string[]] => [person, team]));
  people.set(eve, []);
  const modules = { "modules/net": ["app"] };
  return settingOf({
    flow,
    people,
    at: Date.UTC(2026, 0, 6, 10),
    start: "applied",
    stacks: stacksAtStart(
      flow,
      [],
      preset.startsWith("trunk-demo") || preset === "integration-branch"
        ? { "modules/net": ["infra"] }
        : { "modules/net": ["app", "net"] },
    ),
    modules,
    owners: {},
  });
}

const body = "Closes #1\nwhy: it is needed\nrollback: revert it";

/** Anything that people may do in a flow, sensible or not. */
function stepsIn(preset: PresetName, setting: Setting): fc.Arbitrary<WorldStep> {
  const { flow } = setting;
  const work = workOf[preset];
  const trunks = branchesAtStart(flow);
  // Cem writes nothing, so that there is always somebody who may approve.
  const by = fc.constantFrom(ann, bob, eve);
  const pr = fc.constantFrom(...work.map(([branch]) => branch), "promotion", "back-merge");
  const roots = [...new Set(setting.stacks.map(({ root }) => root))];
  const paths = roots
    .flatMap((root) => [`${root}/main.tf`, `${root}/more.tf`])
    .concat("modules/net/main.tf", ".github/x", "README.md");
  const instances = setting.stacks.flatMap(
    ({ name }) => parseStackName(name.replace("ephemeral/", "ephemeral-1/")) ?? [],
  );
  const stack = fc.constantFrom(...instances);
  const gates = [...flow.gates, ...flow.environments].map(({ name }) => name);
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const crons = flow.when.flatMap(({ cron }) => cron ?? []);
  const branches = [...work.map(([branch]) => branch), ...trunks];
  const heads = fc.oneof(
    fc.constantFrom(...work).map(([head, base]) => ({ head, base, as: head })),
    fc.constantFrom(...work).map(([head]) => ({ head, base: "main", as: head })),
    fc.constantFrom(...trunks).map((head) => ({ head, base: "main", as: "promotion" })),
  );
  const kinds: fc.MaybeWeightedArbitrary<WorldStep>[] = [
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          branch: fc.constantFrom(...branches),
          fork: fc.constantFrom(null, null, null, eve),
          from: fc.constantFrom(null, null, ...trunks),
          changes: fc.array(
            fc.constantFrom(...paths).map((path) => ({ path, text: null })),
            { maxLength: 2 },
          ),
          remove: fc.constantFrom([], [], [], roots.slice(0, 1)),
          coAuthors: fc.subarray([bob]),
          rewrite: fc.boolean(),
          force: fc.boolean(),
        })
        .map((push) => ({ kind: "push", message: null, ...push })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          heads,
          draft: fc.constant(false),
          issue: fc.constantFrom(1, 1, null),
          text: fc.constantFrom(body, body, ""),
        })
        .map(({ heads: { head, base, as }, text, ...about }) => ({
          kind: "open",
          head,
          base,
          as,
          fork: null,
          title: "",
          body: text,
          labels: [],
          ...about,
        })),
    },
    {
      weight: 6,
      arbitrary: fc
        .record({ by, pr, state: fc.constantFrom("approve", "approve", "request-changes") })
        .map((review) => ({ kind: "review", of: null, ...review })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          pr,
          says: fc.constantFrom(
            "plan",
            "approve",
            "hold",
            "release-hold",
            "reject",
            "acknowledge",
            "release dev/app",
            "take dev/app",
            "forget test/app",
          ),
        })
        .map(({ says, ...about }) => ({ kind: "comment", branch: null, body: `/plangate ${says}`, ...about })),
    },
    fc
      .record({ by, branch: fc.constantFrom(...branches) })
      .map((at) => ({ kind: "comment", pr: null, body: "/plangate accept", ...at })),
    {
      weight: 5,
      arbitrary: fc.record({ by, pr, force: fc.boolean() }).map((merge) => ({ kind: "merge", method: null, ...merge })),
    },
    fc.record({ kind: fc.constantFrom("close", "reopen", "update-branch", "ready"), by, pr }),
    fc.record({ by, branch: fc.constantFrom(...branches) }).map((gone) => ({ kind: "delete-branch", ...gone })),
    fc
      .record({ by, pr, body: fc.constantFrom(body, ""), base: fc.constantFrom(null, null, ...trunks) })
      .map((edit) => ({ kind: "edit", title: null, ...edit })),
    fc
      .record({ by, pr, add: fc.constantFrom(["urgent"], []) })
      .map((label) => ({ kind: "label", remove: [], ...label })),
    {
      weight: 5,
      arbitrary: fc
        .record({ by, name: fc.constantFrom(...jobs), ref: fc.constantFrom(...branches, "v1.0.0", "v1.0.0", "v1.1.0") })
        .map((dispatch) => ({ kind: "dispatch", inputs: {}, ...dispatch })),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("gate"),
        by,
        environment: fc.constantFrom(...gates),
        state: fc.constantFrom("approve", "approve", "reject"),
      }),
    },
    fc.record({
      kind: fc.constant("release"),
      by,
      tag: fc.constantFrom("v1.0.0", "x", "net-v3.0.0"),
      ref: fc.constantFrom(...trunks),
    }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("rerun"), by, stack: fc.option(stack, { nil: null }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("wait"),
        duration: fc.constantFrom(3_600_000, 18_000_000, 15 * 86_400_000),
      }),
    },
    fc.record({ kind: fc.constant("outside"), stack, change: fc.constantFrom("state", "lineage", "drift") }),
    fc.record({
      kind: fc.constant("replan"),
      stack,
      gives: fc.constantFrom("same-meaning", "different", "empty", "error"),
    }),
    fc.record({ kind: fc.constant("crash"), stack, during: fc.constantFrom("plan", "apply", "verify") }),
  ];
  if (crons.length > 0) kinds.push(fc.record({ kind: fc.constant("schedule"), cron: fc.constantFrom(...crons) }));
  return fc.oneof(...kinds);
}

/** Single steps, and now and then a few that belong together, so that applies are not left to luck. */
function pathsIn(preset: PresetName, setting: Setting): fc.Arbitrary<readonly WorldStep[]> {
  const { flow } = setting;
  const one = stepsIn(preset, setting).map((step) => [step]);
  const gates = [...flow.gates, ...flow.environments].map(({ name }) => name);
  const allGates = gates.flatMap((environment): WorldStep[] =>
    [bob, cem].map((by) => ({ kind: "gate", by, environment, state: "approve" })),
  );
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const refs = [...workOf[preset].map(([branch]) => branch), ...branchesAtStart(flow)];
  const dispatched = fc
    .record({ name: fc.constantFrom(...jobs), ref: fc.constantFrom(...refs) })
    .map((what): WorldStep[] => [{ kind: "dispatch", by: ann, inputs: {}, ...what }, ...allGates]);
  const merged = fc
    .constantFrom(...workOf[preset].map(([branch]) => branch), "promotion")
    .map((pr): WorldStep[] => [
      ...[bob, cem].map((by): WorldStep => ({ kind: "review", by, pr, state: "approve", of: null })),
      { kind: "merge", by: cem, pr, method: null, force: false },
      ...allGates,
    ]);
  return fc.oneof({ weight: 20, arbitrary: one }, dispatched, merged);
}

/** Two pull requests that meet on one stack; what follows is anybody's. */
function opened(preset: PresetName, { stacks }: Setting): readonly WorldStep[] {
  return workOf[preset].flatMap(([branch, from], index): WorldStep[] => {
    const root = stacks[0]?.root ?? "";
    const path = `${root}/${index === 0 ? "main" : "more"}.tf`;
    const common = { by: ann, fork: null };
    const push = {
      branch,
      from,
      changes: [{ path, text: null }],
      remove: [],
      message: null,
      coAuthors: [],
      rewrite: false,
      force: false,
    };
    const open = { head: branch, as: branch, base: from, title: "", body, labels: [], draft: false, issue: 1 };
    return [
      { kind: "push", ...common, ...push },
      { kind: "open", ...common, ...open },
    ];
  });
}

interface Heard {
  readonly action: Action;
  readonly before: ModelWorld;
}

/** Plays a step to the end, event by event, and hears of every action as it is decided. No event is met by silence. */
function play(setting: Setting, world: ModelWorld, told: WorldStep, heard: (what: Heard) => void): ModelWorld {
  const change = takeStep(setting, world, told);
  const queue = [...change.events];
  let next = change.world;
  for (let index = 0; index < queue.length; index++) {
    const event = queue[index];
    if (event === undefined || index > 500) throw new Error("it does not come to an end");
    const delivered = deliver(setting, next, event);
    const { actions, reasons } = delivered.decision;
    if (actions.length + reasons.length === 0) throw new Error(`${event.kind} is met by silence`);
    for (const action of actions) heard({ action, before: next });
    next = delivered.world;
    queue.push(...delivered.events);
  }
  return next;
}

/** How many people whom the gate names said yes last, anywhere that counts for the run. */
function approvals(setting: Setting, world: ModelWorld, run: Run, gate: { readonly name: string }): number {
  const number = pullRequestOf(run.source);
  const said = number === null ? [] : (world.pullRequests[number - 1]?.answers ?? []);
  const last = new Map<Login, string>();
  for (const { by, says } of [...said, ...world.gateAnswers.filter(({ environment }) => environment === gate.name)]) {
    if (says !== "acknowledge" && says !== "hold" && says !== "release-hold" && says !== "forget") last.set(by, says);
  }
  return [...last].filter(([by, says]) => says === "approve" && setting.maintainers.includes(by)).length;
}

/** What has to be true whenever something is applied or destroyed, in the words of the flow and not of the rules. */
function checkApply(setting: Setting, { action, before }: Heard, spent: Set<Digest>): void {
  if (action.kind !== "apply" && action.kind !== "destroy") return;
  const run = before.runs.find(({ id }) => id === action.run);
  if (run?.due == null) throw new Error(`${action.kind} of ${action.stack} was asked for by nobody`);
  const { flow } = setting;
  const { due } = run;
  const place = placeOf(flow, action.stack);
  expect(spent.has(action.plan)).toBe(false);
  spent.add(action.plan);
  expect(before.leases[action.stack]?.run).toBe(action.run);
  expect(run.mode).toBe(action.kind === "destroy" ? "destroy" : "normal");
  if (action.kind === "destroy") expect(place?.environment.destroyable).toBe(true);
  if (place?.environment.heldByBranch === true) expect(before.holds[action.stack]?.branch).toBe(due.ref);
  for (const gate of gatesOfRun(flow, run)) {
    expect(approvals(setting, before, run, gate)).toBeGreaterThanOrEqual(gate.count);
  }
  if (due.kind === "merge" || due.kind === "push") {
    const inputs = before.plans[action.plan]?.manifest.inputs;
    expect(inputs).toBe(inputsOf(setting, before.branches[due.ref]?.tree ?? {}, action.stack));
  }
  if (due.kind === "pull-request" && action.kind === "apply") {
    const change = before.pullRequests[(pullRequestOf(run.source) ?? 0) - 1];
    expect(change?.state).toBe("open");
    expect(place?.instance).toBe(String(change?.number));
  }
}

/** What has to be true after every step. */
function checkRest(world: ModelWorld): void {
  expect(world.leases).toEqual({});
  expect(world.runs.filter((run) => isUnderWay(run.state)).map(({ id, state }) => `${id} ${state}`)).toEqual([]);
  for (const run of world.runs) if (run.state === "waiting") expect(run.code).not.toBeNull();
  expect(new Set(world.issues.map(({ key }) => key)).size).toBe(world.issues.length);
}

describe.each(presetNames)("the model world of %s, whatever people do", (preset) => {
  const setting = settingFor(preset);
  const path = pathsIn(preset, setting);

  it("comes to rest after every step, applies each plan once, only what was let through, and destroys only what may be", () => {
    const told = { apply: 0, destroy: 0 };
    fc.assert(
      fc.property(fc.array(path, { minLength: 5, maxLength: 40, size: "max" }), (paths) => {
        const spent = new Set<Digest>();
        let world = startWorld(setting);
        for (const next of [...opened(preset, setting), ...paths.flat()]) {
          world = play(setting, world, next, (heard) => {
            const { kind } = heard.action;
            if (kind === "apply" || kind === "destroy") told[kind]++;
            checkApply(setting, heard, spent);
          });
          checkRest(world);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(told.apply).toBeGreaterThan(20);
    if (setting.flow.environments.some(({ destroyable }) => destroyable)) expect(told.destroy).toBeGreaterThan(0);
  });

  it("leaves nothing standing that was tried for a pull request", () => {
    const over: readonly WorldStep[] = Array.from({ length: 12 }, () => ({ kind: "wait", duration: 18_000_000 }));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 25, size: "max" }), (paths) => {
        let world = startWorld(setting);
        for (const next of [...opened(preset, setting), ...paths.flat(), ...over])
          world = play(setting, world, next, () => {});
        const standing = Object.entries(world.states).filter(
          ([name, state]) => state.standing !== null && placeOf(setting.flow, name as never)?.instance !== null,
        );
        expect(standing.map(([name]) => name)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

/** What cem can do about any pull request, merged or not: link an issue, settle objections, plan again, look and approve. */
const wayOn: readonly WorldStep[] = ["one", "two"].flatMap((name): WorldStep[] => {
  const common = { by: cem, pr: name };
  const comment = (says: string): WorldStep => ({
    kind: "comment",
    ...common,
    branch: null,
    body: `/plangate ${says}`,
  });
  return [
    { kind: "reopen", ...common },
    { kind: "edit", ...common, title: null, body, base: "main" },
    { kind: "review", ...common, state: "dismiss", of: bob },
    { kind: "review", ...common, state: "dismiss", of: ann },
    comment("release-hold"),
    comment("plan"),
    { kind: "review", ...common, state: "approve", of: null },
    { kind: "merge", ...common, method: null, force: false },
    comment("plan"),
    { kind: "review", ...common, state: "approve", of: null },
    { kind: "wait", duration: 60_000 },
  ];
});

describe("the model world of trunk-stored-plan", () => {
  const setting = settingFor("trunk-stored-plan");

  it("leaves a way on: what stands on main can be brought to test by an owner who wrote none of it", () => {
    const cannotMend = (told: WorldStep) =>
      (told.kind === "push" && (told.branch === "main" || told.remove.length > 0)) ||
      (told.kind === "open" && told.base !== "main") ||
      (told.kind === "delete-branch" && told.branch === "main");
    const step = stepsIn("trunk-stored-plan", setting).filter((told) => !cannotMend(told));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
        let world = startWorld(setting);
        for (const told of [...opened("trunk-stored-plan", setting), ...steps, ...wayOn, ...wayOn, ...wayOn])
          world = play(setting, world, told, () => {});
        for (const { name, environment } of setting.stacks) {
          if (environment === "test") expect(whyNotDelivered(world, name)).toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });

  function whyNotDelivered(world: ModelWorld, name: Run["stack"]): string | null {
    const { applied, settled } = world.states[name] ?? { applied: null, settled: [] };
    const wanted = inputsOf(setting, world.branches.main?.tree ?? {}, name);
    if ([applied, ...settled].some((entry) => entry?.inputs === wanted)) return null;
    const runs = world.runs.filter((run) => run.stack === name);
    return runs.map(({ id, state, code, why }) => `${id} ${state} ${code}: ${why}`).join("; ");
  }
});
