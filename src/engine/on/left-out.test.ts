import { describe, expect, it } from "vitest";
import { factsOf, type More, onBranch, openChange, presetNamed, pushFacts } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import { aStack, commit, login, type StackBuilder } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const demo = presetNamed("trunk-demo");
const by = login("ann");
const [test, prod] = ["test/app", "prod/app"].map((name) =>
  aStack(name).with({ run: null, plan: null, source: onBranch }),
) as [StackBuilder, StackBuilder];

/** The reasons of one event: the code of each that asks people for something, else its sentence. */
const said = (event: Event, stacks: readonly StackBuilder[], more: More = {}) =>
  decide(demo, factsOf(stacks, more), event).reasons.map(({ code, sentence }) => code ?? sentence);

const merged = (branch: string): Event => ({ kind: "merge", pullRequest: 12, branch, commit: commit("c1"), by });
const pushed = (branch: string): Event => ({
  kind: "push",
  branch,
  before: commit("c0"),
  commit: commit("c1"),
  by,
});

describe("an environment that the flow leaves out of what happened", () => {
  it("is told, and asks nobody for a row, where the flow follows a merge in another one", () => {
    expect(said(merged("main"), [test, prod])).toEqual([
      "pull request 12 was merged, and the flow does nothing in test on a merge into main",
      "prod/app is planned from what was merged",
    ]);
    // Also where the merge alters nothing there.
    expect(said(merged("main"), [test])).toEqual([expect.stringContaining("does nothing in test")]);
  });

  it("is told, and asks nobody for a row, where a push or a pull request is planned in another one", () => {
    expect(said(pushed("feature/NET-1"), [prod], pushFacts({ branch: "feature/NET-1" }))).toEqual([
      "the flow plans nothing in prod for a push to feature/NET-1",
    ]);
    const opened: Event = { kind: "pull-request", action: "opened", pullRequest: 12, by };
    expect(said(opened, [prod], openChange())).toContain("the flow plans nothing in prod for a pull request into main");
  });

  it("asks for a row where nothing follows in any", () => {
    expect(said(merged("feature/NET-1"), [test, prod])).toEqual(["no-transition", "no-transition"]);
    expect(said(pushed("odd"), [test, prod], pushFacts({ branch: "odd" }))).toEqual(["no-transition", "no-transition"]);
  });
});
