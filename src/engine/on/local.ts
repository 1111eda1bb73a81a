import type { Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts } from "../../domain/facts.ts";
import type { Due } from "../../domain/run.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue, refusal } from "../follow-up.ts";
import { no, yes } from "../rule.ts";

/** `plangate plan`: anybody may look at what their checkout would do. */
export function onLocalPlan(facts: Facts, event: Event & { kind: "local-plan" }): Decision {
  const stack = facts.stacks.find((candidate) => candidate.stack === event.stack);
  if (stack?.source === undefined)
    return { actions: [], reasons: [no("plan", "fact-unknown", `${event.stack} is not known`)] };
  const what = { normal: "a plan of", destroy: "a plan that destroys", "refresh-only": "a look for drift in" }[
    event.mode
  ];
  const why = `${event.by} asked for ${what} ${event.stack}`;
  const speculative = event.tree === null ? null : ("dirty-checkout" as const);
  return {
    actions: [
      { kind: "plan", stack: event.stack, source: stack.source, mode: event.mode, speculative, due: null, why },
    ],
    reasons: [yes("plan", why)],
  };
}

/** `plangate apply`: refused for a gated environment, unless the glass is broken, the stack named in full. */
export function onLocalApply(flow: Flow, facts: Facts, event: Event & { kind: "local-apply" }): Decision {
  const stack = facts.stacks.find((candidate) => candidate.run?.id === event.run);
  const run = stack?.run;
  if (stack === undefined || run === undefined || run === null) {
    return { actions: [], reasons: [no("apply", "plan-missing", `${event.run} is not known`)] };
  }
  if (event.breakGlass !== null && event.typedName !== stack.stack) {
    const reason = no(
      "local",
      "name-not-confirmed",
      `past the gate, the stack's name has to be typed in full: ${stack.stack}`,
    );
    return { actions: [refusal(stack, null, reason)], reasons: [reason] };
  }
  const due: Due = {
    kind: "local",
    at: facts.now,
    by: event.by,
    ref: "local",
    commit: stack.commit,
    job: null,
    ...(event.breakGlass === null ? {} : { breakGlass: event.breakGlass }),
  };
  const judged = judgeDue(flow, facts, stack, { run, due, phase: "start" });
  // What only this command may not do is no reason to end the run: the flow's own way stays open.
  const actions = judged.actions.map((action) =>
    action.kind === "refuse" || action.kind === "wait" ? { ...action, run: null } : action,
  );
  return { actions, reasons: [judged.reason] };
}
