import { describe, expect, it } from "vitest";
import { type ApplyCase, appliedOf, flowOf, goes, judged, leaseOf, presetNamed } from "../../test/engine/decisions.ts";
import { digestOf } from "../domain/digest.ts";
import type { BeforeFacts } from "../domain/facts.ts";
import { answer, aStack, commit, login, runId, stackName } from "../testing/builders.ts";
import { applyNeeds, decide } from "./index.ts";

const flow = presetNamed("trunk-stored-plan");

/** A change in test that bob approved; everything is there. */
const ready = aStack("test/app").approvedBy("bob");

/** The same in prod: a release that cem deploys, approved by bob at the gate, with test applied. */
const tag = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
const before: BeforeFacts = { stack: stackName("test/app"), inputs: digestOf("inputs"), applied: appliedOf() };
const released = aStack("prod/app")
  .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: login("cem") })
  .with({ before: [before], ref: tag })
  .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));

function judges(cases: readonly ApplyCase[]): void {
  it.each(cases)("$name", ({ about, facts, first, second = first }) => {
    expect(judged(flow, about, facts)).toEqual({ first, second });
  });
}

describe("an apply that has everything it needs", () => {
  judges([
    { name: "starts in test, and is applied under the lease", about: ready, ...goes },
    { name: "starts in prod from a release", about: released, ...goes },
    {
      name: "counts an approval by command",
      about: aStack("test/app").approvedBy("bob", {
        via: "command",
        plan: digestOf("plan"),
        stack: stackName("test/app"),
      }),
      ...goes,
    },
  ]);
});

describe("the wish", () => {
  const onMain = released.due({ kind: "dispatch", job: "Deploy", ref: "main", by: login("cem") });
  judges([
    {
      name: "is refused for a ref that the environment is not applied from",
      about: onMain,
      first: ["refuse ref-not-allowed"],
    },
    {
      name: "is refused for a tag that belongs to no release of the flow",
      about: released
        .due({ kind: "dispatch", job: "Deploy", ref: "tag:build-7" })
        .with({ ref: { ...tag, ref: "tag:build-7" } }),
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
      about: behind({ applied: appliedOf({ verified: false }) }),
      first: ["wait after-not-applied"],
    },
    {
      name: "does not wait for an environment where the stack does not exist",
      about: behind({ inputs: null, applied: null }),
      ...goes,
    },
    {
      name: "waits for whoever holds the stack",
      about: ready.with({ lease: leaseOf("test/app", "9") }),
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

describe("a local command in an environment that nobody is asked about", () => {
  const text = (gate: string) => `
version: 1
teams: { owners: [ann, bob] }
branches:
  dev: { match: "dev/**" }
gates: { teardown: { count: 1, by: owners } }
environments:
  dev: { kind: dev, appliesFrom: [dev], destroyable: true }
  test: { kind: test, appliesFrom: [dev], destroyable: true }
stacks: [{ root: "stacks/{stack}", in: [dev, test], backend: ["key={environment}/{stack}"] }]
when:
  - { on: push, to: dev, in: dev, do: [plan, apply] }
  - { on: push, to: dev, in: test, do: [plan, apply] }
  - { on: dispatch, job: Down, in: dev, do: [plan-destroy, ${gate}destroy] }
`;
  const flowWith = (gated: boolean) =>
    gated
      ? flowOf(text("gate, ").replace("destroy] }", "destroy], gate: teardown }"))
      : flowOf(text("").replace(/gates: .*\n/, ""));
  const asked = (name: string, mode: "normal" | "destroy", gated: boolean) =>
    decide(
      flowWith(gated),
      aStack(name)
        .withRun({ due: null, mode, source: { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } })
        .planned({ mode })
        .build(),
      { kind: "local-apply", run: runId("1"), by: login("ann"), breakGlass: null, typedName: null },
    ).actions.map((action) => ("code" in action ? action.code : action.kind));

  it.each([
    { name: "applies in an environment of kind dev", stack: "dev/app", mode: "normal", gated: false, result: "start" },
    { name: "destroys there", stack: "dev/app", mode: "destroy", gated: false, result: "start" },
    {
      name: "destroys nothing where a gate stands before the destroy alone",
      stack: "dev/app",
      mode: "destroy",
      gated: true,
      result: "gated-environment",
    },
    { name: "applies there all the same", stack: "dev/app", mode: "normal", gated: true, result: "start" },
    { name: "applies to no other kind", stack: "test/app", mode: "normal", gated: false, result: "gated-environment" },
  ] as const)("$name", ({ stack, mode, gated, result }) => {
    expect(asked(stack, mode, gated)).toEqual([result]);
  });
});
