import { describe, expect, it } from "vitest";
import { decided, ofChange, openChange, presetNamed } from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import { aChange, aStack, commit, login, stackName } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

/** A stack that an open pull request alters, planned already or not. */
const planned = aStack("test/app")
  .withRun({ source: ofChange, due: null, state: "waiting" })
  .with({ source: ofChange });
const unplanned = planned.with({ run: null, plan: null });

describe("a pull request", () => {
  const event: Event = { kind: "pull-request", action: "synchronized", pullRequest: 12, by: login("ann") };
  const open = openChange;

  it.each([
    {
      name: "is checked and planned",
      about: unplanned,
      facts: open(),
      actions: ["check", "plan test/app pull-request"],
    },
    { name: "keeps a plan from the same inputs", about: planned, facts: open(), actions: ["check"] },
    {
      name: "keeps it when only the commit moved",
      about: planned.with({ source: { ...ofChange, head: commit("c3") } }),
      facts: open(),
      actions: ["check"],
    },
    { name: "keeps an empty one", about: planned.withRun({ state: "no-changes" }), facts: open(), actions: ["check"] },
    {
      name: "is planned again when nobody was shown the plan",
      about: planned.withRun({ state: "planned" }).withPlan({ shown: [] }),
      facts: open(),
      actions: ["check", "supersede test/app", "plan test/app pull-request"],
    },
    {
      name: "is planned again when an input moved",
      about: planned.with({ inputs: digestOf("other") }),
      facts: open(),
      actions: ["check", "supersede test/app", "plan test/app pull-request"],
    },
    {
      name: "is planned again when it begins to touch trusted paths",
      about: planned,
      facts: open({ trustedPaths: ["plangate.yaml"] }),
      actions: ["check", "supersede test/app", "plan test/app pull-request trusted-path"],
    },
    {
      name: "is not planned twice at a time",
      about: planned.withRun({ state: "planning" }),
      facts: open(),
      actions: ["check"],
    },
    {
      name: "gives up a plan of a stack that it no longer alters",
      about: planned.with({ affected: false }),
      facts: open(),
      actions: ["check", "supersede test/app"],
    },
    {
      name: "waits for its work item",
      about: unplanned,
      facts: open({ issues: [] }),
      actions: ["check problems", "wait test/app work-item-missing"],
    },
    {
      name: "waits for trust when it comes from a fork",
      about: unplanned,
      facts: open({ fork: true }),
      actions: ["check", "wait test/app fork-not-trusted"],
    },
    {
      name: "is refused from a branch that is not accepted",
      about: unplanned,
      facts: open({ headBranch: "main" }),
      actions: ["check problems", "refuse test/app head-not-accepted"],
    },
    { name: "that is closed is not planned", about: unplanned, facts: open({ state: "closed" }), actions: [] },
    {
      name: "that is merged wakes what waits for it",
      about: aStack("test/app").approvedBy("bob"),
      facts: open({ state: "merged" }),
      actions: ["start test/app"],
    },
    {
      name: "into a branch without a row does nothing",
      about: unplanned,
      facts: open({ base: "feature/other" }),
      actions: [],
    },
    { name: "that is not known does nothing", about: unplanned, facts: {}, actions: [] },
  ])("$name", ({ about, facts, actions }) => {
    expect(decided(flow, [about], event, facts)).toEqual(actions);
  });

  it("is closed, and its plans are thrown away", () => {
    expect(decided(flow, [planned], { kind: "closed", pullRequest: 12, by: login("ann") })).toEqual([
      "discard test/app",
    ]);
  });
});

describe("/plangate plan", () => {
  const event = (by: string, stack: string | null = null): Event => ({
    kind: "command",
    command: "plan",
    pullRequest: 12,
    stack: stack === null ? null : stackName(stack),
    by: login(by),
  });
  const open = { pullRequest: aChange({ state: "open", fork: true }) };
  const merged = { pullRequest: aChange() };
  const refused = aStack("test/app").withRun({ state: "refused", due: null });

  it.each([
    {
      name: "is refused to somebody who may not merge",
      by: "eve",
      about: unplanned,
      facts: open,
      actions: ["refuse not-allowed"],
    },
    {
      name: "takes a fork over, to look at",
      by: "bob",
      about: unplanned,
      facts: open,
      actions: ["check", "plan test/app pull-request fork"],
    },
    {
      name: "plans again what was refused after the merge, for that merge",
      by: "bob",
      about: refused,
      facts: merged,
      actions: ["plan test/app merge due"],
    },
    {
      name: "replaces what still stands",
      by: "bob",
      about: aStack("test/app"),
      facts: merged,
      actions: ["supersede test/app", "plan test/app merge due"],
    },
    {
      name: "plans prod without asking for its apply",
      by: "bob",
      about: aStack("prod/app").withRun({ state: "failed", due: null }),
      facts: merged,
      actions: ["plan prod/app merge"],
    },
    {
      name: "plans a deployment again for the same release",
      by: "bob",
      about: aStack("prod/app")
        .withRun({ state: "interrupted" })
        .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0" }),
      facts: merged,
      actions: ["plan prod/app dispatch due"],
    },
    {
      name: "leaves alone what is applied already",
      by: "bob",
      about: refused.with({ affected: false }),
      facts: merged,
      actions: [],
    },
    {
      name: "leaves alone what is being applied",
      by: "bob",
      about: aStack("test/app").withRun({ state: "applying" }),
      facts: merged,
      actions: [],
    },
  ])("$name", ({ by, about, facts, actions }) => {
    expect(decided(flow, [about], event(by), facts)).toEqual(actions);
  });

  it("is for one stack when it names one", () => {
    const both = [aStack("test/app"), aStack("test/other")];
    expect(decided(flow, both, event("bob", "test/other"), merged)).toEqual([
      "supersede test/other",
      "plan test/other merge due",
    ]);
  });
});
