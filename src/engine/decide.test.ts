import { describe, expect, it } from "vitest";
import type { Action } from "../domain/decision.ts";
import { digestOf } from "../domain/digest.ts";
import type { Event } from "../domain/event.ts";
import type { OtherRun, PullRequestFacts } from "../domain/facts.ts";
import type { RunState } from "../domain/run.ts";
import { parseFlow, renderPreset } from "../flow/index.ts";
import { aChange, answer, aStack, commit, login, runId, type StackBuilder, stackName } from "../testing/builders.ts";
import { decide } from "./index.ts";

const preset = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
if (preset === undefined) throw new Error("the preset does not parse");
const flow = preset;

const source = { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } as const;
const onBranch = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1") } as const;

/** A stack that an open pull request alters, planned already or not. */
const planned = aStack("test/app").withRun({ source, due: null, state: "waiting" }).with({ source });
const unplanned = planned.with({ run: null, plan: null });

function decided(
  about: readonly StackBuilder[],
  event: Event,
  facts: Parameters<StackBuilder["build"]>[0] = {},
): readonly string[] {
  const [first] = about;
  const built =
    first === undefined
      ? aStack("test/app").build({ stacks: [], ...facts })
      : first.build({ stacks: about.map(({ stack }) => stack), ...facts });
  return decide(flow, built, event).actions.map(word);
}

function word(action: Action): string {
  if ("code" in action) return `${action.kind} ${action.stack ?? ""} ${action.code}`.replace("  ", " ");
  if (action.kind === "plan")
    return `plan ${action.stack} ${action.source.kind}${action.due === null ? "" : " due"}${action.speculative === null ? "" : ` ${action.speculative}`}`;
  return "stack" in action ? `${action.kind} ${action.stack}` : action.kind;
}

describe("a pull request", () => {
  const event: Event = { kind: "pull-request", action: "synchronized", pullRequest: 12, by: login("ann") };
  const open = (about: Partial<PullRequestFacts> = {}) => ({
    pullRequest: aChange({ state: "open", answers: [], ...about }),
  });

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
      about: planned.with({ source: { ...source, head: commit("c3") } }),
      facts: open(),
      actions: ["check"],
    },
    { name: "keeps an empty one", about: planned.withRun({ state: "no-changes" }), facts: open(), actions: ["check"] },
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
      actions: ["check", "wait test/app work-item-missing"],
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
      actions: ["check", "refuse test/app head-not-accepted"],
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
    expect(decided([about], event, facts)).toEqual(actions);
  });

  it("is closed, and its plans are thrown away", () => {
    expect(decided([planned], { kind: "closed", pullRequest: 12, by: login("ann") })).toEqual(["discard test/app"]);
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
      about: aStack("prod/app").withRun({ state: "interrupted" }).due({ kind: "dispatch", ref: "tag:v1.0.0" }),
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
    expect(decided([about], event(by), facts)).toEqual(actions);
  });

  it("is for one stack when it names one", () => {
    const both = [aStack("test/app"), aStack("test/other")];
    expect(decided(both, event("bob", "test/other"), merged)).toEqual([
      "supersede test/other",
      "plan test/other merge due",
    ]);
  });
});

describe("a merge", () => {
  const event: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
  const test = aStack("test/app").withRun({ source, due: null }).with({ source: onBranch });
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
    expect(decided(about, event)).toEqual(actions);
  });

  it("into a branch without a row does nothing", () => {
    expect(decided([test], { ...event, branch: "feature/x" })).toEqual([]);
  });
});

