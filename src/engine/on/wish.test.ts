import { describe, expect, it } from "vitest";
import {
  decided,
  factsOf,
  goes,
  judged,
  onBranch,
  otherRun,
  presetNamed,
  presetWith,
} from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import { aChange, aDue, answer, aStack, commit, login, runId } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const flow = presetNamed("trunk-stored-plan");
const tag = { ref: "tag:v1.1.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
const deploy: Event = { kind: "dispatch", job: "Deploy", ref: "v1.1.0", by: login("ann"), inputs: {} };
const source = { kind: "dispatch", by: login("ann"), ref: "tag:v1.1.0", commit: commit("c1") } as const;
const stored = aStack("prod/app").withRun({ due: null });
const unplanned = stored.with({ run: null, plan: null, source });
const older = otherRun({ due: aDue({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0" }) });

describe("a release that is to be delivered", () => {
  it.each([
    { name: "is planned when it is what it was", ref: tag, actions: ["plan prod/app dispatch due"] },
    {
      name: "is not even planned when its tag was moved",
      ref: { ...tag, release: { onBranch: true, moved: true } },
      actions: ["refuse prod/app release-moved"],
    },
    {
      name: "is not even planned when it is not of the branch",
      ref: { ...tag, release: { onBranch: false, moved: false } },
      actions: ["refuse prod/app release-not-from-branch"],
    },
    {
      name: "is not even planned from a tag without a release",
      ref: { ...tag, release: null },
      actions: ["refuse prod/app ref-not-allowed"],
    },
  ])("$name", ({ ref, actions }) => {
    expect(decided(flow, [unplanned], deploy, { ref })).toEqual(actions);
  });

  it("takes the place of an older one that still waits", () => {
    expect(decided(flow, [stored.with({ others: [older] })], deploy, { ref: tag })).toEqual([
      "supersede prod/app",
      "wait prod/app approval-missing",
    ]);
  });

  it("takes no place when it may not be delivered", () => {
    const moved = { ...tag, release: { onBranch: true, moved: true } };
    expect(decided(flow, [stored.with({ others: [older] })], deploy, { ref: moved })).toEqual([
      "refuse prod/app release-moved",
    ]);
  });

  it("goes on waiting while a merge stores a newer plan", () => {
    const planned: Event = { kind: "run-planned", run: runId("1"), outcome: "changes" };
    expect(decided(flow, [stored.with({ others: [older] })], planned)).toEqual([
      "comment prod/app",
      "wait prod/app not-requested",
    ]);
  });
});

describe("a release that delivers itself", () => {
  const rows = presetWith("trunk-stored-plan", { from: "on: dispatch, job: Deploy, ref", to: "on: release, ref" });
  const made = (name: string): Event => ({ kind: "release", tag: name, commit: commit("c1"), by: login("ann") });
  it.each([
    { name: "waits for the gate", event: made("v1.1.0"), ref: tag, actions: ["wait prod/app approval-missing"] },
    { name: "of a module delivers nothing", event: made("net-v1.1.0"), ref: tag, actions: [] },
    {
      name: "is not delivered from elsewhere",
      event: made("v1.1.0"),
      ref: { ...tag, release: { onBranch: false, moved: false } },
      actions: ["refuse prod/app release-not-from-branch"],
    },
  ])("$name", ({ event, ref, actions }) => {
    expect(decided(rows, [stored], event, { ref })).toEqual(actions);
  });

  it("is not approved by who released", () => {
    const gate = (by: string) => answer(by, "approve", { via: "gate", pullRequest: null, environment: "prod" });
    const due = { kind: "release", ref: "tag:v1.1.0", by: login("cem") } as const;
    const of = (by: string) => stored.due(due).with({ ref: tag }).said(gate(by));
    expect(judged(rows, of("bob"))).toEqual(goes);
    const dispatched = presetWith("trunk-stored-plan", {
      from: /prod: \{ kind: prod, appliesFrom: \[release\], approvals: \{ count: 1, by: owners \}/,
      to: "prod: { kind: prod, appliesFrom: [release], approvals: { count: 1, by: owners, notBy: [writers, triggerer] }",
    });
    const asked = stored
      .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.1.0", by: login("cem") })
      .with({ ref: tag });
    expect(judged(dispatched, asked.said(gate("cem"))).first).toEqual(["wait approval-missing"]);
  });
});

describe("what a new plan is asked for", () => {
  const command: Event = { kind: "command", command: "plan", pullRequest: 12, stack: null, by: login("bob") };
  const plan = (about: typeof stored) =>
    decide(flow, factsOf([about.with({ source: onBranch })], { pullRequest: aChange() }), command).actions.find(
      ({ kind }) => kind === "plan",
    );
  const test = aStack("test/app").withRun({ state: "interrupted" });

  it("is never a destroy, nor what somebody did at their own terminal", () => {
    const destroyed = test.withRun({ mode: "destroy" }).due({ kind: "dispatch", job: "Deploy", ref: "main" });
    expect(plan(destroyed)).toMatchObject({ mode: "normal", due: { kind: "merge", ref: "main" } });
    const local = test.due({ kind: "local", ref: "local" });
    expect(plan(local)).toMatchObject({ source: { kind: "merge", branch: "main" }, due: { kind: "merge", by: "bob" } });
  });

  it("is what was asked for before, with who asked", () => {
    expect(plan(test.due({ by: login("cem") }))).toMatchObject({ due: { kind: "merge", by: "cem" } });
  });

  it("is what the merge asks for where it was applied and not verified, and nothing where it was", () => {
    const applied = test.build().stacks[0]?.applied ?? null;
    const as = (verified: boolean) =>
      test
        .withRun({ state: verified ? "verified" : "verify-failed" })
        .with({ affected: false, applied: applied === null ? null : { ...applied, verified } });
    expect(plan(as(false))).toMatchObject({ mode: "normal", due: { kind: "merge", ref: "main", by: "bob" } });
    expect(plan(as(true))).toBeUndefined();
  });

  it("is told apart from what nobody knows", () => {
    const { reasons } = decide(
      flow,
      factsOf([test.with({ affected: undefined })], { pullRequest: aChange() }),
      command,
    );
    expect(reasons).toMatchObject([{ code: "fact-unknown" }]);
  });
});

describe("a merge that its row plans anew", () => {
  const demo = presetNamed("trunk-demo");
  const merge: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
  it("does not take a plan that was made before", () => {
    const about = aStack("prod/infra").with({ source: onBranch });
    expect(decided(demo, [about], merge, { pullRequest: aChange() })).toEqual(["plan prod/infra merge due"]);
  });
});
