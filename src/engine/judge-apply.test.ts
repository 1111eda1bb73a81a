import { describe, expect, it } from "vitest";
import { digestOf } from "../domain/digest.ts";
import type { AppliedFacts, BeforeFacts, Facts } from "../domain/facts.ts";
import { parseFlow, renderPreset } from "../flow/index.ts";
import {
  aChange,
  answer,
  answerTime,
  aStack,
  commit,
  judgeTime,
  login,
  planTime,
  runId,
  type StackBuilder,
  stackName,
} from "../testing/builders.ts";
import { applyNeeds, decide } from "./index.ts";

const preset = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
if (preset === undefined) throw new Error("the preset does not parse");
const flow = preset;

const lease = {
  stack: stackName("test/app"),
  run: runId("1"),
  fence: 1,
  since: judgeTime,
  holder: { host: "h", pid: 1, startedAt: "1" },
};

/** A change in test that bob approved; everything is there. */
const ready = aStack("test/app").approvedBy("bob");

/** The same in prod: a release that ann deploys, approved by bob at the gate, with test applied. */
const tag = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
const applied: AppliedFacts = { run: runId("2"), commit: commit("c1"), inputs: digestOf("inputs"), verified: true };
const before: BeforeFacts = { stack: stackName("test/app"), inputs: digestOf("inputs"), applied };
const released = aStack("prod/app")
  .due({ kind: "dispatch", ref: "tag:v1.0.0", by: login("cem") })
  .with({ before: [before], ref: tag })
  .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));

/** What both decisions say: the first about whether to start, the second, under the lease, about whether to apply. */
function said(about: StackBuilder, facts: Parameters<StackBuilder["build"]>[0] = {}) {
  const words = (built: Facts, event: Parameters<typeof decide>[2]) =>
    decide(flow, built, event).actions.map((action) =>
      "code" in action ? `${action.kind} ${action.code}` : action.kind,
    );
  const holding =
    about.stack.lease === null
      ? about.withRun({ state: "approved" }).with({ lease: { ...lease, stack: about.stack.stack } })
      : about;
  return {
    first: words(about.build(facts), { kind: "tick" }),
    second: words(holding.build(facts), { kind: "apply-ready", run: about.run.id }),
  };
}

interface Case {
  readonly name: string;
  readonly about: StackBuilder;
  readonly facts?: Parameters<StackBuilder["build"]>[0];
  readonly first: readonly string[];
  /** When the second decision differs from the first. */
  readonly second?: readonly string[];
}

function judges(cases: readonly Case[]): void {
  it.each(cases)("$name", ({ about, facts, first, second = first }) => {
    expect(said(about, facts)).toEqual({ first, second });
  });
}

const start = { first: ["start"], second: ["apply"] };

describe("an apply that has everything it needs", () => {
  judges([
    { name: "starts in test, and is applied under the lease", about: ready, ...start },
    { name: "starts in prod from a release", about: released, ...start },
    {
      name: "counts an approval by command",
      about: aStack("test/app").approvedBy("bob", {
        via: "command",
        plan: digestOf("plan"),
        stack: stackName("test/app"),
      }),
      ...start,
    },
  ]);
});

describe("the wish", () => {
  const onMain = released.due({ kind: "dispatch", ref: "main", by: login("cem") });
  judges([
    {
      name: "is refused for a ref that the environment is not applied from",
      about: onMain,
      first: ["refuse ref-not-allowed"],
    },
    {
      name: "is refused for a tag that belongs to no release of the flow",
      about: released.due({ kind: "dispatch", ref: "tag:build-7" }).with({ ref: { ...tag, ref: "tag:build-7" } }),
      first: ["refuse ref-not-allowed"],
    },
    {
      name: "is refused when no row brings the ref that way",
      about: released.due({ kind: "merge", ref: "tag:v1.0.0" }),
      first: ["refuse ref-not-allowed"],
    },
    {
      name: "is refused for a tag without a release",
      about: released.with({ ref: { ...tag, release: null } }),
      first: ["refuse ref-not-allowed"],
    },
    {
      name: "is refused when the tag was moved",
      about: released.with({ ref: { ...tag, commit: commit("c9") } }),
      first: ["refuse release-moved"],
    },
    {
      name: "is refused when the release is not from main",
      about: released.with({ ref: { ...tag, release: { onBranch: false, moved: false } } }),
      first: ["refuse release-not-from-branch"],
    },
    {
      name: "is refused when where the tag points is not known",
      about: released.with({ ref: undefined }),
      first: ["refuse fact-unknown"],
    },
  ]);
});

