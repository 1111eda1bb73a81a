import { describe, expect, it } from "vitest";
import { decided, goes, judged, ofChange, openChange, presetNamed } from "../../test/engine/decisions.ts";
import type { Event } from "../domain/event.ts";
import type { PullRequestFacts } from "../domain/facts.ts";
import { aChange, answer, aStack, login } from "../testing/builders.ts";
import { problemsOf } from "./index.ts";

const gitflow = presetNamed("gitflow");
const demo = presetNamed("trunk-demo");
const integration = presetNamed("integration-branch");
const stored = presetNamed("trunk-stored-plan");
const sections = ["why", "rollback"];
const toDevelop = { headBranch: "dev/queue", base: "develop", sections };
const promotion = { headBranch: "develop", base: "main", sections };
const toMain = { headBranch: "feature/NET-12", base: "main" };

describe("what is wrong with how a pull request came", () => {
  it.each([
    { name: "nothing", flow: gitflow, about: toDevelop, codes: [] },
    { name: "nothing of a promotion", flow: gitflow, about: promotion, codes: [] },
    {
      name: "nothing of a ticket with words behind",
      flow: demo,
      about: { ...toMain, headBranch: "feature/NET-12-resize" },
      codes: [],
    },
    {
      name: "a branch past the one in front",
      flow: gitflow,
      about: { ...toDevelop, base: "main" },
      codes: ["head-not-accepted"],
    },
    {
      name: "a branch of no class",
      flow: gitflow,
      about: { ...toDevelop, headBranch: "queue" },
      codes: ["head-not-accepted"],
    },
    {
      name: "a name without a ticket",
      flow: demo,
      about: { ...toMain, headBranch: "feature/resize" },
      codes: ["head-not-accepted"],
    },
    { name: "a base of no class", flow: demo, about: { ...toMain, base: "next" }, codes: ["head-not-accepted"] },
    {
      name: "a fork's branch called like the one in front",
      flow: gitflow,
      about: { ...promotion, fork: true },
      codes: ["head-not-accepted"],
    },
    {
      name: "a fork's main that poses as a back-merge",
      flow: gitflow,
      about: { headBranch: "main", base: "develop", sections: [], fork: true },
      codes: ["head-not-accepted"],
    },
    { name: "nothing of a fork's own branch", flow: gitflow, about: { ...toDevelop, fork: true }, codes: [] },
    {
      name: "a start from elsewhere",
      flow: gitflow,
      about: { ...toDevelop, carries: ["main"] },
      codes: ["branch-started-elsewhere"],
    },
    { name: "no work item", flow: stored, about: { issues: [] }, codes: ["work-item-missing"] },
    { name: "no work item where none is asked for", flow: gitflow, about: { ...toDevelop, issues: [] }, codes: [] },
    { name: "merges of its own", flow: demo, about: { ...toMain, mergeCommits: 1 }, codes: ["merge-commits"] },
    {
      name: "merges of its own where nobody minds",
      flow: gitflow,
      about: { ...toDevelop, mergeCommits: 1 },
      codes: [],
    },
    {
      name: "a section missing",
      flow: gitflow,
      about: { ...toDevelop, sections: ["why"] },
      codes: ["section-missing"],
    },
    {
      name: "both sections missing",
      flow: gitflow,
      about: { ...toDevelop, sections: [] },
      codes: ["section-missing", "section-missing"],
    },
    {
      name: "a promotion behind a hotfix",
      flow: gitflow,
      about: { ...promotion, baseAhead: true },
      codes: ["back-merge-missing"],
    },
    {
      name: "nothing of a hotfix beside another",
      flow: integration,
      about: { headBranch: "hotfix/NET-1", base: "main", baseAhead: true },
      codes: [],
    },
    {
      name: "nothing of a back-merge, which has no text, and merges in it",
      flow: gitflow,
      about: { headBranch: "main", base: "develop", sections: [], mergeCommits: 3, baseAhead: true },
      codes: [],
    },
    {
      name: "all of it at once",
      flow: gitflow,
      about: { ...promotion, sections: [], baseAhead: true },
      codes: ["section-missing", "section-missing", "back-merge-missing"],
    },
  ])("$name", ({ flow, about, codes }) => {
    expect(problemsOf(flow, aChange({ state: "open", ...about })).map(({ code }) => code)).toEqual(codes);
  });

  it("says what a name lacks", () => {
    const [problem] = problemsOf(demo, aChange({ ...toMain, headBranch: "feature/resize" }));
    expect(problem?.sentence).toBe(
      "main does not accept feature/resize; it takes feature (feature/{ticket}), hotfix (hotfix/{ticket}). The name of a feature branch holds a ticket, such as NET-12",
    );
  });
});

