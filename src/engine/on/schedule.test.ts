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
  words,
} from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import { aDue, answer, aStack, commit, login, runId, stackName } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const detect = presetNamed("gitflow");
const propose = presetWith("gitflow", { from: "drift: detect", to: "drift: propose" });
const apply = presetWith("gitflow", { from: "drift: detect", to: "drift: apply" });
const cron = "0 1 * * *";
const event: Event = { kind: "schedule", cron };
const source = { kind: "schedule", cron, ref: "main", commit: commit("c1") } as const;
const idle = from(aStack("prod/app"), source).with({ run: null, plan: null });

describe("the clock of the flow", () => {
  it.each([
    { name: "has every stack looked at", about: idle, actions: ["drift prod/app"] },
    { name: "leaves alone where nothing is applied", about: idle.with({ applied: null }), actions: [] },
    { name: "leaves alone what is not known", about: idle.with({ applied: undefined }), actions: [] },
    {
      name: "does not look twice at a time",
      about: from(aStack("prod/app"), source).withRun({ mode: "refresh-only", state: "planning" }),
      actions: [],
    },
    { name: "does not look where no row says so", about: aStack("stage/app"), actions: [] },
  ])("$name", ({ about, actions }) => {
    const decision = decide(detect, factsOf([about]), event);
    expect(words(decision)).toEqual(actions);
    expect(decision.reasons).not.toEqual([]);
  });

  it("says so when no row has its time", () => {
    expect(decide(detect, factsOf([idle]), { kind: "schedule", cron: "5 5 * * *" }).reasons).toMatchObject([
      { code: "no-transition" },
    ]);
  });
});

describe("a look for drift", () => {
  const looked = from(aStack("prod/app"), source).withRun({
    mode: "refresh-only",
    state: "discarded",
    code: "drift-found",
    due: null,
    plan: null,
  });
  const planned: Event = { kind: "run-planned", run: runId("1"), outcome: "changes" };
  const older = otherRun({ again: source, pullRequest: null });
  it.each([
    { name: "is reported", flow: detect, about: looked, actions: ["flag prod/app drift-found open"] },
    {
      name: "is answered with a plan that puts it right",
      flow: propose,
      about: looked,
      actions: ["flag prod/app drift-found open", "plan prod/app schedule"],
    },
    {
      name: "is answered with one plan, however often it is found",
      flow: propose,
      about: looked.with({ others: [older] }),
      actions: ["flag prod/app drift-found open", "supersede prod/app", "plan prod/app schedule"],
    },
    {
      name: "leaves alone what else waits on the stack",
      flow: propose,
      about: looked.with({ others: [otherRun({})] }),
      actions: ["flag prod/app drift-found open", "plan prod/app schedule"],
    },
    {
      name: "asks for the apply of that plan, where the flow wants it",
      flow: apply,
      about: looked,
      actions: ["flag prod/app drift-found open", "plan prod/app schedule due"],
    },
    {
      name: "that found nothing closes what it told",
      flow: detect,
      about: looked.withRun({ state: "no-changes", code: null }),
      actions: ["flag prod/app drift-found close"],
    },
    {
      name: "at somebody's terminal tells them alone",
      flow: apply,
      about: looked.withRun({ source: { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } }),
      actions: [],
    },
  ])("$name", ({ flow, about, actions }) => {
    expect(decided(flow, [about], planned)).toEqual(actions);
  });

  it("that failed is told as what it is", () => {
    const failed = looked.withRun({ state: "failed", code: "state-locked" });
    expect(decided(detect, [failed], { ...planned, outcome: "failed" })).toEqual(["refuse prod/app state-locked"]);
  });

  it("proposes to people, who are shown the plan, and waits for nothing", () => {
    const proposed = from(aStack("prod/app"), source).withRun({ due: null, state: "planned" });
    expect(decided(propose, [proposed], planned)).toEqual(["comment prod/app"]);
  });

  it("takes no place of what somebody waits for", () => {
    const proposed = from(aStack("prod/app"), source)
      .withRun({ due: null, state: "planned" })
      .with({ others: [otherRun({ due: aDue() }), older] });
    expect(decided(propose, [proposed], planned)).toEqual(["supersede prod/app", "comment prod/app"]);
  });
});

describe("putting drift back", () => {
  const devops = { teams: { devops: ["ann", "bob", "cem"].map(login) } };
  const due = { kind: "schedule", ref: "main", by: login("plangate-bot") } as const;
  const back = from(aStack("prod/app"), source).due(due).with({ changes: [], writers: [] });
  const approved = back.said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));
  const refused = (code: string) => ({ first: [`refuse ${code}`], second: [`refuse ${code}`] });
  it.each([
    {
      name: "passes the gate like anything else",
      flow: apply,
      about: back,
      result: { first: ["wait approval-missing"], second: ["wait approval-missing"] },
    },
    { name: "goes on when the gate opens", flow: apply, about: approved, result: goes },
    { name: "is refused once the flow only reports", flow: detect, about: approved, result: refused("no-transition") },
    {
      name: "is refused once the flow only proposes",
      flow: propose,
      about: approved,
      result: refused("no-transition"),
    },
    {
      name: "is not undone by what stage got meanwhile",
      flow: apply,
      about: approved.with({ before: [{ stack: stackName("stage/app"), inputs: digestOf("inputs"), applied: null }] }),
      result: goes,
    },
    {
      name: "never destroys",
      flow: apply,
      about: approved.withRun({ mode: "destroy" }).planned({ mode: "destroy" }),
      result: refused("no-transition"),
    },
  ])("$name", ({ flow, about, result }) => {
    expect(judged(flow, about, devops)).toEqual(result);
  });

  it("is planned again from what is applied by then, not from what was", () => {
    const moved = approved.with({ inputs: digestOf("newer"), commit: commit("c9") });
    const { actions } = decide(apply, factsOf([moved], devops), { kind: "tick" });
    expect(actions).toMatchObject([
      { kind: "supersede" },
      { kind: "plan", source: { kind: "schedule", commit: commit("c9") }, due: { commit: commit("c9") } },
    ]);
  });
});