describe("the plan", () => {
  const again = ["supersede", "plan"];
  judges([
    { name: "is made anew when an input moved", about: ready.with({ inputs: digestOf("other") }), first: again },
    { name: "is made anew when the stack is gone from the commit", about: ready.with({ inputs: null }), first: again },
    {
      name: "is refused when the state is another one",
      about: ready.withState({ lineage: "l2", serial: 7 }),
      first: ["refuse lineage-moved"],
    },
    {
      name: "is compared under the lease when the state moved",
      about: ready.withState({ lineage: "l1", serial: 8 }),
      first: ["start"],
      second: ["replan"],
    },
    {
      name: "is not compared while somebody objects",
      about: ready.withState({ lineage: "l1", serial: 8 }).said(answer("cem", "request-changes")),
      first: ["wait changes-requested"],
    },
    {
      name: "is refused when the tool moved",
      about: ready.with({ tool: { name: "terraform", version: "1.14.1" } }),
      first: ["refuse tool-moved"],
    },
    {
      name: "is refused when the tool is another one",
      about: ready.with({ tool: { name: "opentofu", version: "1.14.0" } }),
      first: ["refuse tool-moved"],
    },
    {
      name: "is refused when it is of another stack",
      about: ready.planned({ stack: stackName("test/other") }),
      first: ["refuse target-moved"],
    },
    { name: "is applied on the last day", about: ready.planned({ createdAt: judgeTime - 14 * 86_400_000 }), ...start },
    {
      name: "is refused a moment later",
      about: ready.planned({ createdAt: judgeTime - 14 * 86_400_000 - 1 }),
      first: ["refuse plan-expired"],
    },
    {
      name: "is made anew when it was for looking at only",
      about: ready.withPlan({ speculative: "trusted-path" }),
      first: again,
    },
    {
      name: "is made anew when its own pull request touches trusted paths, whatever the plan says",
      about: ready
        .withRun({ source: { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } })
        .with({ changes: [aChange({ trustedPaths: [".github/workflows/x.yml"] })] }),
      first: again,
    },
    {
      name: "is refused when the bundle is gone",
      about: ready.with({ bundle: { code: "bundle-missing", sentence: "gone", plan: digestOf("plan") } }),
      first: ["refuse bundle-missing"],
    },
    {
      name: "is refused when the bundle was altered",
      about: ready.with({ bundle: { code: "bundle-altered", sentence: "altered", plan: digestOf("plan") } }),
      first: ["refuse bundle-altered"],
    },
    {
      name: "is refused when the bundle is not signed",
      about: ready.with({ bundle: { code: "bundle-unsigned", sentence: "unsigned", plan: digestOf("plan") } }),
      first: ["refuse bundle-unsigned"],
    },
    {
      name: "is refused when its snapshot is not what Git has",
      about: ready.with({ bundle: { code: "snapshot-differs", sentence: "swapped", plan: digestOf("plan") } }),
      first: ["refuse snapshot-differs"],
    },
    {
      name: "is not applied before somebody looked at its bundle",
      about: ready.with({ bundle: undefined }),
      first: ["start"],
      second: ["refuse fact-unknown"],
    },
  ]);
});