describe("a pull request with something wrong", () => {
  const idle = aStack("stage/app").with({ run: null, plan: null, source: ofChange });
  const opened: Event = { kind: "pull-request", action: "opened", pullRequest: 12, by: login("ann") };
  it.each([
    {
      name: "in its text is planned all the same",
      about: { sections: [] },
      actions: ["check problems", "plan stage/app pull-request"],
    },
    {
      name: "in where it starts is refused",
      about: { carries: ["main"] },
      actions: ["check problems", "refuse stage/app branch-started-elsewhere"],
    },
    {
      name: "in its age is named",
      about: { openedAt: 0 },
      actions: ["check", "flag dev/queue branch-old", "plan stage/app pull-request"],
    },
    {
      name: "that nobody knows is refused",
      affected: undefined,
      about: {},
      actions: ["check", "refuse stage/app fact-unknown"],
    },
    {
      name: "in that it takes a stack away names it",
      inputs: null,
      about: {},
      actions: ["check", "flag stage/app stack-deleted"],
    },
  ])("$name", ({ about, actions, ...stack }) => {
    expect(decided(gitflow, [idle.with(stack)], opened, openChange({ ...toDevelop, ...about }))).toEqual(actions);
  });

  it("has its back-merge waited for", () => {
    const prod = aStack("prod/app").with({ run: null, plan: null, source: ofChange });
    expect(decided(gitflow, [prod], opened, openChange({ ...promotion, baseAhead: true }))).toEqual([
      "check problems",
      "wait prod/app back-merge-missing",
    ]);
  });
});

describe("a pull request that was merged all the same", () => {
  const apply = (about: Partial<PullRequestFacts>) =>
    aStack("prod/app")
      .approvedBy("bob")
      .with({ changes: [aChange({ ...promotion, ...about })] });
  const waits = (code: string) => ({ first: [`wait ${code}`], second: [`wait ${code}`] });
  const devops = { teams: { devops: [login("bob"), login("cem")] } };
  it.each([
    { name: "waits for its section", about: { sections: ["why"] }, result: waits("section-missing") },
    { name: "from a fork that called its branch so waits", about: { fork: true }, result: waits("head-not-accepted") },
    { name: "past the one in front waits", about: { headBranch: "dev/queue" }, result: waits("head-not-accepted") },
    { name: "is not asked again what its merge settled", about: { baseAhead: true }, result: goes },
    { name: "without anything wrong goes", about: {}, result: goes },
  ])("$name", ({ about, result }) => {
    expect(judged(gitflow, apply(about), devops)).toEqual(result);
  });

  const owned = (groups: PullRequestFacts["codeOwners"], by = "bob") =>
    aStack("prod/infra")
      .approvedBy("bob")
      .with({
        changes: [
          aChange({
            headBranch: "hotfix/NET-1",
            codeOwners: groups,
            answers: [answer("bob", "approve"), answer(by, "approve")],
          }),
        ],
      });
  it.each([
    {
      name: "reviewed by one of each group of owners goes",
      about: owned([[login("bob")], [login("eve"), login("bob")]]),
      result: goes,
    },
    { name: "owned by nobody whom the forge knows goes", about: owned([[]], "bob"), result: goes },
    { name: "reviewed by an owner whom no gate names goes", about: owned([[login("eve")]], "eve"), result: goes },
    {
      name: "lacking one group waits",
      about: owned([[login("bob")], [login("eve")]]),
      result: waits("code-owner-missing"),
    },
    {
      name: "whose only owner wrote it waits",
      about: owned([[login("ann")]], "ann"),
      result: waits("code-owner-missing"),
    },
  ])("$name", ({ about, result }) => {
    expect(judged(integration, about)).toEqual(result);
  });
});
