import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { type Due, isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { type Judged, judgeDue } from "../follow-up.ts";
import { rowsInto } from "../rows.ts";
import { no, yes } from "../rule.ts";
import { isStanding, judgeDeleted, ofPullRequest, tearDown } from "../stacks.ts";
import { bringBack, freeMerged, releaseModules } from "./branches.ts";

/** A pull request was merged: what was stored for it is applied where the flow says so, and what comes later is planned. */
export function onMerge(flow: Flow, facts: Facts, event: Event & { kind: "merge" }): Decision {
  const rows = rowsInto(flow, "merge", event.branch);
  const due: Due = { kind: "merge", at: facts.now, by: event.by, ref: event.branch, commit: event.commit, job: null };
  const merged = `pull request ${event.pullRequest} was merged`;
  const around = [freeMerged(flow, facts, event), bringBack(facts), releaseModules(flow, facts, event)];
  const actions: Action[] = around.flatMap((decision) => decision.actions);
  const reasons: Verdict[] = around.flatMap((decision) => decision.reasons);
  for (const stack of facts.stacks) {
    const row = rows.find((candidate) => candidate.environment === stack.environment);
    const judged = isStanding(stack)
      ? tearDown(stack, ofPullRequest(facts, stack, event), merged)
      : row === undefined
        ? notNamed(stack, event, rows.length > 0)
        : (judgeDeleted(facts, stack) ?? deliver(flow, facts, stack, { row, due }));
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (facts.stacks.length === 0) {
    reasons.push(
      rows.length === 0
        ? no("merge", "no-transition", `the flow has no row for a merge into ${event.branch}`)
        : no("merge", "not-affected", `the merge into ${event.branch} affects no stack`),
    );
  }
  return { actions, reasons };
}

/**
 * What was planned for the pull request alone, where nothing follows from its merge, has served. Nobody is asked for a row
 * where the flow follows the merge elsewhere: it leaves this environment out on purpose.
 */
function notNamed(
  stack: StackFacts,
  { branch, pullRequest }: Event & { kind: "merge" },
  isFollowedElsewhere: boolean,
): Judged {
  const run = stack.run ?? null;
  const why = `pull request ${pullRequest} was merged, and the flow does nothing in ${stack.environment} on a merge into ${branch}`;
  const stands = run !== null && isOpen(run.state) && run.state !== "approved";
  return {
    actions: stands ? [{ kind: "supersede", run: run.id, stack: stack.stack, why }] : [],
    reason: isFollowedElsewhere ? yes("merge", why) : no("merge", "no-transition", why),
  };
}

function deliver(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { row, due }: { readonly row: Transition; readonly due: Due },
): Judged {
  const applies = row.do.includes("apply");
  const anew = row.do.includes("plan");
  const run = stack.run ?? null;
  if (stack.affected === undefined || stack.source === undefined) {
    const reason = no("merge", "fact-unknown", `whether ${stack.stack} is affected is not known`);
    return {
      actions: [{ kind: "refuse", stack: stack.stack, run: null, code: "fact-unknown", why: reason.sentence }],
      reason,
    };
  }
  if (!stack.affected) {
    const why = `the merge changes nothing that ${stack.stack} is made from`;
    const stands = run !== null && isOpen(run.state);
    return {
      actions: stands ? [{ kind: "supersede", run: run.id, stack: stack.stack, why }] : [],
      reason: no("merge", "not-affected", why),
    };
  }
  const empty =
    run?.state === "no-changes" && stack.plan?.speculative === null && stack.plan.manifest.inputs === stack.inputs;
  if (applies && empty && !anew) {
    return { actions: [], reason: no("merge", "no-changes", `the plan of ${stack.stack} is empty`) };
  }
  if (applies && run !== null && !anew) return judgeDue(flow, facts, stack, { run, due, phase: "start" });
  const why =
    anew && applies
      ? `${stack.stack} is planned from what was merged`
      : applies
        ? `${stack.stack} has no stored plan for this merge`
        : `a plan of ${stack.stack} is stored for later`;
  const { source } = stack;
  const asked = applies ? due : null;
  return {
    actions: [{ kind: "plan", stack: stack.stack, source, mode: "normal", speculative: null, due: asked, why }],
    reason: yes("merge", why),
  };
}