describe("approvals", () => {
  const asked = aStack("test/app");
  const missing = ["wait approval-missing"];
  const twice = { digest: digestOf("plan"), at: planTime + 120_000, until: null };
  judges([
    { name: "are waited for", about: asked, first: missing },
    { name: "by a writer do not count", about: asked.approvedBy("ann"), first: missing },
    {
      name: "by a writer of an older commit in the apply do not count",
      about: ready.with({ writers: [login("ann"), login("bob")] }),
      first: missing,
    },
    { name: "by somebody the gate does not name do not count", about: asked.approvedBy("eve"), first: missing },
    { name: "do not count when the team is not known", about: ready, facts: { teams: undefined }, first: missing },
    {
      name: "before the plan was shown do not count",
      about: asked.approvedBy("bob", { at: planTime }),
      first: missing,
    },
    {
      name: "in the second in which it was shown do not count",
      about: asked.approvedBy("bob", { at: planTime + 1_000 }),
      first: missing,
    },
    {
      name: "after something else took its place do not count",
      about: ready.withPlan({ shown: [{ digest: digestOf("plan"), at: planTime, until: planTime + 2_000 }] }),
      first: missing,
    },
    {
      name: "do not count for a plan that was shown again later",
      about: ready.withPlan({ shown: [twice] }),
      first: missing,
    },
    {
      name: "of a plan that the new one carries on count",
      about: ready.withPlan({
        digest: digestOf("new"),
        carriedFrom: digestOf("plan"),
        shown: [{ digest: digestOf("plan"), at: planTime, until: null }],
      }),
      ...start,
    },
    {
      name: "of another plan by name do not count",
      about: asked.approvedBy("bob", { via: "command", plan: digestOf("older") }),
      first: missing,
    },
    {
      name: "of another stack by name do not count",
      about: asked.approvedBy("bob", { via: "command", stack: stackName("test/other") }),
      first: missing,
    },
    {
      name: "on another pull request do not count",
      about: asked.approvedBy("bob", { pullRequest: 13 }),
      first: missing,
    },
    {
      name: "at another gate do not count",
      about: asked.approvedBy("bob", { via: "gate", pullRequest: null, environment: "prod" }),
      first: missing,
    },
    {
      name: "that were taken back do not count",
      about: ready.said(answer("bob", "take-back", { at: answerTime + 1 })),
      first: missing,
    },
    {
      name: "by the triggerer do not count for a dispatch",
      about: released.due({ kind: "dispatch", ref: "tag:v1.0.0", by: login("bob") }),
      first: missing,
    },
    { name: "by whoever merged count", about: ready.due({ by: login("bob") }), ...start },
    {
      name: "are overruled by a rejection",
      about: ready.said(answer("cem", "reject", { via: "gate", pullRequest: null, environment: "test" })),
      first: ["refuse rejected"],
    },
    {
      name: "are not overruled by a rejection of an older plan",
      about: ready.said(
        answer("cem", "reject", { via: "gate", pullRequest: null, environment: "test", at: planTime - 1 }),
      ),
      ...start,
    },
    {
      name: "are not overruled by somebody the gate does not name",
      about: ready.said(answer("eve", "reject", { via: "gate", pullRequest: null, environment: "test" })),
      ...start,
    },
  ]);

  it("of one person count once, however often they are given", () => {
    const two = {
      ...flow,
      environments: flow.environments.map((environment) =>
        environment.approvals === null
          ? environment
          : { ...environment, approvals: { ...environment.approvals, count: 2 } },
      ),
    };
    const words = (about: StackBuilder) => decide(two, about.build(), { kind: "tick" }).actions.map(({ kind }) => kind);
    expect(words(ready.approvedBy("bob", { via: "command" }))).toEqual(["wait"]);
    expect(words(ready.approvedBy("cem"))).toEqual(["start"]);
  });
});

describe("objections", () => {
  const other = (...answers: ReturnType<typeof answer>[]) =>
    ready.with({
      changes: [
        aChange({ number: 11, answers: [answer("bob", "approve", { pullRequest: 11 }), ...answers] }),
        aChange(),
      ],
    });
  judges([
    {
      name: "by somebody who may merge hold the apply",
      about: ready.said(answer("cem", "request-changes")),
      first: ["wait changes-requested"],
    },
    { name: "by anybody else do not", about: ready.said(answer("eve", "request-changes")), ...start },
    {
      name: "end when whoever had them approves",
      about: ready.said(answer("cem", "request-changes"), answer("cem", "approve", { at: answerTime + 1 })),
      ...start,
    },
    {
      name: "about another change that comes along hold it too",
      about: other(answer("cem", "request-changes", { pullRequest: 11 })),
      first: ["wait changes-requested"],
    },
    { name: "hold by a word", about: ready.said(answer("cem", "hold", { via: "command" })), first: ["wait held"] },
    {
      name: "hold another change that comes along",
      about: other(answer("cem", "hold", { via: "command", pullRequest: 11 })),
      first: ["wait held"],
    },
    {
      name: "of one stack do not hold another",
      about: ready.said(answer("cem", "hold", { via: "command", stack: stackName("test/other") })),
      ...start,
    },
    {
      name: "end with a word by anyone who may merge",
      about: ready.said(answer("cem", "hold"), answer("bob", "release-hold", { at: answerTime + 1, via: "command" })),
      ...start,
    },
    {
      name: "do not end with a word by anybody else",
      about: ready.said(answer("cem", "hold"), answer("eve", "release-hold", { at: answerTime + 1, via: "command" })),
      first: ["wait held"],
    },
  ]);
});