describe("a dispatch", () => {
  const ref = { ref: "main", commit: commit("c1"), release: null };
  const release: Event = { kind: "dispatch", job: "Release", ref: "main", by: login("ann"), inputs: {} };
  const done = aStack("test/app").with({
    applied: { run: runId("2"), commit: commit("c1"), inputs: digestOf("inputs"), verified: true },
  });
  const stored = aStack("prod/app").withRun({ due: null });
  const facts = { ref, latestRelease: null };

  it.each([
    {
      name: "releases what is applied in test and planned for prod",
      about: [done, stored],
      facts,
      actions: ["release"],
    },
    {
      name: "does not release what is not applied in test",
      about: [aStack("test/app"), stored],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release what is not verified there",
      about: [
        done.with({ applied: { run: runId("2"), commit: commit("c1"), inputs: digestOf("inputs"), verified: false } }),
        stored,
      ],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release without a plan for prod",
      about: [done, stored.with({ run: null, plan: null })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release with a plan of something else",
      about: [done, stored.planned({ inputs: digestOf("older") })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release with an empty plan of something else",
      about: [done, stored.withRun({ state: "no-changes" }).planned({ inputs: digestOf("older") })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release what is not known",
      about: [done.with({ applied: undefined }), stored],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "releases main only",
      about: [done, stored],
      facts: { ...facts, ref: { ...ref, ref: "feature/x" } },
      actions: ["refuse ref-not-allowed"],
    },
    {
      name: "does not release from a ref that is not there",
      about: [done, stored],
      facts: {},
      actions: ["refuse ref-not-allowed"],
    },
  ])("$name", ({ about, facts: given, actions }) => {
    expect(decided(about, release, given)).toEqual(actions);
  });

  const deploy: Event = { ...release, job: "Deploy", ref: "v1.0.0" };
  const tag = { ref: { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } } };
  const noPlan = stored.with({
    run: null,
    plan: null,
    source: { kind: "dispatch", by: login("ann"), ref: "tag:v1.0.0", commit: commit("c1") },
  });

  it.each([
    {
      name: "deploys the stored plan once it is approved",
      about: [stored],
      given: tag,
      actions: ["wait prod/app approval-missing"],
    },
    {
      name: "plans what has no plan, for its apply",
      about: [noPlan],
      given: tag,
      actions: ["plan prod/app dispatch due"],
    },
    {
      name: "is refused when nothing differs",
      about: [stored.with({ affected: false })],
      given: tag,
      actions: ["refuse not-affected"],
    },
    {
      name: "does not even plan a ref that its row does not deliver",
      about: [noPlan],
      given: { ref },
      actions: ["refuse prod/app ref-not-allowed"],
    },
    {
      name: "is not for people who may not merge",
      about: [stored],
      given: { ...tag, maintainers: [login("bob")] },
      actions: ["refuse not-allowed"],
    },
    {
      name: "leaves the stored plan alone when the ref is not allowed",
      about: [stored],
      given: { ref },
      actions: ["refuse prod/app ref-not-allowed"],
    },
  ])("$name", ({ about, given, actions }) => {
    expect(decided(about, deploy, given)).toEqual(actions);
    const runs = decide(flow, about[0]?.build(given) ?? aStack("prod/app").build(), deploy).actions.flatMap((action) =>
      action.kind === "refuse" ? action.run : [],
    );
    expect(runs.every((run) => run === null)).toBe(true);
  });

  it("of a job that the flow does not have is refused", () => {
    expect(decided([], { ...release, job: "Destroy" }, facts)).toEqual(["refuse no-transition"]);
  });
});

describe("a plan that was made", () => {
  const event: Event = { kind: "run-planned", run: runId("1"), outcome: "changes" };
  const other = (about: Partial<OtherRun>): OtherRun => ({
    id: runId("5"),
    state: "waiting",
    pullRequest: 12,
    again: onBranch,
    due: null,
    ...about,
  });

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
      name: "leaves plans of open pull requests alone",
      about: aStack("test/app").with({ others: [other({ again: source })] }),
      actions: ["comment test/app", "wait test/app approval-missing"],
    },
    {
      name: "takes the place of its own pull request's older plan only",
      about: planned.with({
        others: [other({ again: source }), other({ again: { ...source, pullRequest: 13 }, pullRequest: 13 })],
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
    expect(decided([about], event)).toEqual(actions);
  });

  it("is only shown when it is empty", () => {
    expect(decided([planned.withRun({ state: "no-changes" })], { ...event, outcome: "no-changes" })).toEqual([
      "comment test/app",
    ]);
  });

  it("is refused when it failed, with what those who made it said", () => {
    expect(
      decided([planned.withRun({ state: "failed", code: "not-allowed-in-plan" })], { ...event, outcome: "failed" }),
    ).toEqual(["refuse test/app not-allowed-in-plan"]);
  });
});

describe("an apply that ended", () => {
  const others: OtherRun[] = [
    { id: runId("5"), state: "waiting", pullRequest: 13, again: { ...source, pullRequest: 13 }, due: null },
    { id: runId("6"), state: "waiting", pullRequest: 14, again: null, due: null },
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
    expect(decided([about], { kind: "run-applied", run: runId("1"), outcome })).toEqual(actions);
  });

  it("verified, lets what comes after go on", () => {
    const prod = aStack("prod/app")
      .withRun({ id: runId("7") })
      .due({ kind: "dispatch", ref: "tag:v1.0.0" });
    const both = [aStack("test/app").withRun({ state: "verified" }), prod];
    expect(
      decided(
        both,
        { kind: "run-verified", run: runId("1"), outcome: "verified" },
        { ref: { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } } },
      ),
    ).toEqual(["wait prod/app approval-missing"]);
  });

  it("not verified, says so", () => {
    expect(
      decided([aStack("test/app").withRun({ state: "verify-failed" })], {
        kind: "run-verified",
        run: runId("1"),
        outcome: "failed",
      }),
    ).toEqual(["refuse test/app verify-failed"]);
  });
});

