import { describe, expect, it } from "vitest";
import type { PullRequestFacts } from "../domain/facts.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "../domain/names.ts";
import type { Run } from "../domain/run.ts";
import { type PresetName, parseFlow, renderPreset } from "../flow/index.ts";
import {
  gatesOfRun,
  mergeMethodFor,
  refusesDelete,
  refusesGate,
  refusesMerge,
  refusesPush,
  waitsAt,
} from "./forge-rules.ts";
import { stacksAtStart } from "./scene.ts";
import type { StepOf } from "./step.ts";
import type { Scene } from "./world.ts";

const [ann, bob, carl, dan] = ["ann", "bob", "carl", "dan"] as Login[] as [Login, Login, Login, Login];

function sceneOf(preset: PresetName): Scene {
  const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error(`${preset} does not parse`);
  const team = Object.keys(flow.teams);
  const people = new Map<Login, readonly string[]>([
    [ann, team],
    [bob, team],
    [carl, team],
    [dan, []],
  ]);
  return {
    flow,
    people,
    at: 0,
    start: "applied",
    stacks: stacksAtStart(flow, []),
    modules: {},
    owners: {},
  };
}

const integration = sceneOf("integration-branch");

const push = (about: Partial<StepOf<"push">>): StepOf<"push"> => ({
  kind: "push",
  by: dan,
  branch: "main",
  fork: null,
  from: null,
  changes: [],
  remove: [],
  message: null,
  coAuthors: [],
  rewrite: false,
  force: false,
  ...about,
});

describe("a push", () => {
  it("is let through where the flow takes some of them directly, however large it is", () => {
    expect(refusesPush(integration.flow, push({ branch: "development" }))).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main" }))).toBe("main takes pull requests only");
    expect(refusesPush(integration.flow, push({ branch: "feature/NET-1" }))).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main", fork: dan }))).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main", force: true }))).toBeNull();
  });

  it("throws no commits of a protected branch away, but for an administrator", () => {
    expect(refusesPush(integration.flow, push({ branch: "development", rewrite: true }))).toBe(
      "development keeps its commits",
    );
    expect(refusesPush(integration.flow, push({ branch: "development", rewrite: true, force: true }))).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "feature/NET-1", rewrite: true }))).toBeNull();
  });

  it("deletes no branch that is protected", () => {
    const gone = (branch: string) => refusesDelete(integration.flow, { kind: "delete-branch", by: ann, branch });
    expect([gone("development"), gone("feature/NET-1")]).toEqual(["development is protected", null]);
  });
});

const change = (about: Partial<PullRequestFacts>): PullRequestFacts => ({
  number: 1,
  state: "open",
  draft: false,
  headBranch: "hotfix/NET-1",
  base: "main",
  head: "a".repeat(40) as CommitSha,
  fork: false,
  opener: dan,
  writers: [dan],
  issues: [1],
  trustedPaths: [],
  answers: [approval(bob)],
  headSince: 0,
  openedAt: 0,
  labels: [],
  sections: [],
  codeOwners: [],
  mergeCommits: 0,
  carries: [],
  baseAhead: false,
  ...about,
});

function approval(by: Login, at: Instant = 5): PullRequestFacts["answers"][number] {
  return {
    by,
    at,
    via: "review",
    says: "approve",
    pullRequest: 1,
    environment: null,
    stack: null,
    plan: null,
    commit: null,
  };
}

const merge = (about: Partial<StepOf<"merge">> = {}): StepOf<"merge"> => ({
  kind: "merge",
  by: ann,
  pr: "x",
  method: null,
  force: false,
  ...about,
});

describe("a merge", () => {
  const refusal = (about: Partial<PullRequestFacts>, step: Partial<StepOf<"merge">> = {}) =>
    refusesMerge(integration, merge(step), { change: change(about), conflicts: false });

  it("is blocked by what is wrong with how the pull request came, as the required check says", () => {
    expect(refusal({})).toBeNull();
    expect(refusal({ headBranch: "feature/NET-1" })).toContain("main does not accept feature/NET-1");
    expect(refusal({ carries: ["development"] })).toContain("carries commits of development");
    expect(refusal({ headBranch: "feature/NET-1", base: "development", mergeCommits: 2 })).toContain("2 merge commits");
    expect(refusal({ carries: ["development"] }, { force: true })).toBeNull();
  });

  it("waits for a review by each group of code owners, of those who did not open it", () => {
    expect(refusal({ codeOwners: [[bob, carl], [carl]] })).toBe(
      "none of carl, who own what it changes, has approved it",
    );
    expect(refusal({ codeOwners: [[carl]], answers: [approval(bob), approval(carl)] })).toBeNull();
    expect(refusal({ codeOwners: [[]] })).toBeNull();
    expect(refusal({ opener: bob })).toBe("0 of 1 reviews are there");
    expect(refusal({ answers: [approval(bob, 0)] })).toBe("0 of 1 reviews are there");
  });

  it("is done as the two branches ask, back-merges by a merge commit", () => {
    const { flow } = integration;
    const method = (headBranch: string, base: string) => mergeMethodFor(flow, merge(), { headBranch, base });
    expect(method("development", "main")).toBe("fast-forward");
    expect(method("feature/NET-1", "development")).toBe("squash");
    expect(method("main", "development")).toBe("merge");
    expect(refusal({}, { method: "squash" })).toBe("hotfix/NET-1 is not merged into main by squash");
  });
});

describe("a gate", () => {
  const { flow } = integration;
  const run = (about: Partial<Run>): Run => ({
    id: "run-00000001" as RunId,
    stack: "test/infra" as StackName,
    source: { kind: "dispatch", by: ann, ref: "main", commit: "a".repeat(40) as CommitSha },
    mode: "normal",
    state: "waiting",
    code: "approval-missing",
    why: null,
    plan: null,
    due: {
      kind: "dispatch",
      at: 0,
      by: ann,
      ref: "main",
      commit: "a".repeat(40) as CommitSha,
      job: "Demo (apply)",
    },
    revision: 1,
    createdAt: 0,
    updatedAt: 0,
    holder: null,
    ...about,
  });
  const namesOf = (about: Partial<Run>) => gatesOfRun(flow, run(about)).map(({ name }) => name);

  it("is the row's, besides the environment's own", () => {
    expect(namesOf({})).toEqual(["demo-test"]);
    const due = { ...run({}).due, job: "Demo (destroy)" } as NonNullable<Run["due"]>;
    expect(namesOf({ mode: "destroy", due })).toEqual(["teardown-test"]);
    expect(namesOf({ stack: "prod/infra" as StackName, due: null })).toEqual(["prod"]);
    expect(namesOf({ due: null })).toEqual([]);
  });

  it("is waited at by a run whose apply was asked for and has not started", () => {
    expect(waitsAt(flow, run({}), "demo-test")).toBe(true);
    expect(waitsAt(flow, run({}), "teardown-test")).toBe(false);
    expect(waitsAt(flow, run({ state: "planned" }), "demo-test")).toBe(false);
    expect(waitsAt(flow, run({ due: null }), "demo-test")).toBe(false);
  });

  it("is answered by those it names, while something waits there", () => {
    const answer = (by: Login, environment: string, waits = true) =>
      refusesGate(integration, { kind: "gate", by, environment, state: "approve" }, waits);
    expect(answer(bob, "demo-test")).toBeNull();
    expect(answer(bob, "demo-test", false)).toBe("nothing waits at demo-test");
    expect(answer(dan, "demo-test")).toBe("dan is not asked at demo-test");
    expect(answer(bob, "prod")).toBeNull();
    expect(answer(bob, "test")).toBe("test has no gate");
  });
});
