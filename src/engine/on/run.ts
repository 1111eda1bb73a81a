import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import type { RunId } from "../../domain/names.ts";
import { isOpen, isSpent, pullRequestOf, type Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue, refusal, wait } from "../follow-up.ts";
import { no, waiting, yes } from "../rule.ts";
import { onWake } from "./wake.ts";

/** The stack whose facts are about this run. */
function stackOf(facts: Facts, id: RunId): { stack: StackFacts; run: Run } | undefined {
  for (const stack of facts.stacks) if (stack.run?.id === id) return { stack, run: stack.run };
  return undefined;
}

function unknownRun(id: RunId): Decision {
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
  const actions: Action[] = replaced(stack, run).map((other) => ({
    kind: "supersede",
    run: other,
    stack: stack.stack,
    why: `${run.id} made a newer plan`,
  }));
  if (run.source.kind !== "local") {
    const pullRequest = pullRequestOf(run.source) ?? stack.changes?.at(-1)?.number ?? null;
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

/** Older plans that this one takes the place of: those of its own pull request, or, past the merge, all that were stored for delivery. */
function replaced(stack: StackFacts, run: Run): readonly RunId[] {
  const own = run.source.kind === "pull-request" ? run.source.pullRequest : null;
  return (stack.others ?? [])
    .filter((other) => isOpen(other.state) && other.id !== run.id)
    .filter((other) =>
      run.source.kind === "local"
        ? false
        : own === null
          ? other.again?.kind !== "pull-request"
          : other.pullRequest === own && other.again?.kind === "pull-request",
    )
    .map((other) => other.id);
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

function afterShowing(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  run: Run,
): { actions: readonly Action[]; reason: Verdict } {
  if (run.due !== null) return judgeDue(flow, facts, stack, { run, due: run.due, phase: "start" });
  const reason =
    run.source.kind === "pull-request"
      ? waiting("requested", "not-merged", `the plan of ${stack.stack} is stored; it is applied after the merge`, {
          after: `the merge of pull request ${run.source.pullRequest}`,
        })
      : waiting("requested", "not-requested", `the plan of ${stack.stack} is stored until its apply is asked for`, {
          after: "somebody who asks for it",
        });
  return { actions: [wait(stack, run, null, reason)], reason };
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
  const judged = judgeDue(flow, facts, stack, { run, due: run.due, phase: "ready" });
  return { actions: judged.actions, reasons: [judged.reason] };
}

/** An apply ended. What others had planned on the stack is of a world that is gone. */
export function onApplied(facts: Facts, event: Event & { kind: "run-applied" }): Decision {
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
      again.push({ kind: "plan", stack: stack.stack, source: other.again, speculative: null, due: other.due, why });
  }
  if (event.outcome === "failed") {
    const reason = no("apply", "apply-failed", run.why ?? `the apply of ${stack.stack} failed; part of it may be done`);
    return { actions: [refusal(stack, null, reason), ...again], reasons: [reason] };
  }
  const why = `${stack.stack} is applied and has to be proved to work`;
  return {
    actions: [{ kind: "verify", run: run.id, stack: stack.stack, why }, ...again],
    reasons: [yes("apply", why)],
  };
}

/** Verified, or not: what waits for this stack is looked at again. */
export function onVerified(flow: Flow, facts: Facts, event: Event & { kind: "run-verified" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  if (event.outcome === "failed") {
    const reason = no("verify", "verify-failed", found.run.why ?? `the verification of ${found.stack.stack} failed`);
    return { actions: [refusal(found.stack, null, reason)], reasons: [reason] };
  }
  const rest = onWake(flow, { ...facts, stacks: facts.stacks.filter((stack) => stack !== found.stack) });
  return {
    actions: rest.actions,
    reasons: [yes("verify", `${found.stack.stack} is applied and verified`), ...rest.reasons],
  };
}

/**
 * Whoever worked on a run is gone. A started apply is interrupted, and nobody applies that plan again; whatever had
 * not touched anything yet, or only looks, is simply done again. What a person asked for at their own terminal is not:
 * they saw it die, and ask again when they still want it.
 */
export function onLost(flow: Flow, facts: Facts, event: Event & { kind: "run-lost" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  const { stack, run } = found;
  const reason = no("lost", "interrupted", `whoever worked on ${run.id} of ${stack.stack} is gone (${run.state})`);
  const why = reason.sentence;
  switch (run.state) {
    case "applying":
      return {
        actions: [
          {
            kind: "interrupt",
            run: run.id,
            stack: stack.stack,
            why: `${why}; how far the apply came shows in a new plan`,
          },
        ],
        reasons: [reason],
      };
    case "applied":
    case "verifying":
      return { actions: [{ kind: "verify", run: run.id, stack: stack.stack, why }], reasons: [reason] };
    case "queued":
    case "checking":
    case "planning":
      return {
        actions: [
          { kind: "supersede", run: run.id, stack: stack.stack, why },
          ...(run.source.kind === "local"
            ? []
            : [
                { kind: "plan", stack: stack.stack, source: run.source, speculative: null, due: run.due, why } as const,
              ]),
        ],
        reasons: [reason],
      };
    default: {
      if (run.due === null || !isOpen(run.state)) return { actions: [], reasons: [reason] };
      if (run.due.kind === "local") {
        const sentence = `whoever applied ${stack.stack} is gone, and nothing was started: the plan waits for whoever asks again`;
        const again = waiting("lost", "not-requested", sentence, { after: "somebody who asks for it" });
        return { actions: [wait(stack, run, null, again)], reasons: [reason, again] };
      }
      const judged = judgeDue(flow, facts, stack, { run, due: run.due, phase: "start" });
      return { actions: judged.actions, reasons: [reason, judged.reason] };
    }
  }
}

/** Running a run again never applies a plan twice, and is no way past anything. */
export function onRerun(flow: Flow, facts: Facts, event: Event & { kind: "rerun" }): Decision {
  const found = stackOf(facts, event.run);
  if (found === undefined) return unknownRun(event.run);
  const { stack, run } = found;
  if (isSpent(run.state)) {
    const code = run.state === "interrupted" ? "interrupted" : "plan-spent";
    const reason = no("rerun", code, `${run.id} was applied once (${run.state}); a plan is never applied twice`);
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  if (!isOpen(run.state)) {
    const reason = no("rerun", run.code ?? "plan-superseded", `${run.id} has ended (${run.state})`);
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  if (facts.maintainers?.includes(event.by) !== true) {
    const reason = no("rerun", "not-allowed", `${event.by} may not merge here, so may not run ${run.id} again`);
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  const next = afterShowing(flow, facts, stack, run.due === null ? run : { ...run, due: { ...run.due, by: event.by } });
  return { actions: next.actions, reasons: [next.reason] };
}
