import type { Action, Decision } from "../../domain/decision.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { durationText, type Login } from "../../domain/names.ts";
import type { PlanMode } from "../../domain/plan.ts";
import { hasEnded, isOpen, isUnderWay, type RunState } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue } from "../follow-up.ts";
import { no } from "../rule.ts";
import { isStanding, ofPullRequest, tearDown } from "../stacks.ts";
import { settlePushes } from "./accepted.ts";

/** The clock: every apply that was asked for is judged again, and what stands for a pull request for too long is destroyed. */
export function onTick(flow: Flow, facts: Facts): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  const rest: StackFacts[] = [];
  for (const stack of facts.stacks) {
    const over = isStanding(stack) ? whyOver(flow, facts, stack) : null;
    if (over === null) rest.push(stack);
    else {
      const by = "plangate[bot]" as Login;
      const judged = tearDown(stack, ofPullRequest(facts, stack, { by }), over);
      actions.push(...judged.actions);
      reasons.push(judged.reason);
    }
  }
  const woken = onAnswer(flow, { ...facts, stacks: rest });
  if (reasons.length === 0) return woken;
  return { actions: [...actions, ...woken.actions], reasons: [...reasons, ...woken.reasons] };
}

/** Nobody is at work there, and its time is over. */
function whyOver(
  flow: Flow,
  { now }: Facts,
  { stack, environment, standing, run, others, lease }: StackFacts,
): string | null {
  const ttl = flow.environments.find(({ name }) => name === environment)?.ttl ?? null;
  if (ttl === null || standing == null) return null;
  // A destroy that came to nothing is tried again, and not at every turn of the clock.
  const since = run?.mode === "destroy" && hasEnded(run.state) ? Math.max(standing, run.updatedAt) : standing;
  if (now - since <= ttl) return null;
  const busy = lease != null || [run, ...(others ?? [])].some((other) => other != null && isAtWork(other));
  return busy ? null : `${stack} stands for longer than ${durationText(ttl)}`;
}

/** Takes the instance down already, or is about to change it. */
function isAtWork({ state, mode }: { readonly state: RunState; readonly mode?: PlanMode }): boolean {
  return isUnderWay(state) || (mode === "destroy" && isOpen(state));
}

/** Somebody said something: pushes that were accepted are settled, and whatever waits is judged again. */
export function onAnswer(flow: Flow, facts: Facts): Decision {
  const settled = settlePushes(flow, facts);
  const woken = onWake(flow, facts);
  return { actions: [...settled.actions, ...woken.actions], reasons: [...settled.reasons, ...woken.reasons] };
}

/** Something that a wait may have waited for happened: every apply that was asked for is judged again. */
export function onWake(flow: Flow, facts: Facts): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    const run = stack.run ?? null;
    if (run === null || !isOpen(run.state) || run.state === "approved") continue;
    if (run.due === null) {
      reasons.push(
        no(
          "requested",
          run.source.kind === "pull-request" ? "not-merged" : "not-requested",
          `nobody asked for the apply of ${stack.stack} yet`,
        ),
      );
      continue;
    }
    const judged = judgeDue(flow, facts, stack, { run, due: run.due, phase: "start" });
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (reasons.length === 0) reasons.push(no("wake", "not-requested", "no apply waits for this"));
  return { actions, reasons };
}
