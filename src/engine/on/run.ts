import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, OtherRun, StackFacts } from "../../domain/facts.ts";
import type { RunId } from "../../domain/names.ts";
import { hasEnded, isOpen, isSpent, pullRequestOf, type Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { judgeDue, refusal, wait } from "../follow-up.ts";
import { gatesOf, rowOf } from "../rows.ts";
import { no, waiting, yes } from "../rule.ts";
import { onDriftLooked } from "./schedule.ts";
import { onWake } from "./wake.ts";

/** The stack whose facts are about this run. */
export function stackOf(facts: Facts, id: RunId): { stack: StackFacts; run: Run } | undefined {
  for (const stack of facts.stacks) if (stack.run?.id === id) return { stack, run: stack.run };
  return undefined;
}

export function unknownRun(id: RunId): Decision {
  return { actions: [], reasons: [no("run", "fact-unknown", `${id} is not known`)] };
}

/** A plan is there: show it, let it take the place of older ones, and see whether its apply was asked for already. */
export function onPlanned(flow: Flow, facts: Facts, event: Event & { kind: "run-planned" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  const { stack, run } = found;
  if (event.outcome === "failed") {
    const reason = no("plan", run.code ?? "plan-failed", run.why ?? `the plan of ${stack.stack} failed`);
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  if (run.mode === "refresh-only") {
    const looked = onDriftLooked(flow, facts, found);
    return { actions: looked.actions, reasons: [looked.reason] };
  }
  // Something took its place before anybody heard of it: whatever did has a newer plan, and two would replace each other for ever.
  if (hasEnded(run.state) && run.state !== "no-changes")
    return { actions: [], reasons: [no("plan", run.code ?? "plan-superseded", run.why ?? `${run.id} is over`)] };
  const actions: Action[] = replaced(stack, run).map((other) => ({
    kind: "supersede",
    run: other,
    stack: stack.stack,
    why: `${run.id} made a newer plan`,
  }));
  // A destroy brings no change, so it is nobody's pull request that shows it but the one it is made for.
  const brought = run.mode === "destroy" ? undefined : stack.changes?.at(-1)?.number;
  const pullRequest = pullRequestOf(run.source) ?? brought ?? null;
  if (pullRequest !== null || isAskedFor(flow, stack, run)) {
    actions.push({
      kind: "comment",
      run: run.id,
      stack: stack.stack,
      pullRequest,
      why: "people see the plan before anybody approves it",
    });
  }
  if (event.outcome === "no-changes")
    return { actions, reasons: [no("plan", "no-changes", `the plan of ${stack.stack} is empty`)] };
  const next = stack.plan?.speculative != null ? speculative(stack, run) : afterShowing(flow, facts, stack, run);
  return { actions: [...actions, ...next.actions], reasons: [next.reason] };
}

/** Whether anybody waits for a plan that no pull request shows: people at a gate, or who look at what a push would do. */
function isAskedFor(flow: Flow, { environment: name }: StackFacts, { source, due, mode }: Run): boolean {
  if (source.kind === "local") return false;
  const environment = flow.environments.find((candidate) => candidate.name === name);
  return due === null || (environment !== undefined && gatesOf(flow, { environment, due, mode }).length > 0);
}

/**
 * Older plans that this one takes the place of: those of its own pull request or branch, or, past the merge, all that
 * were stored for delivery. What another branch or pull request has planned for itself stands; so does what is to be
 * destroyed while something is applied, and the other way round, since each was asked for by itself.
 */
function replaced(stack: StackFacts, run: Run): readonly RunId[] {
  return (stack.others ?? [])
    .filter((other) => isOpen(other.state) && other.id !== run.id && isReplacedBy(other, run))
    .map((other) => other.id);
}

function isReplacedBy(
  { again, pullRequest, mode, due }: OtherRun,
  { source, mode: ownMode, due: ownDue }: Run,
): boolean {
  if (mode !== ownMode) return false;
  switch (source.kind) {
    case "local":
      return false;
    case "pull-request":
      return pullRequest === source.pullRequest && again?.kind === "pull-request";
    case "push":
      return again?.kind === "push" && again.branch === source.branch;
    case "schedule":
      return again?.kind === "schedule";
    default:
      // A plan that is only stored takes nothing away from what somebody asked for in so many words and waits for.
      if (ownDue === null && (due?.kind === "dispatch" || due?.kind === "release")) return false;
      return again?.kind !== "pull-request" && again?.kind !== "push" && again?.kind !== "schedule";
  }
}

function speculative(stack: StackFacts, run: Run): { actions: readonly Action[]; reason: Verdict } {
  const trusted = stack.plan?.speculative === "trusted-path";
  const reason = trusted
    ? waiting(
        "plan",
        "trusted-path-changed",
        `the change touches files that govern delivery; ${stack.stack} is planned again after the merge`,
        { after: "the merge" },
      )
    : waiting("plan", "plan-speculative", `the plan of ${stack.stack} is for looking at only`, {
        after: "a plan from a commit that the flow lets through",
      });
  return { actions: [wait(stack, run, null, reason)], reason };
}

/** What follows once people can see a plan: its apply when that was asked for, else what it waits for. */
export function afterShowing(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  run: Run,
): { actions: readonly Action[]; reason: Verdict } {
  if (run.due !== null) return judgeDue(flow, facts, stack, { run, due: run.due, phase: "start" });
  const reason = whatFollows(flow, stack, run);
  return reason.answer === "yes" ? { actions: [], reason } : { actions: [wait(stack, run, null, reason)], reason };
}

/** What a stored plan that nobody asked to apply yet waits for; where the flow never applies it, it is there to be looked at. */
function whatFollows(flow: Flow, { stack, environment }: StackFacts, { source }: Run): Verdict {
  if (source.kind === "schedule") return yes("requested", `the plan of ${stack} shows what would put it back`);
  const stored = flow.when.filter(
    (row) => row.environment === environment && row.do.includes("apply") && !row.do.includes("plan"),
  );
  if (source.kind === "pull-request") {
    if (stored.some(({ on }) => on === "merge")) {
      return waiting("requested", "not-merged", `the plan of ${stack} is stored; it is applied after the merge`, {
        after: `the merge of pull request ${source.pullRequest}`,
      });
    }
  } else if (source.kind === "local" || stored.some(({ on }) => on === "dispatch" || on === "release")) {
    return waiting("requested", "not-requested", `the plan of ${stack} is stored until its apply is asked for`, {
      after: "somebody who asks for it",
    });
  }
  return yes("requested", `the plan of ${stack} is there to be looked at`);
}

/** The second decision, under the lease, with everything looked at again. */
export function onApplyReady(flow: Flow, facts: Facts, event: Event & { kind: "apply-ready" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  const { stack, run } = found;
  if (run.due === null) {
    const reason = no("apply", "not-requested", `nobody asked for the apply of ${run.id}`);
    return { actions: [refusal(stack, run, reason)], reasons: [reason] };
  }
  // Two things may have started it in the same moment; the second one finds it done, and nothing is refused by that.
  if (isSpent(run.state) && run.state !== "failed")
    return { actions: [], reasons: [no("apply", "plan-spent", `${run.id} was started already (${run.state})`)] };
  const judged = judgeDue(flow, facts, stack, { run, due: run.due, phase: "ready" });
  return { actions: judged.actions, reasons: [judged.reason] };
}

/** An apply ended. What others had planned on the stack is of a world that is gone. */
export function onApplied(flow: Flow, facts: Facts, event: Event & { kind: "run-applied" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  const { stack, run } = found;
  if (event.outcome === "refused") {
    const reason = no("apply", run.code ?? "bundle-altered", run.why ?? `the apply of ${stack.stack} was refused`);
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  const again: Action[] = [];
  for (const other of stack.others ?? []) {
    if (!isOpen(other.state) || other.id === run.id) continue;
    const why = `${run.id} applied to ${stack.stack} since it was planned`;
    again.push({ kind: "supersede", run: other.id, stack: stack.stack, why });
    if (other.again !== null)
      again.push({
        kind: "plan",
        stack: stack.stack,
        source: other.again,
        mode: other.mode,
        speculative: null,
        due: other.due,
        why,
      });
  }
  if (event.outcome === "failed") {
    const reason = no("apply", "apply-failed", run.why ?? `the apply of ${stack.stack} failed; part of it may be done`);
    const offered = offer(flow, stack, run, reason);
    return { actions: [refusal(stack, null, reason), ...again, ...afterTrying(flow, stack, run)], reasons: [offered] };
  }
  if (run.mode === "destroy")
    return { actions: again, reasons: [yes("destroy", `everything of ${stack.stack} is destroyed`)] };
  const isProved = run.state !== "applied" && run.state !== "verifying";
  const why = `${stack.stack} is applied and ${isProved ? "was looked at" : "has to be proved to work"}`;
  // A job that may do a part of this only leaves the rest to another one.
  const verify: readonly Action[] = isProved ? [] : [{ kind: "verify", run: run.id, stack: stack.stack, why }];
  return { actions: [...verify, ...again], reasons: [yes("apply", why)] };
}

/** Verified, or not: what waits for this stack is looked at again. */
export function onVerified(flow: Flow, facts: Facts, event: Event & { kind: "run-verified" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  if (event.outcome === "failed") {
    const reason = no("verify", "verify-failed", found.run.why ?? `the verification of ${found.stack.stack} failed`);
    const tried = afterTrying(flow, found.stack, found.run);
    const offered = offer(flow, found.stack, found.run, reason);
    return { actions: [refusal(found.stack, null, reason), ...tried], reasons: [offered] };
  }
  const rest = onWake(flow, { ...facts, stacks: facts.stacks.filter((stack) => stack !== found.stack) });
  const reason = yes("verify", `${found.stack.stack} is applied and verified`);
  return {
    actions: [...afterTrying(flow, found.stack, found.run), ...rest.actions],
    reasons: [offer(flow, found.stack, found.run, reason), ...rest.reasons],
  };
}

/** An instance that was only to be tried goes again, whether it worked or not. */
function afterTrying(flow: Flow, stack: StackFacts, run: Run): readonly Action[] {
  const row = rowOfRun(flow, stack, run);
  if (row?.do.includes("destroy") !== true || run.mode !== "normal" || run.due === null) return [];
  const why = `${stack.stack} was tried and is taken down again`;
  return [
    { kind: "plan", stack: stack.stack, source: run.source, mode: "destroy", speculative: null, due: run.due, why },
  ];
}

/** Says what people may start next, where the row offers something. */
function offer(flow: Flow, stack: StackFacts, run: Run, reason: Verdict): Verdict {
  const next = rowOfRun(flow, stack, run)?.thenOffer ?? null;
  return next === null ? reason : { ...reason, sentence: `${reason.sentence}; "${next}" can be started now` };
}

function rowOfRun(flow: Flow, { environment: name }: StackFacts, { due, mode }: Run): Transition | undefined {
  const environment = flow.environments.find((candidate) => candidate.name === name);
  return environment === undefined || due === null ? undefined : rowOf(flow, { environment, due, mode });
}
