/** Does what was decided, one file per kind of action, and gives the events that follow. It decides nothing. */
import type { Action } from "../../domain/decision.ts";
import { unreachable } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Delivery } from "../delivery.ts";
import { performApply } from "./apply.ts";
import { performCheck } from "./check.ts";
import { performComment } from "./comment.ts";
import { performInterrupt, performRefuse, performSupersede, performWait } from "./end.ts";
import { performFastForward } from "./fast-forward.ts";
import { performFlag } from "./flag.ts";
import { performHandOver } from "./hand-over.ts";
import { performOpenPullRequest } from "./open-pull-request.ts";
import { performPlan } from "./plan.ts";
import { performRelease } from "./release.ts";
import { performReplan } from "./replan.ts";
import { performStart } from "./start.ts";
import { performVerify } from "./verify.ts";

export function perform(delivery: Delivery, action: Action): Promise<readonly Event[]> {
  switch (action.kind) {
    case "plan":
    case "drift":
      return performPlan(delivery, action);
    case "comment":
      return performComment(delivery, action);
    case "wait":
      return performWait(delivery, action);
    case "refuse":
      return performRefuse(delivery, action);
    case "supersede":
    case "discard":
      return performSupersede(delivery, action);
    case "start":
      return performStart(delivery, action);
    case "replan":
      return performReplan(delivery, action);
    case "apply":
    case "destroy":
      return performApply(delivery, action);
    case "flag":
      return performFlag(delivery, action);
    case "open-pull-request":
      return performOpenPullRequest(delivery, action);
    case "fast-forward":
      return performFastForward(delivery, action);
    case "hand-over":
      return performHandOver(delivery, action);
    case "verify":
      return performVerify(delivery, action);
    case "interrupt":
      return performInterrupt(delivery, action);
    case "release":
      return performRelease(delivery, action);
    case "check":
      return performCheck(delivery, action);
    default:
      return unreachable(action);
  }
}
