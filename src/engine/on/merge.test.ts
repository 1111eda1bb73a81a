import { describe, expect, it } from "vitest";
import { decided, ofChange, onBranch, presetNamed } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import { aStack, commit, login } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

describe("a merge", () => {
  const event: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
  const test = aStack("test/app").withRun({ source: ofChange, due: null }).with({ source: onBranch });
  const prod = aStack("prod/app").with({ run: null, plan: null });

  it.each([
    {
      name: "starts what was approved and plans what comes after",
      about: [test.approvedBy("bob"), prod],
      actions: ["start test/app", "plan prod/app merge"],
    },
    { name: "waits for the approval", about: [test], actions: ["wait test/app approval-missing"] },
    {
      name: "plans for its apply what has no plan",
      about: [test.with({ run: null, plan: null })],
      actions: ["plan test/app merge due"],
    },
    {
      name: "plans again what was superseded",
      about: [test.withRun({ state: "superseded" })],
      actions: ["plan test/app merge due"],
    },
    {
      name: "waits for a plan that is being made",
      about: [test.withRun({ state: "planning", plan: null }).with({ plan: null })],
      actions: ["wait test/app plan-missing"],
    },
    { name: "applies nothing when the plan was empty", about: [test.withRun({ state: "no-changes" })], actions: [] },
    {
      name: "gives up the plan of a stack that it does not alter",
      about: [test.with({ affected: false })],
      actions: ["supersede test/app"],
    },
    {
      name: "refuses what it cannot know",
      about: [test.with({ affected: undefined })],
      actions: ["refuse test/app fact-unknown"],
    },
  ])("$name", ({ about, actions }) => {
    expect(decided(flow, about, event)).toEqual(actions);
  });

  it("into a branch without a row gives up what was planned for the pull request", () => {
    expect(decided(flow, [test], { ...event, branch: "feature/x" })).toEqual(["supersede test/app"]);
  });
});
