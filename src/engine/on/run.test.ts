import { describe, expect, it } from "vitest";
import { decided, ofChange, otherRun, presetNamed } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import type { OtherRun } from "../../domain/facts.ts";
import type { RunState } from "../../domain/run.ts";
import { aStack, commit, runId } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

/** A stack that an open pull request alters, planned already or not. */
const planned = aStack("test/app")
  .withRun({ source: ofChange, due: null, state: "waiting" })
  .with({ source: ofChange });

describe("a plan that was made", () => {
  const event: Event = { kind: "run-planned", run: runId("1"), outcome: "changes" };
  const other = otherRun;

  it.each([
    {
      name: "is shown, and waits for the merge",
      about: planned,
      actions: ["comment test/app", "wait test/app not-merged"],
    },
    {
      name: "is shown, and waits for somebody who asks",
      about: aStack("prod/app").withRun({ due: null }),
      actions: ["comment prod/app", "wait prod/app not-requested"],
    },
    {
      name: "is shown, and starts when it was asked for and approved",
      about: aStack("test/app").approvedBy("bob"),
      actions: ["comment test/app", "start test/app"],
    },
    {
      name: "takes the place of what was stored for delivery",
      about: aStack("prod/app")
        .withRun({ due: null })
        .with({ others: [other({})] }),
      actions: ["supersede prod/app", "comment prod/app", "wait prod/app not-requested"],
    },
    {
      name: "and was superseded before anybody heard of it takes nothing's place",
      about: aStack("prod/app")
        .withRun({ due: null, state: "superseded", code: "plan-superseded", why: "another run applied since" })
        .with({ others: [other({})] }),
      actions: [],
    },
    {
      name: "leaves plans of open pull requests alone",
      about: aStack("test/app").with({ others: [other({ again: ofChange })] }),
      actions: ["comment test/app", "wait test/app approval-missing"],
    },
    {
      name: "takes the place of its own pull request's older plan only",
      about: planned.with({
        others: [other({ again: ofChange }), other({ again: { ...ofChange, pullRequest: 13 }, pullRequest: 13 })],
      }),
      actions: ["supersede test/app", "comment test/app", "wait test/app not-merged"],
    },
    {
      name: "for looking at waits for the merge",
      about: planned.withPlan({ speculative: "trusted-path" }),
      actions: ["comment test/app", "wait test/app trusted-path-changed"],
    },
    {
      name: "of a fork waits for a better one",
      about: planned.withPlan({ speculative: "fork" }),
      actions: ["comment test/app", "wait test/app plan-speculative"],
    },
  ])("$name", ({ about, actions }) => {
    expect(decided(flow, [about], event)).toEqual(actions);
  });

  it("is only shown when it is empty", () => {
    expect(decided(flow, [planned.withRun({ state: "no-changes" })], { ...event, outcome: "no-changes" })).toEqual([
      "comment test/app",
    ]);
  });

  it("is refused when it failed, with what those who made it said", () => {
    expect(
      decided(flow, [planned.withRun({ state: "failed", code: "not-allowed-in-plan" })], {
        ...event,
        outcome: "failed",
      }),
    ).toEqual(["refuse test/app not-allowed-in-plan"]);
  });
});

describe("an apply that ended", () => {
  const others: OtherRun[] = [
    { ...otherRun(), pullRequest: 13, again: { ...ofChange, pullRequest: 13 }, due: null },
    { ...otherRun(), id: runId("6"), pullRequest: 14, again: null, due: null },
  ];
  const applied = (state: RunState) => aStack("test/app").withRun({ state }).with({ others });

  it.each([
    {
      name: "is verified, and other plans are made anew",
      outcome: "applied",
      about: applied("applied"),
      actions: ["verify test/app", "supersede test/app", "plan test/app pull-request", "supersede test/app"],
    },
    {
      name: "is not proved a second time, and other plans are made anew",
      outcome: "applied",
      about: applied("verified"),
      actions: ["supersede test/app", "plan test/app pull-request", "supersede test/app"],
    },
    {
      name: "is not repeated when it failed, and other plans are made anew",
      outcome: "failed",
      about: applied("failed"),
      actions: [
        "refuse test/app apply-failed",
        "supersede test/app",
        "plan test/app pull-request",
        "supersede test/app",
      ],
    },
    {
      name: "leaves other plans alone when nothing was started",
      outcome: "refused",
      about: applied("refused").withRun({ state: "refused", code: "bundle-altered" }),
      actions: ["refuse test/app bundle-altered"],
    },
  ] as const)("$name", ({ about, outcome, actions }) => {
    expect(decided(flow, [about], { kind: "run-applied", run: runId("1"), outcome })).toEqual(actions);
  });

  it("verified, lets what comes after go on", () => {
    const prod = aStack("prod/app")
      .withRun({ id: runId("7") })
      .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0" });
    const both = [aStack("test/app").withRun({ state: "verified" }), prod];
    expect(
      decided(
        flow,
        both,
        { kind: "run-verified", run: runId("1"), outcome: "verified" },
        { ref: { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } } },
      ),
    ).toEqual(["wait prod/app approval-missing"]);
  });

  it("not verified, says so", () => {
    expect(
      decided(flow, [aStack("test/app").withRun({ state: "verify-failed" })], {
        kind: "run-verified",
        run: runId("1"),
        outcome: "failed",
      }),
    ).toEqual(["refuse test/app verify-failed"]);
  });
});