describe("how the change got to its branch", () => {
  const came = (about: Parameters<typeof aChange>[0]) => ready.with({ changes: [aChange(about)] });
  const unreviewed = ["wait unreviewed-change"];
  judges([
    { name: "waits for a review that was passed over", about: came({ answers: [] }), first: unreviewed },
    { name: "does not count a review of an older commit", about: came({ headSince: answerTime }), first: unreviewed },
    {
      name: "does not count a review by a writer",
      about: came({ writers: [login("ann"), login("bob")] }),
      first: unreviewed,
    },
    {
      name: "does not count an approval by command as a review",
      about: came({ answers: [answer("bob", "approve", { via: "command" })] }),
      first: unreviewed,
    },
    {
      name: "does not count a dismissed review",
      about: came({ answers: [answer("bob", "approve"), answer("bob", "take-back", { at: answerTime + 1 })] }),
      first: unreviewed,
    },
    {
      name: "waits for a commit that no pull request brought",
      about: ready.with({ pushed: [commit("bad")] }),
      first: unreviewed,
    },
    { name: "waits for a work item", about: came({ issues: [] }), first: ["wait work-item-missing"] },
    {
      name: "waits when the branch was not accepted",
      about: came({ headBranch: "main" }),
      first: ["wait head-not-accepted"],
    },
  ]);
});

describe("the moment", () => {
  const behind = (change: Partial<BeforeFacts>) => released.with({ before: [{ ...before, ...change }] });
  judges([
    { name: "waits for the environment before", about: behind({ applied: null }), first: ["wait after-not-applied"] },
    {
      name: "waits while something else is applied there",
      about: behind({ inputs: digestOf("newer") }),
      first: ["wait after-not-applied"],
    },
    {
      name: "waits until it is verified there",
      about: behind({ applied: { ...applied, verified: false } }),
      first: ["wait after-not-applied"],
    },
    {
      name: "does not wait for an environment where the stack does not exist",
      about: behind({ inputs: null, applied: null }),
      ...start,
    },
    {
      name: "waits for whoever holds the stack",
      about: ready.with({ lease: { ...lease, run: runId("9") } }),
      first: ["wait stack-leased"],
    },
    {
      name: "waits for a new plan after an interrupted apply",
      about: ready.with({ interrupted: runId("9") }),
      first: ["wait interrupted"],
    },
  ]);

  it("is not there for a run that does not hold its lease", () => {
    const actions = decide(flow, ready.withRun({ state: "approved" }).build(), {
      kind: "apply-ready",
      run: ready.run.id,
    }).actions;
    expect(actions).toMatchObject([{ kind: "refuse", code: "stack-leased" }]);
  });
});

describe("a fact that is not known", () => {
  const facts = applyNeeds.map((fact) => ({ fact }));
  it.each(facts)("never lets an apply through: $fact", ({ fact }) => {
    const [first, second] = fact.split(".");
    const about = first === "stack" && second !== undefined ? released.with({ [second]: undefined }) : released;
    const built = about.build(first === "stack" ? {} : { [fact]: undefined });
    for (const event of [{ kind: "tick" }, { kind: "apply-ready", run: released.run.id }] as const) {
      const kinds = decide(flow, built, event).actions.map(({ kind }) => kind);
      expect(kinds).not.toContain("start");
      expect(kinds).not.toContain("apply");
    }
  });
});

describe("a local apply", () => {
  const local = (breakGlass: string | null, typedName: string | null) =>
    decide(
      flow,
      aStack("prod/app")
        .withRun({ due: null, source: { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } })
        .build(),
      { kind: "local-apply", run: runId("1"), by: login("ann"), breakGlass, typedName },
    );

  it("is refused for a gated environment", () => {
    expect(local(null, null).actions).toMatchObject([{ kind: "refuse", code: "gated-environment", run: null }]);
  });

  it("is refused when the stack's name was not typed in full", () => {
    expect(local("the site is down", "prod").actions).toMatchObject([{ kind: "refuse", code: "name-not-confirmed" }]);
  });

  it("starts when the glass is broken, and remembers why", () => {
    expect(local("the site is down", "prod/app").actions).toMatchObject([
      { kind: "start", due: { breakGlass: "the site is down" } },
    ]);
  });
});
