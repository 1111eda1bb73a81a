import type { Action, Decision } from "../../domain/decision.ts";
import type { Facts } from "../../domain/facts.ts";
import { isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { judgeDue } from "../follow-up.ts";
import { no } from "../rule.ts";

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
