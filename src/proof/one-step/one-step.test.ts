import { describe, expect, it } from "vitest";
import { believingOfStacks, withApprovals, withEnvironment } from "../../../test/proof/fault.ts";
import { faultsOfBelief } from "../../../test/proof/faults-of-belief.ts";
import { faultsOfDecisions } from "../../../test/proof/faults-of-decisions.ts";
import { decide } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import { type PresetName, parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { prove } from "../prove.ts";
import { stageOf } from "../scene.ts";
import { wrongsOf } from "./allowed.ts";
import { factsMaker } from "./facts.ts";
import { groundsOf } from "./ground.ts";
import { oneStep, oneStepProperties, oneStepText } from "./one-step.ts";
import { sayingsAt } from "./people.ts";
import { type Case, type Relation, relations } from "./relations.ts";
import { runs } from "./things.ts";
import { usualOf, wordsOf } from "./usual.ts";

function presetFlow(preset: PresetName): Flow {
  const { value } = parseFlow(renderPreset(preset), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`${preset} does not parse`);
  return value;
}

const stop = async () => false;

describe("every apply in one step", () => {
  it.each(presetNames)("is let through only where the flow of %s lets it", async (preset) => {
    const found = await oneStep(presetFlow(preset), { properties: oneStepProperties, stop });
    expect(found.findings.map(oneStepText)).toEqual([]);
    expect(found).toMatchObject({ vacuous: [], isWhole: true });
    expect(found.cases).toBeGreaterThan(100_000);
    expect(found.allowed).toBeGreaterThan(10_000);
  });
});

/** The words that let a row's apply through when everything else is as usual; every other word of a relation stops it. */
const letThrough: readonly {
  readonly preset: PresetName;
  readonly ground: string;
  readonly through: Partial<Record<Relation, readonly string[]>>;
  /** What the engine asks to be known though nothing here depends on it. */
  readonly strict: readonly string[];
}[] = [
  {
    preset: "trunk-stored-plan",
    ground: "test applied on merge of main",
    through: {
      asked: ["from a terminal, past the gate"],
      source: ["a merge"],
      change: ["open", "with another head than was planned"],
      pushed: ["too much, and somebody else accepted it"],
      run: ["waiting", "planned"],
      shown: ["as the plan that it carries on"],
      others: ["one waits at the same gate"],
      objection: ["somebody put it on hold and released it"],
      unknown: ["which branch holds it", "the pull request"],
    },
    strict: ["what comes before"],
  },
  {
    preset: "gitflow",
    ground: "prod applied on merge of main",
    through: {
      asked: ["from a terminal, past the gate"],
      source: ["a merge"],
      change: ["open", "with another head than was planned"],
      pushed: ["too much, and somebody else accepted it"],
      run: ["waiting", "planned"],
      shown: ["as the plan that it carries on"],
      others: ["one waits at the same gate"],
      before: ["not there"],
      objection: ["somebody put it on hold and released it"],
      deletes: ["something, acknowledged"],
      unknown: ["which branch holds it", "the pull request"],
    },
    strict: [],
  },
  {
    preset: "trunk-stored-plan",
    ground: "ephemeral applied on pull_request of change-1",
    through: {
      asked: ["from a terminal", "from a terminal, past the gate"],
      mode: ["to destroy"],
      run: ["waiting", "planned"],
      shown: ["never", "until just before anybody spoke", "as the plan that it carries on", "after everybody spoke"],
      others: ["one waits at the same gate"],
      objection: ["somebody put it on hold and released it", "changes asked for on what comes along"],
      unknown: ["who is in the teams", "which branch holds it"],
    },
    strict: ["the changes", "the pushes", "who wrote it", "what people said", "what comes before"],
  },
];

function asked(preset: PresetName, text: string) {
  const flow = presetFlow(preset);
  const ground = groundsOf(stageOf(flow, { stacks: 1 })).find((one) => one.text === text);
  if (ground === undefined) throw new Error(`${preset} has no "${text}"`);
  const usual = usualOf(ground);
  const make = factsMaker(ground, usual);
  const isBegun = (about: Case) =>
    decide(flow, make(about), { kind: "apply-ready", run: runs.own }).actions.some(
      ({ kind }) => kind === "apply" || kind === "destroy",
    );
  return { ground, usual, isBegun };
}

describe("each relation by itself", () => {
  it.each(letThrough)("stops what must not be: $ground of $preset", ({ preset, ground: text, through, strict }) => {
    const { ground, usual, isBegun } = asked(preset, text);
    const words: Record<string, readonly string[]> = {};
    const stoppedAllTheSame: string[] = [];
    for (const [relation, all] of Object.entries(wordsOf(ground))) {
      const others = all.filter((word) => word !== usual[relation as Relation]);
      const passing = others.filter((word) => isBegun({ ...usual, [relation]: word }));
      if (passing.length > 0) words[relation] = passing;
      const allowed = others.filter((word) => wrongsOf(ground, { ...usual, [relation]: word }, "apply").length === 0);
      stoppedAllTheSame.push(...allowed.filter((word) => !passing.includes(word) && relation !== "mode"));
    }
    expect(isBegun(usual)).toBe(true);
    expect(words).toEqual(through);
    expect(stoppedAllTheSame).toEqual(strict);
  });

  it("forbids something somewhere, but for other runs, which matter only where a bare yes could be about two", () => {
    const forbidding = new Set<string>();
    for (const ground of presetNames.flatMap((preset) => groundsOf(stageOf(presetFlow(preset), { stacks: 1 })))) {
      const usual = usualOf(ground);
      const does = ground.mode === "destroy" ? "destroy" : "apply";
      for (const [relation, all] of Object.entries(wordsOf(ground)))
        if (all.some((word) => wrongsOf(ground, { ...usual, [relation]: word }, does).length > 0))
          forbidding.add(relation);
    }
    expect(Object.keys(relations).filter((relation) => !forbidding.has(relation))).toEqual(["others"]);
  });

  it("counts a yes for what it was said of", () => {
    const { ground, usual, isBegun } = asked("trunk-stored-plan", "test applied on merge of main");
    const [ann, ...others] = usual.people;
    if (ann === undefined) throw new Error("nobody is asked");
    const opens = sayingsAt(ground).filter((says) => isBegun({ ...usual, people: [{ ...ann, says }, ...others] }));
    expect(opens).toEqual(["yes", "yes, naming the plan", "no, then yes"]);
    expect(isBegun({ ...usual, people: [{ ...ann, writes: true }, ...others] })).toBe(false);
  });
});

const ofOneStep = [...faultsOfBelief, ...faultsOfDecisions].filter(({ breaks }) => oneStepProperties.includes(breaks));

describe("one step sees a fault of the engine:", () => {
  it.each(ofOneStep.map((fault) => ({ ...fault, title: fault.name })))("$title ($breaks)", async (fault) => {
    const whole = presetFlow(fault.preset);
    const about = { stop, properties: [fault.breaks], ...(fault.decide === undefined ? {} : { decide: fault.decide }) };
    const { findings } = await oneStep(fault.flow === undefined ? whole : fault.flow(whole), about);
    expect(findings.map(({ property }) => property)).toEqual([fault.breaks]);
  });

  it("of P1, P3, P7 and P8 more than fifteen", () => {
    expect(ofOneStep.filter(({ breaks }) => ["P1", "P3", "P7", "P8"].includes(breaks)).length).toBeGreaterThan(15);
  });
});

/** Forgets how old a plan is, where that carries another one on and its run was put off. */
const forgetful = believingOfStacks((stack) => {
  const { plan, run } = stack;
  if (plan == null || plan.carriedFrom === null || run?.state !== "waiting") return stack;
  return { ...stack, plan: { ...plan, manifest: { ...plan.manifest, createdAt: Number.MAX_SAFE_INTEGER } } };
});

it("sees what shows only where three relations are otherwise", async () => {
  const about = { decide: forgetful, properties: ["P8"], stop } as const;
  const { findings } = await oneStep(presetFlow("trunk-stored-plan"), about);
  expect(findings.map(({ facts }) => facts)).toEqual([
    ["the run is waiting", "the plan is too old", "the plan was shown as the plan that it carries on"],
  ]);
});

it("sees a bare yes taken for one to everything going, while something else waits at the same gate", async () => {
  const whole = presetFlow("trunk-demo");
  const approvals = whole.environments.find(({ name }) => name === "prod")?.approvals ?? null;
  const flow = withEnvironment(whole, "test", { approvals: approvals && { ...approvals, name: "test" } });
  expect((await oneStep(flow, { properties: ["P1"], stop })).findings).toEqual([]);
  const blind = believingOfStacks((stack) => ({ ...stack, others: [] }));
  const { findings } = await oneStep(flow, { decide: blind, properties: ["P1"], stop });
  expect(findings.map(({ facts }) => facts)).toEqual([["other runs there: one waits at the same gate"]]);
});

it("shows nothing of a row that not even everybody's yes lets through", async () => {
  const flow = withApprovals(presetFlow("trunk-stored-plan"), "test", { count: 9 });
  const { vacuous, findings } = await oneStep(flow, { properties: ["P3"], stop });
  expect(vacuous).toEqual(["test applied on merge of main"]);
  expect(findings).toEqual([]);
});

it("is not whole where somebody stops it", async () => {
  let looks = 0;
  const soon = async () => ++looks > 5;
  const { isWhole, cases } = await oneStep(presetFlow("trunk-demo"), { properties: oneStepProperties, stop: soon });
  expect(isWhole).toBe(false);
  expect(cases).toBeLessThan(10_000);
});

describe("a proof", () => {
  const about = { budget: 500, stop, now: () => 0, progress: () => {} } as const;

  it("tells what no story was found for", async () => {
    const flow = presetFlow("trunk-stored-plan");
    const proof = await prove(flow, { ...about, decide: forgetful, properties: ["P8"] });
    expect(proof.properties[0]).toMatchObject({
      status: "violated",
      explanation: expect.stringMatching(
        /^decide says apply though the plan is older .*; no story was found that leads there$/,
      ),
    });
    expect(proof.properties[0]?.story).toBeUndefined();
    expect(proof.oneStep?.cases).toBeGreaterThan(0);
  });

  it("looks at no step by itself where one slice is asked for", async () => {
    const proof = await prove(presetFlow("gitflow"), { ...about, slice: "stay one history" });
    expect(proof.oneStep).toBeNull();
  });
});
