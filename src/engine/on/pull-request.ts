import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import { durationText, type Login } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import { type Due, isOpen, type Run, type RunState } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { planFor, refusal, wait } from "../follow-up.ts";
import { keepsFromPlanning, problemsOf } from "../problems.ts";
import { rowsInto } from "../rows.ts";
import { no, waiting, yes } from "../rule.ts";
import { holdsPlan, isStanding, judgeDeleted, ofPullRequest, tearDown } from "../stacks.ts";
import { onWake } from "./wake.ts";

/**
 * A pull request was opened or changed: plan every stack it affects, in the environments the flow names. One that is
 * merged has nothing to plan, and what was changed about it may be what its apply waits for.
 */
export function onPullRequest(flow: Flow, facts: Facts, event: Event & { kind: "pull-request" }): Decision {
  if (facts.pullRequest?.state === "merged") return onWake(flow, facts);
  return planPullRequest(flow, facts, event, false);
}

/** `/plangate plan`: what is due is planned anew; on a fork, somebody who may merge takes the code over by it. */
export function onPlanCommand(flow: Flow, facts: Facts, event: Event & { kind: "command" }): Decision {
  const asked: Facts =
    event.stack === null ? facts : { ...facts, stacks: facts.stacks.filter((stack) => stack.stack === event.stack) };
  const trusted = facts.maintainers?.includes(event.by) === true;
  if (!trusted) {
    const verdict = no("command", "not-allowed", `${event.by} may not merge here, so may not ask for plans`);
    return {
      actions: [{ kind: "refuse", stack: event.stack, run: null, code: "not-allowed", why: verdict.sentence }],
      reasons: [verdict],
    };
  }
  if (asked.pullRequest?.state === "merged") return planAgain(flow, asked, event.by);
  return planPullRequest(flow, asked, event, true);
}

/**
 * After the merge: what was interrupted, failed, expired or refused is planned again, for the same wish. Where the flow
 * applies on a merge, the merge itself is the wish, also when the first plan was refused before anything came of it.
 */
function planAgain(flow: Flow, facts: Facts, by: Login): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    const run = stack.run ?? null;
    const deleted = judgeDeleted(facts, stack);
    const obstacle = deleted?.reason ?? whyNotDue(stack);
    if (obstacle !== null) {
      actions.push(...(deleted?.actions ?? []));
      reasons.push(obstacle);
      continue;
    }
    if (run !== null && isOpen(run.state))
      actions.push({ kind: "supersede", run: run.id, stack: stack.stack, why: "a new plan was asked for" });
    const why = `a new plan of ${stack.stack} was asked for`;
    const wish = wishOf(run);
    const { source } = stack;
    if (run !== null && wish !== null) actions.push(planFor(wish, run, stack, why));
    else if (source !== undefined) {
      const due = dueByMerge(flow, facts, stack, by);
      actions.push({ kind: "plan", stack: stack.stack, source, mode: "normal", speculative: null, due, why });
    }
    reasons.push(yes("plan", why));
  }
  if (facts.stacks.length === 0) reasons.push(no("plan", "not-affected", "nothing is due"));
  return { actions, reasons };
}

/** What was applied and never verified is due as what was never applied: nothing else would lead on from there. */
function whyNotDue({ stack, source, affected, applied, run }: StackFacts): Verdict | null {
  if (source === undefined || affected === undefined)
    return no("plan", "fact-unknown", `whether anything of ${stack} is due is not known`);
  if (!affected && applied?.verified !== false) return no("plan", "not-affected", `nothing of ${stack} is due`);
  return run?.state === "applying" ? no("plan", "stack-leased", `${run.id} is applying ${stack} just now`) : null;
}

/**
 * What asked for an apply from here and did not get it: an earlier change that was applied wishes for nothing any more.
 * Nobody who asks for a plan asks for a destroy, or for what somebody did at their own terminal.
 */
function wishOf(run: Run | null): Due | null {
  if (run === null || run.due === null || run.mode !== "normal" || isFulfilled(run.state)) return null;
  return run.due.kind === "merge" || run.due.kind === "dispatch" || run.due.kind === "release" ? run.due : null;
}

