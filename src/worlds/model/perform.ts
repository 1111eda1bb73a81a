import type { Action } from "../../domain/decision.ts";
import { unreachable } from "../../domain/errors.ts";
import type { RunId } from "../../domain/names.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import { hasEnded, isOpen, type RunState } from "../../domain/run.ts";
import { type Change, endLease, moveRun, nothing } from "./change.ts";
import { mergeTrees } from "./git.ts";
import { performApply, performStart, performVerify } from "./perform-apply.ts";
import { performFlag, performHandOver, performOpen, performRelease } from "./perform-forge.ts";
import { performComment, performDrift, performPlan, performReplan, performWait } from "./perform-plan.ts";
import type { Setting } from "./setting.ts";
import { performFastForward } from "./step-merge.ts";
import { commitOf, type ModelWorld, pullRequestNumbered, runOf } from "./world.ts";

/** Does what was decided, as `docs/algorithms.md` tells it. It decides nothing, and doing it twice does no harm. */
export function perform(setting: Setting, world: ModelWorld, action: Action): Change {
  switch (action.kind) {
    case "check":
      return performCheck(world, action);
    case "plan":
      return performPlan(setting, world, action);
    case "comment":
      return performComment(world, action);
    case "wait":
      return performWait(world, action);
    case "refuse":
      return action.run === null ? nothing(world) : performRefuse(world, { ...action, run: action.run });
    case "supersede":
      return end(world, action.run, { state: "superseded", code: action.code ?? "plan-superseded", why: action.why });
    case "discard":
      return end(world, action.run, { state: "discarded", code: "closed-without-merge", why: action.why });
    case "start":
      return performStart(setting, world, action);
    case "replan":
      return performReplan(setting, world, action);
    case "apply":
    case "destroy":
      return performApply(world, action);
    case "verify":
      return performVerify(world, action);
    case "drift":
      return performDrift(world, action);
    case "flag":
      return performFlag(world, action);
    case "open-pull-request":
      return performOpen(world, action);
    case "fast-forward":
      return performFastForward(setting, world, action);
    case "hand-over":
      return performHandOver(world, action);
    case "interrupt":
      if (runOf(world, action.run).state !== "applying") return nothing(world);
      return end(world, action.run, { state: "interrupted", code: "interrupted", why: action.why });
    case "release":
      return performRelease(world, action);
    default:
      return unreachable(action);
  }
}

/** What stories write is well formed; a pull request in conflict cannot be looked at. */
function performCheck(
  world: ModelWorld,
  { pullRequest, commit, problems }: Extract<Action, { kind: "check" }>,
): Change {
  const change = pullRequest === null ? undefined : pullRequestNumbered(world, pullRequest);
  const base = change === undefined ? undefined : world.branches[change.base];
  if (pullRequest !== null && base === undefined) return nothing(world);
  const conflicts = base !== undefined && mergeTrees(base, commitOf(world, commit)) === null;
  return { world, events: [], outcomes: [{ kind: "checked", passed: problems.length === 0 && !conflicts }] };
}

/** Ends a run and the lease it holds. Doing it to an ended run does nothing. */
function end(world: ModelWorld, id: RunId, to: { state: RunState; code: ReasonCode; why: string }): Change {
  const run = runOf(world, id);
  if (hasEnded(run.state)) return nothing(world);
  const freed = endLease(world, run);
  return { world: moveRun(freed.world, id, to), events: freed.events, outcomes: [] };
}

function performRefuse(
  world: ModelWorld,
  action: Extract<Action, { kind: "refuse" }> & { readonly run: RunId },
): Change {
  const run = runOf(world, action.run);
  if (!isOpen(run.state) && run.state !== "planning" && run.state !== "queued") return nothing(world);
  return end(world, action.run, { state: "refused", code: action.code, why: action.why });
}
