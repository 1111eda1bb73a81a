import type { Decision } from "../domain/decision.ts";
import { unreachable } from "../domain/errors.ts";
import type { Event } from "../domain/event.ts";
import type { Facts } from "../domain/facts.ts";
import type { Flow } from "../flow/flow.ts";
import { onLost, onRerun } from "./on/again.ts";
import { onHoldCommand } from "./on/branches.ts";
import { onDispatch, onRelease } from "./on/dispatch.ts";
import { onLocalApply, onLocalPlan } from "./on/local.ts";
import { onMerge } from "./on/merge.ts";
import { onMergeCommand } from "./on/merge-command.ts";
import { onClosed, onPlanCommand, onPullRequest } from "./on/pull-request.ts";
import { onPush } from "./on/push.ts";
import { onApplied, onApplyReady, onPlanned, onVerified } from "./on/run.ts";
import { onSchedule } from "./on/schedule.ts";
import { onAnswer, onTick, onWake } from "./on/wake.ts";

/**
 * Says what to do about an event, from the flow and from what is true now, and nothing else: total, synchronous, and
 * the same for the same arguments. Production, `simulate`, `test`, `prove` and replay of the ledger all call this.
 *
 * Every apply is decided twice: on its event, which may say `start`, and on `apply-ready`, which alone may say `apply` or `destroy`.
 */
export function decide(flow: Flow, facts: Facts, event: Event): Decision {
  switch (event.kind) {
    case "pull-request":
      return onPullRequest(flow, facts, event);
    case "command":
      if (event.command === "merge") return onMergeCommand(flow, facts, event);
      return event.command === "plan" ? onPlanCommand(flow, facts, event) : onHoldCommand(flow, facts, event);
    case "closed":
      return onClosed(facts, event);
    case "merge":
      return onMerge(flow, facts, event);
    case "dispatch":
      return onDispatch(flow, facts, event);
    case "local-plan":
      return onLocalPlan(facts, event);
    case "local-apply":
      return onLocalApply(flow, facts, event);
    case "run-planned":
      return onPlanned(flow, facts, event);
    case "apply-ready":
      return onApplyReady(flow, facts, event);
    case "run-applied":
      return onApplied(flow, facts, event);
    case "run-verified":
      return onVerified(flow, facts, event);
    case "run-lost":
      return onLost(flow, facts, event);
    case "rerun":
      return onRerun(flow, facts, event);
    case "push":
      return onPush(flow, facts, event);
    case "schedule":
      return onSchedule(flow, facts, event);
    case "release":
      return onRelease(flow, facts, event);
    case "tick":
      return onTick(flow, facts);
    case "answer":
      return onAnswer(flow, facts);
    case "lease-ended":
      return onWake(flow, facts);
    default:
      return unreachable(event);
  }
}
