import type { Action } from "../domain/decision.ts";
import type { Facts, StackFacts } from "../domain/facts.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { type Due, isOpen, pullRequestOf, type Run } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { applyCase, judgeApply } from "./judge-apply.ts";
import type { ApplyCase } from "./rule.ts";
import { waivedIn } from "./rules/windows.ts";

/** What one stack's judgement comes to: the actions and the verdict they follow from. */
export interface Judged {
  readonly actions: readonly Action[];
  readonly reason: Verdict;
}

/** After these the change is planned again, shown again and asked for again. */
const planAgain: ReadonlySet<ReasonCode> = new Set([
  "inputs-moved",
  "plan-superseded",
  "plan-missing",
  "plan-failed",
  "plan-speculative",
  "no-changes",
]);

/**
 * Judges an apply that was asked for, and says what follows: start it, apply it, wait, plan anew, or refuse.
 * A wait outranks planning anew under the lease, which only makes sense when the apply may follow at once.
 */
export function judgeDue(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  asked: { run: Run; due: Due; phase: "start" | "ready" },
): Judged {
  const about = applyCase(flow, facts, stack, asked);
  if ("rule" in about) return { actions: [refusal(stack, asked.run, about)], reason: about };
  const reason = judgeApply(about);
  const actions = followUp(about.stack, asked, reason, flow);
  const emergency = asked.phase === "ready" && reason.answer === "yes" ? waivedIn(reason) : undefined;
  return { actions: emergency === undefined ? actions : [...actions, reviewLater(about, emergency)], reason };
}

/** A window was waived: somebody has to look at it afterwards. */
function reviewLater({ environment, stack, facts }: ApplyCase, { sentence }: Verdict): Action {
  const until = environment.emergency === null ? null : facts.now + environment.emergency.review;
  return {
    kind: "flag",
    stack: stack.stack,
    branch: null,
    commit: null,
    code: "emergency-used",
    issue: "open",
    until,
    why: sentence,
  };
}

function followUp(
  stack: StackFacts,
  { run, due, phase }: { run: Run; due: Due; phase: "start" | "ready" },
  reason: Verdict,
  flow: Flow,
): readonly Action[] {
  const why = reason.sentence;
  const plan = stack.plan?.digest;
  if (reason.answer === "yes" && plan !== undefined) {
    if (phase === "start") return [{ kind: "start", run: run.id, stack: stack.stack, due, why }];
    return [{ kind: run.mode === "destroy" ? "destroy" : "apply", run: run.id, stack: stack.stack, plan, why }];
  }
  const obstacles = (reason.children ?? [reason]).filter((child) => child.answer !== "yes");
  const refusals = obstacles.filter((child) => child.answer === "no" && !isMended(child, { flow, stack, due }));
  const first = refusals[0];
  if (first !== undefined) return [refusal(stack, run, first)];
  const waits = obstacles.find((child) => child.answer === "waiting");
  const mended = obstacles.find((child) => child.answer === "no");
  if (mended?.code === "state-moved" && flow.apply.ifStateMoved === "same-meaning") {
    if (waits !== undefined) return [wait(stack, run, due, waits)];
    if (plan !== undefined) return [{ kind: "replan", run: run.id, stack: stack.stack, plan, why: mended.sentence }];
  }
  if (mended !== undefined) return planAnew(stack, run, due, mended);
  return [wait(stack, run, due, waits ?? reason)];
}

/**
 * Whether a no is answered with a new plan instead of a refusal. A local apply is answered to the person's face, and what
 * is applied for an open pull request is planned again when that changes.
 */
function isMended(verdict: Verdict, { flow, stack, due }: Pick<ApplyCase, "flow" | "stack" | "due">): boolean {
  if (verdict.code === undefined || due.kind === "local") return false;
  if (due.kind === "pull-request" && verdict.code !== "state-moved") return false;
  // What is only gone is made anew once. When that goes as well, somebody takes it away, and people look.
  if (verdict.code === "bundle-missing") return stack.lostPlan === null;
  return planAgain.has(verdict.code) || (verdict.code === "state-moved" && flow.apply.ifStateMoved !== "fail");
}

/** Throws the old plan away and makes one for the same wish, which is then shown and asked for. */
function planAnew(stack: StackFacts, run: Run, due: Due, because: Verdict): readonly Action[] {
  const why = because.sentence;
  const plan = planFor(due, run, stack, why);
  const lost = because.code === "bundle-missing" ? { code: because.code } : {};
  return isOpen(run.state) ? [{ kind: "supersede", run: run.id, stack: stack.stack, ...lost, why }, plan] : [plan];
}

const followsHead: ReadonlySet<Due["kind"]> = new Set(["merge", "push", "schedule"]);

/** A plan of what is to be delivered now, for a wish that an older run had. */
export function planFor(due: Due, run: Run, stack: StackFacts, why: string): Action {
  // What was merged or pushed meanwhile is delivered too, so it is what counts as applied afterwards; what was applied
  // meanwhile is what drift is put back to.
  const now = followsHead.has(due.kind) ? { ...due, commit: stack.commit } : due;
  const source = sourceOf(due, run, stack);
  return { kind: "plan", stack: stack.stack, source, mode: run.mode, speculative: null, due: now, why };
}

function sourceOf(due: Due, run: Run, stack: StackFacts): Run["source"] {
  if (due.kind === "dispatch" || due.kind === "release")
    return { kind: "dispatch", by: due.by, ref: due.ref, commit: due.commit };
  if (due.kind === "push") return { kind: "push", branch: due.ref, commit: stack.commit, by: due.by };
  if (due.kind === "schedule" && run.source.kind === "schedule") return { ...run.source, commit: stack.commit };
  if (due.kind === "pull-request" || due.kind === "schedule") return run.source;
  const pullRequest = pullRequestOf(run.source);
  return { kind: "merge", pullRequest, branch: due.ref, commit: stack.commit };
}

export function wait(stack: StackFacts, run: Run | null, due: Due | null, verdict: Verdict): Action {
  return {
    kind: "wait",
    stack: stack.stack,
    run: run?.id ?? null,
    code: verdict.code ?? "fact-unknown",
    due,
    until: verdict.until ?? null,
    after: verdict.after ?? null,
    why: verdict.sentence,
  };
}

export function refusal(stack: StackFacts, run: Run | null, verdict: Verdict): Action {
  return {
    kind: "refuse",
    stack: stack.stack,
    run: run?.id ?? null,
    code: verdict.code ?? "fact-unknown",
    why: verdict.sentence,
  };
}
