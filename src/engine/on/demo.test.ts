import { describe, expect, it } from "vitest";
import {
  decided,
  factsOf,
  from,
  goes,
  judged,
  otherRun,
  presetNamed,
  presetWith,
} from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import type { Flow } from "../../flow/flow.ts";
import { aDue, answer, aStack, commit, login, planTime, runId } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const flow = presetNamed("trunk-demo");
const ref = { ref: "feature/NET-12", commit: commit("c1"), release: null };
const start = (job: string, by = "ann", inputs: Record<string, string> = {}): Event => ({
  kind: "dispatch",
  job,
  ref: ref.ref,
  by: login(by),
  inputs,
});
const source = { kind: "dispatch", by: login("ann"), ref: ref.ref, commit: commit("c1") } as const;
const stack = from(aStack("test/infra"), source).with({ changes: [] });
const idle = stack.with({ run: null, plan: null });

describe("a demonstration", () => {
  it.each([
    { name: "is planned for its apply", event: start("Demo (apply)"), actions: ["plan test/infra dispatch due"] },
    {
      name: "is planned anew, whatever is stored",
      about: stack,
      event: start("Demo (apply)"),
      actions: ["plan test/infra dispatch due"],
    },
    {
      name: "ends with a plan to destroy",
      event: start("Demo (destroy)"),
      actions: ["plan test/infra dispatch destroy due"],
    },
    { name: "is not for strangers", event: start("Demo (apply)", "eve"), actions: ["refuse not-allowed"] },
    {
      name: "is not of a branch that the flow does not know",
      event: start("Demo (apply)"),
      ref: { ...ref, ref: "feature/whatever" },
      actions: ["refuse test/infra ref-not-allowed"],
    },
    {
      name: "does not destroy for a branch that the flow does not know",
      event: start("Demo (destroy)"),
      ref: { ...ref, ref: "feature/whatever" },
      actions: ["refuse test/infra ref-not-allowed"],
    },
    {
      name: "destroys nothing where nothing stands",
      about: idle.with({ affected: false }),
      event: start("Demo (destroy)"),
      actions: ["refuse not-affected"],
    },
    {
      name: "is refused when nobody knows what differs",
      about: idle.with({ affected: undefined }),
      event: start("Demo (destroy)"),
      actions: ["refuse test/infra fact-unknown"],
    },
    {
      name: "of a stack that is not there is refused whole",
      event: start("Demo (apply)", "ann", { stacks: "infra, typo" }),
      actions: ["refuse no-transition"],
    },
    {
      name: "of named stacks is of those",
      event: start("Demo (apply)", "ann", { stacks: "test/infra" }),
      actions: ["plan test/infra dispatch due"],
    },
  ])("$name", ({ about = idle, event, ref: given = ref, actions }) => {
    expect(decided(flow, [about], event, { ref: given })).toEqual(actions);
  });

  it("does not destroy where the flow does not let it, even when a row says so", () => {
    const loose: Flow = {
      ...flow,
      environments: flow.environments.map((environment) => ({ ...environment, destroyable: false })),
    };
    expect(decided(loose, [idle], start("Demo (destroy)"), { ref })).toEqual(["refuse test/infra not-destroyable"]);
  });
});

const gate = (by: string, name: string, about = {}) =>
  answer(by, "approve", { via: "gate", pullRequest: null, environment: name, ...about });

