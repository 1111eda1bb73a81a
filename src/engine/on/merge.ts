import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { type Due, isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue } from "../follow-up.ts";
import { rowsInto } from "../rows.ts";
import { no, yes } from "../rule.ts";

/** A pull request was merged: what was stored for it is applied where the flow says so, and what comes later is planned. */
export function onMerge(flow: Flow, facts: Facts, event: Event & { kind: "merge" }): Decision {
  const rows = rowsInto(flow, "merge", event.branch);
  if (rows.length === 0) {
    return {
      actions: [],
      reasons: [no("merge", "no-transition", `the flow has no row for a merge into ${event.branch}`)],
    };
  }
  const due: Due = { kind: "merge", at: facts.now, by: event.by, ref: event.branch, commit: event.commit };
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    const row = rows.find((candidate) => candidate.environment === stack.environment);
    const judged =
      row === undefined
        ? notNamed(stack, event.branch)
        : deliver(flow, facts, stack, { applies: row.do.includes("apply"), due });
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (facts.stacks.length === 0)
    reasons.push(no("merge", "not-affected", `the merge into ${event.branch} affects no stack`));
  return { actions, reasons };
}

function notNamed(stack: StackFacts, branch: string): { actions: readonly Action[]; reason: Verdict } {
  return {
    actions: [],
    reason: no("merge", "no-transition", `the flow does nothing in ${stack.environment} on a merge into ${branch}`),
  };
}

function deliver(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { applies, due }: { readonly applies: boolean; readonly due: Due },
): { actions: readonly Action[]; reason: Verdict } {
  const run = stack.run ?? null;
  if (stack.affected === undefined || stack.source === undefined) {
    const reason = no("merge", "fact-unknown", `whether ${stack.stack} is affected is not known`);
    return {
      actions: [{ kind: "refuse", stack: stack.stack, run: null, code: "fact-unknown", why: reason.sentence }],
      reason,
    };
  }
  if (!stack.affected) {
    const why = `the merge changes nothing that ${stack.stack} is made from`;
    const stands = run !== null && isOpen(run.state);
    return {
      actions: stands ? [{ kind: "supersede", run: run.id, stack: stack.stack, why }] : [],
      reason: no("merge", "not-affected", why),
    };
  }
  const empty =
    run?.state === "no-changes" && stack.plan?.speculative === null && stack.plan.manifest.inputs === stack.inputs;
  if (applies && empty) {
    return { actions: [], reason: no("merge", "no-changes", `the plan of ${stack.stack} is empty`) };
  }
  if (applies && run !== null) return judgeDue(flow, facts, stack, { run, due, phase: "start" });
  const why = applies
    ? `${stack.stack} has no stored plan for this merge`
    : `a plan of ${stack.stack} is stored for later`;
  return {
    actions: [
      { kind: "plan", stack: stack.stack, source: stack.source, speculative: null, due: applies ? due : null, why },
    ],
    reason: yes("merge", why),
  };
}
