import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { isOpen, isSpent, type Run } from "../../domain/run.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue, refusal, wait } from "../follow-up.ts";
import { no, waiting } from "../rule.ts";
import { afterShowing, stackOf, unknownRun } from "./run.ts";

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
        actions: [{ kind: "supersede", run: run.id, stack: stack.stack, why }, ...lookAgain(stack, run, why)],
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

/** What only looked is done again, unless a person who saw it die had asked for it. */
function lookAgain({ stack }: StackFacts, { source, mode, due }: Run, why: string): readonly Action[] {
  if (source.kind === "local") return [];
  if (mode === "refresh-only") return [{ kind: "drift", stack, source, why }];
  return [{ kind: "plan", stack, source, mode, speculative: null, due, why }];
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