function isFulfilled(state: RunState): boolean {
  return state === "applied" || state === "verifying" || state === "verified" || state === "verify-failed";
}

function dueByMerge(flow: Flow, facts: Facts, stack: StackFacts, by: Login): Due | null {
  const branch = facts.pullRequest?.base ?? "";
  const applies = rowsInto(flow, "merge", branch).some(
    (row) => row.environment === stack.environment && row.do.includes("apply"),
  );
  return applies ? { kind: "merge", at: facts.now, by, ref: branch, commit: stack.commit, job: null } : null;
}

function planPullRequest(
  flow: Flow,
  facts: Facts,
  { pullRequest: number, by }: { readonly pullRequest: number; readonly by: Login },
  asked: boolean,
): Decision {
  const change = facts.pullRequest;
  if (change === undefined || change === null) {
    return { actions: [], reasons: [no("pull-request", "fact-unknown", `pull request ${number} is not known`)] };
  }
  if (change.state === "closed") {
    return { actions: [], reasons: [no("closed", "closed-without-merge", `pull request ${number} is closed`)] };
  }
  const rows = rowsInto(flow, "pull_request", change.base);
  if (rows.length === 0) {
    return {
      actions: [],
      reasons: [no("pull-request", "no-transition", `the flow has no row for a pull request into ${change.base}`)],
    };
  }
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  const problems = problemsOf(flow, change);
  if (rows.some((row) => row.do.includes("check"))) {
    actions.push({
      kind: "check",
      pullRequest: number,
      commit: change.head,
      problems: problems.map(({ sentence }) => sentence),
      why: "the flow checks every pull request",
    });
  }
  const old = whyOld(flow, facts, change);
  if (old !== null) actions.push(old);
  const admitted = admits(problems, change, asked);
  const due: Due = { kind: "pull-request", at: facts.now, by, ref: change.headBranch, commit: change.head, job: null };
  for (const stack of facts.stacks) {
    const judged = judgeDeleted(facts, stack) ?? planStack(rows, change, stack, { admitted, asked, due });
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (facts.stacks.length === 0) reasons.push(no("plan", "not-affected", `pull request ${number} affects no stack`));
  return { actions, reasons };
}

/** Whether anything that holds an identity may run for this pull request at all. */
function admits(problems: readonly Verdict[], change: PullRequestFacts, asked: boolean): Verdict {
  const keeping = problems.filter(keepsFromPlanning);
  const refused = keeping.find(({ answer }) => answer === "no");
  if (refused !== undefined) return refused;
  if (change.fork && !asked) {
    return waiting(
      "fork",
      "fork-not-trusted",
      `pull request ${change.number} comes from a fork, and planning runs its code`,
      { after: "/plangate plan by somebody who may merge" },
    );
  }
  return keeping[0] ?? yes("admitted", `pull request ${change.number} may be planned`);
}

/** A branch that lives for longer than its class should is named; nothing is stopped by that. */
function whyOld(flow: Flow, { now }: Facts, change: PullRequestFacts): Action | null {
  const maxAge = branchClassOf(flow, change.headBranch)?.maxAge ?? null;
  if (maxAge === null || now - change.openedAt <= maxAge) return null;
  const why = `pull request ${change.number} is open for longer than ${durationText(maxAge)}`;
  return {
    kind: "flag",
    stack: null,
    branch: change.headBranch,
    commit: null,
    code: "branch-old",
    issue: null,
    until: null,
    why,
  };
}

function planStack(
  rows: readonly Transition[],
  change: PullRequestFacts,
  stack: StackFacts,
  { admitted, asked, due }: { readonly admitted: Verdict; readonly asked: boolean; readonly due: Due },
): { actions: readonly Action[]; reason: Verdict } {
  const run = stack.run ?? null;
  const stands = run !== null && isOpen(run.state);
  const own = rows.filter((row) => row.environment === stack.environment);
  const applies = own.some((row) => row.do.includes("apply"));
  if (!own.some((row) => row.do.includes("plan"))) {
    const sentence = `the flow plans nothing in ${stack.environment} for a pull request into ${change.base}`;
    // Where it plans elsewhere, this environment is left out on purpose, and nobody is asked for a row.
    const plansElsewhere = rows.some((row) => row.do.includes("plan"));
    return { actions: [], reason: plansElsewhere ? yes("plan", sentence) : no("plan", "no-transition", sentence) };
  }
  if (stack.affected === undefined) {
    const reason = no("plan", "fact-unknown", `whether the change alters ${stack.stack} is not known`);
    return { actions: [refusal(stack, null, reason)], reason };
  }
  if (!stack.affected) {
    const why = `the change no longer alters ${stack.stack}`;
    const actions: Action[] = stands ? [{ kind: "supersede", run: run.id, stack: stack.stack, why }] : [];
    return { actions, reason: no("plan", "not-affected", `the change alters no input of ${stack.stack}`) };
  }
  if (admitted.answer === "waiting") return { actions: [wait(stack, null, null, admitted)], reason: admitted };
  if (admitted.answer === "no") return { actions: [refusal(stack, null, admitted)], reason: admitted };
  if (stack.source === undefined) {
    const reason = no("plan", "fact-unknown", `what ${stack.stack} would be after the merge is not known`);
    return { actions: [refusal(stack, null, reason)], reason };
  }
  const speculative = speculationOf(change);
  if (!asked && applies && isTriedAlready(stack))
    return { actions: [], reason: yes("plan", `${stack.stack} was tried with this head already`) };
  if (!asked && isPlannedAlready(stack, speculative)) {
    return { actions: [], reason: yes("plan", `${stack.stack} is planned from these inputs already`) };
  }
  const why = `the change alters ${stack.stack}`;
  const actions: Action[] = [];
  if (stands) actions.push({ kind: "supersede", run: run.id, stack: stack.stack, why: "the pull request changed" });
  actions.push({
    kind: "plan",
    stack: stack.stack,
    source: stack.source,
    mode: "normal",
    speculative,
    // What may only be looked at is never asked for.
    due: applies && speculative === null ? due : null,
    why,
  });
  return { actions, reason: yes("plan", why) };
}

/** An instance is applied, verified and taken down once per head: an edit of the text does not do it again. */
function isTriedAlready({ run, source }: StackFacts): boolean {
  if (run?.source.kind !== "pull-request" || source?.kind !== "pull-request") return false;
  return run.source.head === source.head && run.state !== "superseded" && run.state !== "discarded";
}

/** Why a plan of the pull request may only be looked at; null when it may be applied once it is merged. */
function speculationOf(change: PullRequestFacts): StoredPlan["speculative"] {
  return change.trustedPaths.length > 0 ? "trusted-path" : change.fork ? "fork" : null;
}

/**
 * A second delivery of one event, an edit of the text, a push that leaves the stack's inputs alone, plan nothing twice:
 * the plan that stands, and what people said about it, stay. One that nobody was shown is made again: whoever was to show
 * it failed at that.
 */
function isPlannedAlready(stack: StackFacts, speculative: StoredPlan["speculative"]): boolean {
  const run = stack.run ?? null;
  if (run === null || run.source.kind !== "pull-request" || stack.source?.kind !== "pull-request") return false;
  if (run.state === "queued" || run.state === "planning") {
    return run.source.head === stack.source.head && run.source.base === stack.source.base;
  }
  const { plan } = stack;
  if (plan === null || plan === undefined || !(isOpen(run.state) || run.state === "no-changes")) return false;
  if (plan.shown.length === 0) return false;
  return plan.manifest.inputs === stack.inputs && plan.speculative === speculative;
}

/** Closed without a merge: nothing of it is applied, ever, and what stood for it alone is destroyed. */
export function onClosed(facts: Facts, event: Event & { kind: "closed" }): Decision {
  const actions: Action[] = [];
  const why = `pull request ${event.pullRequest} was closed without a merge`;
  for (const stack of facts.stacks) {
    const run = stack.run ?? null;
    if (isStanding(stack)) actions.push(...tearDown(stack, ofPullRequest(facts, stack, event), why).actions);
    else if (run !== null && holdsPlan(run.state))
      actions.push({ kind: "discard", run: run.id, stack: stack.stack, why });
  }
  return { actions, reasons: [no("closed", "closed-without-merge", why)] };
}
