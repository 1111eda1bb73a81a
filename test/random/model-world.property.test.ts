import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/domain/decision.ts";
import type { Digest } from "../../src/domain/digest.ts";
import type { Login } from "../../src/domain/names.ts";
import { isUnderWay, pullRequestOf, type Run } from "../../src/domain/run.ts";
import { presetNames } from "../../src/flow/index.ts";
import { placeOf } from "../../src/flow/instances.ts";
import { gatesOfRun } from "../../src/worlds/forge-rules.ts";
import { deliver, type ModelWorld, type Setting, startWorld, takeStep } from "../../src/worlds/model/index.ts";
import { inputsOf } from "../../src/worlds/model/inputs.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import { ann, bob, body, cem, opened, pathsIn, settingFor, stepsIn } from "./any-steps.ts";

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
      { numRuns: 400 },
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