describe("the gates of a demonstration", () => {
  const demo = stack
    .due({ kind: "dispatch", job: "Demo (apply)", ref: ref.ref, by: login("ann") })
    .with({ writers: [login("cem")] });
  const teardown = demo
    .due({ kind: "dispatch", job: "Demo (destroy)", ref: ref.ref, by: login("ann") })
    .withRun({ mode: "destroy" })
    .planned({ mode: "destroy" });
  const waits = { first: ["wait approval-missing"], second: ["wait approval-missing"] };
  const destroys = { first: ["start"], second: ["destroy"] };
  it.each([
    {
      name: "open for an owner who neither wrote nor started it",
      about: demo.said(gate("bob", "demo-test")),
      result: goes,
    },
    { name: "stay shut for a writer", about: demo.said(gate("cem", "demo-test")), result: waits },
    { name: "stay shut for who started it", about: demo.said(gate("ann", "demo-test")), result: waits },
    { name: "stay shut for strangers", about: demo.said(gate("eve", "demo-test")), result: waits },
    { name: "are not opened at the other gate", about: demo.said(gate("bob", "teardown-test")), result: waits },
    { name: "are not opened by the environment's name", about: demo.said(gate("bob", "test")), result: waits },
    {
      name: "are not opened before the plan was shown",
      about: demo.said(gate("bob", "demo-test", { at: planTime })),
      result: waits,
    },
    { name: "are not opened on somebody's pull request", about: demo.said(answer("bob", "approve")), result: waits },
    { name: "of a teardown open by themselves", about: teardown.said(gate("bob", "teardown-test")), result: destroys },
    {
      name: "of a teardown are not those of the demonstration",
      about: teardown.said(gate("bob", "demo-test")),
      result: waits,
    },
    {
      name: "of a teardown stay shut for who started it",
      about: teardown.said(gate("ann", "teardown-test")),
      result: waits,
    },
    {
      name: "stay shut for who asked for the plan, when somebody else runs it again",
      about: demo
        .due({ kind: "dispatch", job: "Demo (apply)", ref: ref.ref, by: login("cem") })
        .said(gate("ann", "demo-test")),
      result: waits,
    },
    {
      name: "let no plan to apply pass as a teardown",
      about: teardown.planned({ mode: "normal" }).said(gate("bob", "teardown-test")),
      result: { first: ["refuse target-moved"], second: ["refuse target-moved"] },
    },
    {
      name: "let no plan to destroy pass as a demonstration",
      about: demo.planned({ mode: "destroy" }).said(gate("bob", "demo-test")),
      result: { first: ["refuse target-moved"], second: ["refuse target-moved"] },
    },
    {
      name: "let no teardown pass by the job that applies",
      about: teardown
        .due({ kind: "dispatch", job: "Demo (apply)", ref: ref.ref, by: login("ann") })
        .said(gate("bob", "demo-test"), gate("bob", "teardown-test")),
      result: { first: ["refuse ref-not-allowed"], second: ["refuse ref-not-allowed"] },
    },
    {
      name: "let nothing pass that is due by no job",
      about: demo.due({ kind: "dispatch", job: null, ref: ref.ref, by: login("ann") }).said(gate("bob", "demo-test")),
      result: { first: ["refuse ref-not-allowed"], second: ["refuse ref-not-allowed"] },
    },
  ])("$name", ({ about, result }) => {
    expect(judged(flow, about)).toEqual(result);
  });

  it("a yes at a gate that an apply waits at too says nothing of a teardown", () => {
    const shared = presetWith("trunk-demo", {
      from: /test: \{ kind: test,/,
      to: "test: { kind: test, approvals: { count: 1, by: owners },",
    });
    const both = { others: [otherRun({ due: aDue({ kind: "dispatch" }) })] };
    const asked = teardown.said(gate("bob", "teardown-test"), gate("bob", "test"));
    expect(judged(shared, asked)).toEqual(destroys);
    expect(judged(shared, asked.with(both))).toEqual(waits);
    const named = teardown.said(gate("bob", "teardown-test"), gate("bob", "test", { plan: digestOf("plan") }));
    expect(judged(shared, named.with(both))).toEqual(destroys);
  });
});

describe("a demonstration that ended", () => {
  const due = { kind: "dispatch", job: "Demo (apply)", ref: ref.ref } as const;
  it.each([
    { outcome: "verified", state: "verified" },
    { outcome: "failed", state: "verify-failed" },
  ] as const)("$outcome offers its teardown", ({ outcome, state }) => {
    const facts = factsOf([stack.due(due).withRun({ state })]);
    const { reasons } = decide(flow, facts, { kind: "run-verified", run: runId("1"), outcome });
    expect(reasons[0]?.sentence).toContain('"Demo (destroy)" can be started now');
  });

  it("destroyed has nothing left to verify", () => {
    const gone = stack
      .due({ ...due, job: "Demo (destroy)" })
      .withRun({ mode: "destroy", state: "verified" })
      .with({ others: [otherRun({ again: source, due: aDue(due) })] });
    expect(decided(flow, [gone], { kind: "run-applied", run: runId("1"), outcome: "applied" })).toEqual([
      "supersede test/infra",
      "plan test/infra dispatch due",
    ]);
  });

  it("a teardown takes no place of an apply, nor an apply that of a teardown", () => {
    const others = [
      otherRun({ again: source, pullRequest: null, due: aDue(due) }),
      otherRun({ again: source, mode: "destroy", id: runId("6") }),
    ];
    const planned: Event = { kind: "run-planned", run: runId("1"), outcome: "changes" };
    const superseded = (about: typeof stack) =>
      decide(flow, factsOf([about.with({ others })]), planned).actions.flatMap((action) =>
        action.kind === "supersede" ? [action.run] : [],
      );
    expect(superseded(stack.due(due))).toEqual([runId("5")]);
    expect(superseded(stack.due({ ...due, job: "Demo (destroy)" }).withRun({ mode: "destroy" }))).toEqual([runId("6")]);
  });
});
