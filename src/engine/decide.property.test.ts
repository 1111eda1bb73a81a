import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyEvent } from "../../test/engine/any-event.ts";
import { anyFacts } from "../../test/engine/any-facts.ts";
import { presetNamed, presetWith } from "../../test/engine/decisions.ts";
import { isSettled, wrongs } from "../../test/engine/oracle.ts";
import type { Action, Decision } from "../domain/decision.ts";
import type { Event } from "../domain/event.ts";
import type { Facts, StackFacts } from "../domain/facts.ts";
import { parseReasonCode } from "../domain/reason.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { presetNames } from "../flow/index.ts";
import { applyNeeds, decide } from "./index.ts";

const flows: readonly { readonly name: string; readonly flow: Flow }[] = [
  ...presetNames.map((name) => ({ name, flow: presetNamed(name) })),
  {
    name: "trunk-demo, with a second gate",
    flow: presetWith("trunk-demo", {
      from: "test: { kind: test,",
      to: "test: { kind: test, approvals: { count: 1, by: owners },",
    }),
  },
  {
    name: "gitflow, with windows",
    flow: presetWith("gitflow", { from: "windows: always", to: 'windows: ["Mon-Thu 12:00-16:00 UTC"]' }),
  },
  {
    name: "gitflow, frozen, with drift put back",
    flow: presetWith("gitflow", {
      from: /windows: always[\s\S]*drift: detect/,
      to: `freezes: [{ from: "2026-01-07T00:00:00Z", to: "2026-01-08T00:00:00Z", because: audit }]
    emergency: { label: urgent, waives: [windows], review: 48h }
stacks:
  - root: "stacks/{stack}"
    in: [dev, stage, prod]
    backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"]
when:
  - { on: push, to: dev, in: dev, do: [check, plan, apply] }
  - { on: merge, into: develop, in: stage, do: [apply, verify] }
  - { on: merge, into: main, in: prod, do: [apply, verify] }
  - { on: schedule, cron: "0 1 * * *", in: prod, do: [drift], drift: apply`,
    }),
  },
];

const applies: ReadonlySet<Action["kind"]> = new Set(["apply", "destroy", "replan"]);

/** What is wrong with a decision whatever the facts, in words; nothing in a good one. */
function brokenPromises(flow: Flow, facts: Facts, event: Event, { actions, reasons }: Decision): readonly string[] {
  const found: string[] = [];
  if (reasons.length === 0) found.push("no reason");
  for (const reason of reasons)
    if (reason.answer !== "yes" && reason.code === undefined) found.push("a no without a code");
  for (const action of actions) {
    if (action.why === "") found.push(`${action.kind} without a why`);
    if (action.kind === "wait" && action.until === null && action.after === null) found.push("a wait without an end");
    if ("code" in action && parseReasonCode(action.code) === undefined) found.push(`the code ${action.code}`);
    if (applies.has(action.kind) && event.kind !== "apply-ready") found.push(`${action.kind} on ${event.kind}`);
    if (action.kind === "flag" && action.commit !== null && action.issue === "close") {
      if (!isSettled(flow, facts, action.commit)) found.push(`${action.commit} taken for settled`);
    }
    if (action.kind === "plan" && action.mode === "destroy" && !mayGo(flow, facts, event, action.stack))
      found.push(`a plan to destroy ${action.stack}`);
    if (action.kind === "start" || action.kind === "apply" || action.kind === "destroy")
      found.push(...brokenByApply(flow, facts, action, reasons));
  }
  return found;
}

/** A person may look at what they would destroy; else it is planned only where it may be carried out. */
function mayGo(flow: Flow, facts: Facts, event: Event, stack: string): boolean {
  const name = facts.stacks.find((candidate) => candidate.stack === stack)?.environment;
  const again = facts.stacks.some(({ run, others }) =>
    [run, ...(others ?? [])].some((known) => known?.mode === "destroy"),
  );
  const destroyable = flow.environments.find((environment) => environment.name === name)?.destroyable === true;
  // What somebody planned to destroy before is planned again, and asked for again where it was.
  return destroyable || again || event.kind === "local-plan";
}

function brokenByApply(
  flow: Flow,
  facts: Facts,
  action: Action & { readonly kind: "start" | "apply" | "destroy" },
  reasons: readonly Verdict[],
): readonly string[] {
  const stack = facts.stacks.find((candidate) => candidate.run?.id === action.run);
  const run = stack?.run ?? null;
  if (stack === undefined || run === null) return ["a run that nobody told of"];
  const due = action.kind === "start" ? action.due : run.due;
  const found: string[] = [];
  // Breaking the glass passes by what is asked of people, known or not.
  if (due?.kind !== "local") {
    const unknown = applyNeeds.filter((fact) => !isTold(fact, facts, stack));
    if (unknown.length > 0) found.push(`${action.kind} not knowing ${unknown.join(", ")}`);
  }
  if (action.kind === "start") return found;
  if (action.kind !== (run.mode === "destroy" ? "destroy" : "apply")) found.push(`${action.kind} of a ${run.mode} run`);
  if (action.plan !== stack.plan?.digest) found.push("another plan than the stored one");
  if (reasons.some(({ answer }) => answer !== "yes")) found.push(`${action.kind} past a no`);
  return [...found, ...wrongs(flow, facts, stack, run)];
}

function isTold(fact: string, facts: Facts, stack: StackFacts): boolean {
  const [first, field] = fact.split(".");
  return field === undefined
    ? facts[first as keyof Facts] !== undefined
    : stack[field as keyof StackFacts] !== undefined;
}

describe("decide, whatever it is told", () => {
  it.each(flows)("keeps its promises: $name", ({ flow }) => {
    const seen: Partial<Record<Action["kind"], number>> = {};
    fc.assert(
      fc.property(anyFacts(flow), anyEvent(flow), (facts, event) => {
        const decision = decide(flow, facts, event);
        for (const { kind } of decision.actions) seen[kind] = (seen[kind] ?? 0) + 1;
        expect(brokenPromises(flow, facts, event, decision)).toEqual([]);
        expect(JSON.stringify(decide(flow, facts, event))).toBe(JSON.stringify(decision));
      }),
      { numRuns: 10_000 },
    );
    // A property that never met an apply would prove nothing about applies.
    const least = { apply: 60, start: 20, refuse: 500, wait: 100, replan: 5, plan: 30 };
    for (const [kind, count] of Object.entries(least))
      expect(seen[kind as Action["kind"]] ?? 0, kind).toBeGreaterThan(count);
  });

  it("changes nothing that it is told", () => {
    const { flow } = flows[0] as (typeof flows)[number];
    fc.assert(
      fc.property(anyFacts(flow), anyEvent(flow), (facts, event) => {
        const before = JSON.stringify([facts, event]);
        decide(flow, facts, event);
        expect(JSON.stringify([facts, event])).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});
