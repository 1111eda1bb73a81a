import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, PushFacts, StackFacts } from "../../domain/facts.ts";
import { type Due, isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { type Judged, judgeDue, refusal } from "../follow-up.ts";
import { overLimit } from "../pushes.ts";
import { rowsInto, rowsOfPush } from "../rows.ts";
import { no, yes } from "../rule.ts";
import { judgeDeleted } from "../stacks.ts";
import { bringBack, freeHeld } from "./branches.ts";

/**
 * A branch got another head by no pull request. What the flow does on a push to it is done; what came past the reviews of
 * a protected branch is flagged, and waits in every environment until somebody accepts it.
 */
export function onPush(flow: Flow, facts: Facts, event: Event & { kind: "push" }): Decision {
  if (event.commit === null) {
    const freed = freeHeld(facts, event.by, `${event.branch} was deleted`);
    return freed.actions.length > 0 ? freed : nothing(`${event.branch} was deleted`);
  }
  const { push } = facts;
  if (push === undefined || push === null) {
    return {
      actions: [],
      reasons: [no("push", "fact-unknown", `what the push to ${event.branch} brought is not known`)],
    };
  }
  const rows = rowsOfPush(flow, event.branch);
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  const flagged = flagOf(flow, push);
  if (flagged !== null) {
    actions.push(flagged.action);
    reasons.push(flagged.reason);
  }
  if (rows.some((row) => row.do.includes("check")))
    actions.push({
      kind: "check",
      pullRequest: null,
      commit: event.commit,
      problems: flagged === null ? [] : [flagged.reason.sentence],
      why: "the flow checks every push",
    });
  const back = bringBack(facts);
  actions.push(...back.actions);
  reasons.push(...back.reasons);
  const due: Due = { kind: "push", at: facts.now, by: event.by, ref: event.branch, commit: event.commit, job: null };
  for (const stack of facts.stacks) {
    const judged = judgeStack(flow, facts, stack, { rows, push, due });
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (reasons.length > 0) return { actions, reasons };
  return rows.length === 0
    ? nothing(`the flow has no row for a push to ${event.branch}`)
    : { actions, reasons: [no("push", "not-affected", `the push to ${event.branch} affects no stack`)] };
}

function nothing(sentence: string): Decision {
  return { actions: [], reasons: [no("push", "no-transition", sentence)] };
}

/** A push to a protected branch that is more than it takes without a pull request. */
function flagOf(flow: Flow, push: PushFacts): { readonly action: Action; readonly reason: Verdict } | null {
  const over = branchClassOf(flow, push.branch)?.protected === true ? overLimit(flow, push) : null;
  if (over === null) return null;
  const { branch, commit } = push;
  const who = push.writers.join(", ") || "somebody";
  const why = `${who} pushed ${push.commit.slice(0, 12)}: ${over.sentence}`;
  return {
    action: { kind: "flag", stack: null, branch, commit, code: over.code, issue: "open", until: null, why },
    reason: no("push", over.code, why),
  };
}

function judgeStack(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  about: { readonly rows: readonly Transition[]; readonly push: PushFacts; readonly due: Due },
): Judged {
  const { push, due } = about;
  const rows = about.rows.filter((row) => row.environment === stack.environment);
  const applies = rows.some((row) => row.do.includes("apply"));
  if (!applies && !rows.some((row) => row.do.includes("plan"))) {
    const sentence = `the flow plans nothing in ${stack.environment} for a push to ${push.branch}`;
    // Where it plans elsewhere, this environment is left out on purpose, and nobody is asked for a row.
    const plansElsewhere = about.rows.some((row) => row.do.includes("plan") || row.do.includes("apply"));
    return { actions: [], reason: plansElsewhere ? yes("push", sentence) : no("push", "no-transition", sentence) };
  }
  const deleted = judgeDeleted(facts, stack);
  if (deleted !== null) return deleted;
  const run = stack.run ?? null;
  const stands = run !== null && isOpen(run.state);
  if (stack.affected === undefined) {
    const reason = no("push", "fact-unknown", `whether the push alters ${stack.stack} is not known`);
    return { actions: [refusal(stack, null, reason)], reason };
  }
  if (!stack.affected) {
    const why = `the push alters nothing that ${stack.stack} is made from`;
    const actions: Action[] = stands ? [{ kind: "supersede", run: run.id, stack: stack.stack, why }] : [];
    return { actions, reason: no("push", "not-affected", why) };
  }
  const [open] = push.openPullRequests;
  if (!applies && open !== undefined && isPlannedThere(flow, facts, stack))
    return { actions: [], reason: yes("push", `${stack.stack} is planned for pull request ${open}`) };
  if (stands && stack.plan?.manifest.inputs === stack.inputs) {
    if (applies) return judgeDue(flow, facts, stack, { run, due, phase: "start" });
    return { actions: [], reason: yes("push", `${stack.stack} is planned from these inputs already`) };
  }
  if (stack.source === undefined) {
    const reason = no("push", "fact-unknown", `what ${stack.stack} would be planned from is not known`);
    return { actions: [refusal(stack, null, reason)], reason };
  }
  const why = `the push alters ${stack.stack}`;
  const { source } = stack;
  const actions: Action[] = [];
  if (stands) actions.push({ kind: "supersede", run: run.id, stack: stack.stack, why: "the branch was pushed to" });
  const asked = applies ? due : null;
  actions.push({ kind: "plan", stack: stack.stack, source, mode: "normal", speculative: null, due: asked, why });
  return { actions, reason: yes("push", why) };
}

/** An open pull request from this branch gets the same plan, by a row of its own. */
function isPlannedThere(flow: Flow, { pullRequest }: Facts, stack: StackFacts): boolean {
  const rows =
    pullRequest == null
      ? flow.when.filter((row) => row.on === "pull_request")
      : rowsInto(flow, "pull_request", pullRequest.base);
  return rows.some((row) => row.environment === stack.environment && row.do.includes("plan"));
}
