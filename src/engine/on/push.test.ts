import { describe, expect, it } from "vitest";
import {
  decided,
  factsOf,
  from,
  goes,
  judged,
  presetNamed,
  pushedCommit,
  pushFacts,
} from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import type { BranchHold } from "../../domain/run.ts";
import { aStack, commit, login, planTime, stackName } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const gitflow = presetNamed("gitflow");
const integration = presetNamed("integration-branch");
const demo = presetNamed("trunk-demo");

const onDev = { kind: "push", branch: "dev/queue", commit: commit("c1"), by: login("ann") } as const;
const pushed = (branch: string): Event => ({
  kind: "push",
  branch,
  before: commit("c0"),
  commit: commit("c1"),
  by: login("ann"),
});
const hold = (branch: string): BranchHold => ({
  stack: stackName("dev/app"),
  branch,
  by: login("ann"),
  since: planTime,
});

/** What a push to a dev branch alters: planned or not, held by nobody. */
const planned = from(aStack("dev/app").with({ hold: null, changes: [] }), onDev).due({
  kind: "push",
  ref: "dev/queue",
});
const unplanned = planned.with({ run: null, plan: null });
const toDev = pushFacts({ branch: "dev/queue" });

describe("a push to a branch that its row applies", () => {
  it.each([
    { name: "is checked and planned for its apply", about: unplanned, actions: ["check", "plan dev/app push due"] },
    {
      name: "takes the place of what was planned before",
      about: planned.with({ inputs: digestOf("other") }),
      actions: ["check", "supersede dev/app", "plan dev/app push due"],
    },
    { name: "goes on with a plan from the same inputs", about: planned, actions: ["check", "start dev/app"] },
    {
      name: "waits for the branch that holds the stack",
      about: planned.with({ hold: hold("dev/other") }),
      actions: ["check", "wait dev/app held-by-branch"],
    },
    {
      name: "goes on when it holds the stack itself",
      about: planned.with({ hold: hold("dev/queue") }),
      actions: ["check", "start dev/app"],
    },
    {
      name: "is refused when who holds the stack is not known",
      about: planned.with({ hold: undefined }),
      actions: ["check", "refuse dev/app fact-unknown"],
    },
    {
      name: "gives up what it no longer alters",
      about: planned.with({ affected: false }),
      actions: ["check", "supersede dev/app"],
    },
    {
      name: "is refused when nobody knows whether it alters anything",
      about: unplanned.with({ affected: undefined }),
      actions: ["check", "refuse dev/app fact-unknown"],
    },
    {
      name: "names a stack whose code it takes away, and ends its plan",
      about: planned.with({ inputs: null }),
      actions: ["check", "supersede dev/app", "flag dev/app stack-deleted open"],
    },
    {
      name: "forgets a plan of a stack that was never there",
      about: planned.with({ inputs: null, applied: null }),
      actions: ["check", "supersede dev/app"],
    },
  ])("$name", ({ about, actions }) => {
    expect(decided(gitflow, [about], pushed("dev/queue"), toDev)).toEqual(actions);
  });
});

describe("a push that its row only plans", () => {
  const stack = from(aStack("test/infra"), { ...onDev, branch: "feature/NET-12" }).with({ run: null, plan: null });
  const event = pushed("feature/NET-12");

  it("is shown its plan", () => {
    const brought = pushFacts({ branch: "feature/NET-12" });
    expect(decided(demo, [stack], event, brought)).toEqual(["check", "plan test/infra push"]);
  });

  it("leaves the plan to an open pull request from the branch", () => {
    const brought = pushFacts({ branch: "feature/NET-12", openPullRequests: [12] });
    expect(decided(demo, [stack], event, brought)).toEqual(["check"]);
  });

  it("applies nothing, whoever approves", () => {
    const about = from(aStack("test/infra"), { ...onDev, branch: "feature/NET-12" })
      .due({ kind: "push", ref: "feature/NET-12" })
      .approvedBy("bob");
    expect(judged(demo, about)).toEqual({ first: ["refuse ref-not-allowed"], second: ["refuse ref-not-allowed"] });
  });
});

