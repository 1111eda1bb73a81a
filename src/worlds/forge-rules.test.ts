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
import { asTheFlowSays, changeSettings } from "./live-settings.ts";
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

const changed = (step: Partial<StepOf<"settings">>, live = asTheFlowSays) =>
  changeSettings(live, { kind: "settings", branch: null, environment: null, set: {}, ...step });

describe("a push", () => {
  it("is let through where the flow takes some of them directly, however large it is", () => {
    expect(refusesPush(integration.flow, push({ branch: "development" }), asTheFlowSays)).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main" }), asTheFlowSays)).toBe(
      "main takes pull requests only",
    );
    expect(refusesPush(integration.flow, push({ branch: "feature/NET-1" }), asTheFlowSays)).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main", fork: dan }), asTheFlowSays)).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "main", force: true }), asTheFlowSays)).toBeNull();
  });

  it("throws no commits of a protected branch away, but for an administrator", () => {
    expect(refusesPush(integration.flow, push({ branch: "development", rewrite: true }), asTheFlowSays)).toBe(
      "development keeps its commits",
    );
    expect(
      refusesPush(integration.flow, push({ branch: "development", rewrite: true, force: true }), asTheFlowSays),
    ).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "feature/NET-1", rewrite: true }), asTheFlowSays)).toBeNull();
  });

  it("goes past pull requests, and throws commits away, where somebody opened the branch for pushes", () => {
    const live = changed({ branch: "main", set: { pushes: "open" } });
    expect(refusesPush(integration.flow, push({ branch: "main", rewrite: true }), live)).toBeNull();
    expect(refusesPush(integration.flow, push({ branch: "development", rewrite: true }), live)).toContain("keeps");
    const closed = changed({ branch: "main", set: { pushes: "closed" } }, live);
    expect(refusesPush(integration.flow, push({ branch: "main" }), closed)).toBe("main takes pull requests only");
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
  unresolved: 0,
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
  const refusal = (about: Partial<PullRequestFacts>, step: Partial<StepOf<"merge">> = {}, live = asTheFlowSays) =>
    refusesMerge(integration, merge(step), { change: change(about), conflicts: false, live });

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

  it("takes anybody's review, with one by those whom the flow names where its branch asks for owners of code", () => {
    const into = (scene: Scene, about: Partial<PullRequestFacts>) =>
      refusesMerge(scene, merge(), {
        change: change({ ...about, sections: ["why", "rollback"] }),
        conflicts: false,
        live: asTheFlowSays,
      });
    const gitflow = sceneOf("gitflow");
    const dev = { headBranch: "dev/NET-1", base: "develop", opener: carl };
    expect(into(gitflow, { ...dev, answers: [approval(dan)] })).toBeNull();
    const release = { headBranch: "develop", base: "main", opener: carl };
    const unowned = "none of those who own what it changes, by the flow, has approved it";
    expect(into(gitflow, { ...release, answers: [approval(dan)] })).toBe(unowned);
    expect(into(gitflow, { ...release, answers: [approval(dan), approval(bob)] })).toBeNull();

    // Where main takes anybody's review, what governs delivery is theirs who say yes to production.
    const { flow } = gitflow;
    const branches = flow.branches.map((branch) =>
      branch.name === "main" ? { ...branch, reviews: { count: 1, by: null, codeOwners: false } } : branch,
    );
    const anybody = { ...gitflow, flow: { ...flow, branches } };
    expect(into(anybody, { ...release, answers: [approval(dan)] })).toBeNull();
    const governing = { ...release, trustedPaths: ["plangate.yaml"] };
    expect(into(anybody, { ...governing, answers: [approval(dan)] })).toBe(unowned);
    expect(into(anybody, { ...governing, answers: [approval(bob)] })).toBeNull();
    expect(into(anybody, { ...governing, answers: [] })).toBe("0 of 1 reviews are there");
  });

  it("is let through by each rule that somebody switched off, and by no other", () => {
    const off = (set: StepOf<"settings">["set"]) => changed({ branch: "main", set });
    const unreviewed = { opener: bob };
    expect(refusal(unreviewed, {}, off({ reviews: "off" }))).toBeNull();
    expect(refusal(unreviewed, {}, off({ checks: "off", methods: "any", pushes: "open" }))).toContain("0 of 1");
    expect(refusal({ carries: ["development"] }, {}, off({ checks: "off" }))).toBeNull();
    expect(refusal({ carries: ["development"] }, {}, off({ reviews: "off" }))).toContain("carries commits");
    expect(refusal({}, { method: "squash" }, off({ methods: "any" }))).toBeNull();
    expect(refusal({}, { by: dan }, off({ reviews: "off", checks: "off" }))).toBe("dan may not merge");
    expect(refusal(unreviewed, {}, changed({ branch: "development", set: { reviews: "off" } }))).toContain("0 of 1");
    expect(
      refusal(unreviewed, {}, changed({ branch: "main", set: { checks: "off" } }, off({ reviews: "off" }))),
    ).toBeNull();
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
    const answer = (by: Login, environment: string, waits = true, live = asTheFlowSays) =>
      refusesGate(integration, { kind: "gate", by, environment, state: "approve" }, { waits, live });
    expect(answer(bob, "demo-test")).toBeNull();
    expect(answer(bob, "demo-test", false)).toBe("nothing waits at demo-test");
    expect(answer(dan, "demo-test")).toBe("dan is not asked at demo-test");
    expect(answer(bob, "prod")).toBeNull();
    expect(answer(bob, "test")).toBe("test has no gate");
    const opened = changed({ environment: "demo-test", set: { reviewers: "anybody" } });
    expect(answer(dan, "demo-test", true, opened)).toBeNull();
    expect(answer(dan, "prod", true, opened)).toBe("dan is not asked at prod");
    expect(answer(dan, "demo-test", false, opened)).toBe("nothing waits at demo-test");
  });
});