describe("a run whose worker is gone", () => {
  const states: readonly { state: RunState; actions: readonly string[] }[] = [
    { state: "planning", actions: ["supersede test/app", "plan test/app merge due"] },
    { state: "approved", actions: ["start test/app"] },
    { state: "applying", actions: ["interrupt test/app"] },
    { state: "applied", actions: ["verify test/app"] },
    { state: "verifying", actions: ["verify test/app"] },
    { state: "verified", actions: [] },
  ];
  it.each(states)("that was $state", ({ state, actions }) => {
    expect(
      decided([aStack("test/app").approvedBy("bob").withRun({ state })], { kind: "run-lost", run: runId("1") }),
    ).toEqual(actions);
  });

  const local = { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } as const;
  const due = { kind: "local", at: 0, by: login("ann"), ref: "local", commit: commit("c1") } as const;
  it.each([
    { state: "planning", due: null, actions: ["supersede test/app"] },
    { state: "approved", due, actions: ["wait test/app not-requested"] },
    { state: "applying", due, actions: ["interrupt test/app"] },
  ] as const)("and that somebody's own terminal had $state is not done behind their back", (about) => {
    const run = aStack("test/app").withRun({ source: local, state: about.state, due: about.due });
    expect(decided([run], { kind: "run-lost", run: runId("1") })).toEqual(about.actions);
  });
});

describe("running a run again", () => {
  const states: readonly { state: RunState; actions: readonly string[] }[] = [
    { state: "verified", actions: ["refuse test/app plan-spent"] },
    { state: "applying", actions: ["refuse test/app plan-spent"] },
    { state: "interrupted", actions: ["refuse test/app interrupted"] },
    { state: "superseded", actions: ["refuse test/app plan-superseded"] },
    { state: "waiting", actions: ["start test/app"] },
  ];
  it.each(states)("that is $state", ({ state, actions }) => {
    expect(
      decided([aStack("test/app").approvedBy("bob").withRun({ state })], {
        kind: "rerun",
        run: runId("1"),
        by: login("cem"),
      }),
    ).toEqual(actions);
  });

  it("is not for people who may not merge", () => {
    const about = aStack("test/app").approvedBy("bob").withRun({ state: "waiting" });
    expect(decided([about], { kind: "rerun", run: runId("1"), by: login("eve") })).toEqual([
      "refuse test/app not-allowed",
    ]);
  });

  it("makes whoever asks the triggerer", () => {
    const about = aStack("prod/app")
      .due({ kind: "dispatch", ref: "tag:v1.0.0", by: login("cem") })
      .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));
    const ref = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
    expect(decided([about], { kind: "rerun", run: runId("1"), by: login("bob") }, { ref })).toEqual([
      "wait prod/app approval-missing",
    ]);
  });
});

describe("what is not for plangate", () => {
  const by = login("ann");
  const events: readonly Event[] = [
    { kind: "push", branch: "main", commit: commit("c1"), by },
    { kind: "release", tag: "v1.0.0", commit: commit("c1"), by },
    { kind: "schedule", cron: "0 1 * * *" },
    { kind: "rerun", run: runId("9"), by },
    { kind: "tick" },
  ];
  it.each(events)("does nothing, and says why: $kind", (event) => {
    const decision = decide(flow, aStack("test/app").build({ stacks: [] }), event);
    expect(decision.actions).toEqual([]);
    expect(decision.reasons).not.toEqual([]);
  });

  it("leaves a run alone that is about to be applied", () => {
    expect(decided([aStack("test/app").approvedBy("bob").withRun({ state: "approved" })], { kind: "tick" })).toEqual(
      [],
    );
  });
});