describe("a push to a protected branch", () => {
  it.each([
    {
      name: "that takes none is flagged",
      flow: gitflow,
      branch: "develop",
      actions: ["flag develop pushed-directly open"],
    },
    {
      name: "within its limit is fine",
      flow: integration,
      branch: "development",
      size: { lines: 50, files: 5 },
      actions: ["check"],
    },
    {
      name: "of a line too many is flagged, and its check fails",
      flow: integration,
      branch: "development",
      size: { lines: 51, files: 5 },
      actions: ["flag development push-too-large open", "check problems"],
    },
    {
      name: "of a file too many is flagged, and its check fails",
      flow: integration,
      branch: "development",
      size: { lines: 1, files: 6 },
      actions: ["flag development push-too-large open", "check problems"],
    },
  ])("$name", ({ flow, branch, size, actions }) => {
    expect(decided(flow, [], pushed(branch), pushFacts({ branch, ...size }))).toEqual(actions);
  });

  it("is brought back where the branch says", () => {
    const backMerges = [{ from: "main", into: "develop", needed: true, open: null }];
    expect(decided(gitflow, [], pushed("main"), { ...pushFacts(), backMerges })).toEqual([
      "flag main pushed-directly open",
      "open back-merge main develop",
    ]);
  });

  it("is brought back once", () => {
    const backMerges = [
      { from: "main", into: "develop", needed: true, open: 14 },
      { from: "main", into: "develop", needed: false, open: null },
    ];
    expect(decided(gitflow, [], pushed("main"), { ...pushFacts(), backMerges })).toEqual([
      "flag main pushed-directly open",
    ]);
  });
});

describe("a branch that was deleted", () => {
  const gone: Event = { kind: "push", branch: "dev/queue", before: commit("c1"), commit: null, by: login("ann") };

  it("frees what it held", () => {
    expect(decided(gitflow, [], gone, { push: null, held: [hold("dev/queue")] })).toEqual(["hand-over dev/app nobody"]);
  });

  it("that held nothing is nothing to do about", () => {
    const decision = decide(gitflow, factsOf([], { push: null, held: [] }), gone);
    expect(decision).toMatchObject({ actions: [], reasons: [{ code: "no-transition" }] });
  });

  it("is not taken for a push of which nothing is known", () => {
    const decision = decide(gitflow, factsOf([]), pushed("dev/queue"));
    expect(decision).toMatchObject({ actions: [], reasons: [{ code: "fact-unknown" }] });
  });
});

describe("what reached a protected branch without a pull request", () => {
  const apply = (about: Parameters<typeof pushedCommit>[0]) =>
    aStack("prod/infra")
      .approvedBy("bob")
      .with({ changes: [], pushed: [pushedCommit(about)] });
  const unreviewed = { first: ["wait unreviewed-change"], second: ["wait unreviewed-change"] };
  it.each([
    { name: "waits", about: {}, result: unreviewed },
    { name: "goes on when an owner accepted it", about: { accepted: [login("bob")] }, result: goes },
    { name: "waits when its writer accepted it", about: { accepted: [login("ann")] }, result: unreviewed },
    {
      name: "waits when who pushed it for them accepted it",
      about: { writers: [login("ann"), login("bob")], accepted: [login("bob")] },
      result: unreviewed,
    },
    {
      name: "waits when somebody accepted it who could not have reviewed it",
      about: { accepted: [login("eve")] },
      result: unreviewed,
    },
    {
      name: "goes on within the limit of its branch",
      about: { branch: "development", files: 5, lines: 50 },
      result: goes,
    },
    {
      name: "waits beyond the limit of its branch",
      about: { branch: "development", files: 5, lines: 51 },
      result: unreviewed,
    },
    { name: "waits on a branch that the flow does not know", about: { branch: "stray" }, result: unreviewed },
  ])("$name", ({ about, result }) => {
    expect(judged(integration, apply(about))).toEqual(result);
  });
});
