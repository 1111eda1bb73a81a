import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { stackBaseName } from "../../domain/names.ts";
import { type Due, isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { refNameOf } from "../../flow/match.ts";
import { nextRelease } from "../../flow/releases.ts";
import { type Judged, judgeDue, refusal } from "../follow-up.ts";
import { rowsOfJob } from "../rows.ts";
import { no, yes } from "../rule.ts";

/** Somebody started a row by its name: a release, or the delivery of a ref. */
export function onDispatch(flow: Flow, facts: Facts, event: Event & { kind: "dispatch" }): Decision {
  const row = rowsOfJob(flow, event.job)[0];
  if (row === undefined)
    return refused(no("dispatch", "no-transition", `the flow has no row with the job "${event.job}"`));
  if (facts.maintainers?.includes(event.by) !== true)
    return refused(no("dispatch", "not-allowed", `${event.by} may not merge here, so may not start "${event.job}"`));
  const ref = facts.ref;
  if (ref === undefined)
    return refused(no("dispatch", "ref-not-allowed", `${event.ref} is no branch or tag of this repository`));
  if (row.do.includes("release")) return release(flow, facts, event, row);
  const due: Due = { kind: "dispatch", at: facts.now, by: event.by, ref: ref.ref, commit: ref.commit };
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    if (stack.environment !== row.environment) continue;
    const judged = deliver(flow, facts, stack, { due, row });
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (actions.length === 0)
    return refused(
      reasons[0] ?? no("dispatch", "not-affected", `nothing in ${row.environment} differs from ${event.ref}`),
    );
  return { actions, reasons };
}

function refused(verdict: Verdict): Decision {
  return {
    actions: [{ kind: "refuse", stack: null, run: null, code: verdict.code ?? "no-transition", why: verdict.sentence }],
    reasons: [verdict],
  };
}

function deliver(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { due, row }: { readonly due: Due; readonly row: Transition },
): { actions: readonly Action[]; reason: Verdict } {
  if (stack.affected !== true || stack.source === undefined) {
    return {
      actions: [],
      reason: no("dispatch", "not-affected", `${stack.stack} is applied as ${due.ref} has it already`),
    };
  }
  const foreign = whyForeign(flow, row, due.ref);
  if (foreign !== null) return { actions: [refusal(stack, null, foreign)], reason: foreign };
  const run = stack.run ?? null;
  if (run !== null) return keepStored(judgeDue(flow, facts, stack, { run, due, phase: "start" }));
  const why = `${stack.stack} has no stored plan for ${due.ref}`;
  return {
    actions: [{ kind: "plan", stack: stack.stack, source: stack.source, speculative: null, due, why }],
    reason: yes("dispatch", why),
  };
}

/** A ref that this very row does not deliver is not even planned: planning runs its code. Another row may deliver it to the same environment. */
function whyForeign(flow: Flow, row: Transition, ref: string): Verdict | null {
  const name = refNameOf(flow, ref);
  const environment = flow.environments.find((candidate) => candidate.name === row.environment);
  const allowed = row.ref === null ? (environment?.appliesFrom ?? []) : [row.ref];
  if (name !== undefined && allowed.includes(name)) return null;
  return no("dispatch", "ref-not-allowed", `"${row.job}" delivers ${allowed.join(", ")} only; ${ref} is none of it`);
}

/** A wish that may not be granted at all is no reason to throw away the plan that is stored for another one. */
function keepStored(judged: Judged): Judged {
  const wish = judged.reason.children?.find((child) => child.answer === "no");
  if (wish?.rule !== "ref" && wish?.rule !== "release") return judged;
  const actions = judged.actions.map((action) => (action.kind === "refuse" ? { ...action, run: null } : action));
  return { ...judged, actions };
}

/** A release is made when everything that its row needs is there; which version follows from the last one. */
function release(flow: Flow, facts: Facts, event: Event & { kind: "dispatch" }, row: Transition): Decision {
  const needs = row.needs.flatMap((need) =>
    facts.stacks.filter((stack) => stack.environment === need.environment).map((stack) => judgeNeed(stack, need.state)),
  );
  const missing = needs.find((verdict) => verdict.answer !== "yes");
  if (missing !== undefined) {
    const verdict: Verdict = { ...no("release", "release-not-ready", missing.sentence), children: needs };
    return { ...refused(verdict), reasons: [verdict] };
  }
  const next = nextRelease(flow, facts.latestRelease, event.inputs.version);
  if ("why" in next) return refused(no("release", "release-not-ready", next.why));
  const ref = facts.ref;
  if (ref === undefined || ref.ref !== next.from)
    return refused(no("release", "ref-not-allowed", `releases are made from ${next.from} only`));
  const why = `everything that ${next.tag} needs is there`;
  return {
    actions: [{ kind: "release", tag: next.tag, commit: ref.commit, why }],
    reasons: [{ ...yes("release", why), children: needs }],
  };
}

function judgeNeed(stack: StackFacts, state: "applied" | "planned"): Verdict {
  if (stack.affected === undefined || stack.applied === undefined || stack.inputs === undefined) {
    return no("need", "fact-unknown", `what is applied to ${stack.stack} is not known`);
  }
  const applied =
    stack.inputs === null ||
    (stack.applied !== null && stack.applied.inputs === stack.inputs && stack.applied.verified);
  if (applied) return yes("need", `${stack.stack} is applied and verified`);
  if (state === "applied")
    return no(
      "need",
      "after-not-applied",
      `${stackBaseName(stack.stack)} is not applied and verified in ${stack.environment} yet`,
    );
  const stands = stack.run != null && (isOpen(stack.run.state) || stack.run.state === "no-changes");
  if (stands && stack.plan?.manifest.inputs === stack.inputs) return yes("need", `a plan of ${stack.stack} is stored`);
  return no("need", "plan-missing", `no plan of ${stack.stack} is stored for this commit`);
}
