import type { PersonalAnswer } from "../domain/answer.ts";
import type { Action } from "../domain/decision.ts";
import type { Facts, StackFacts } from "../domain/facts.ts";
import type { Login } from "../domain/names.ts";
import { type Due, isOpen, type RunState } from "../domain/run.ts";
import type { Judged } from "./follow-up.ts";
import { no, waiting, yes } from "./rule.ts";

/**
 * A stack whose code is gone from what would be delivered, while something of it is applied: named, and left to people.
 * Nobody destroys it because a folder went away. Null for a stack whose code is there.
 */
export function judgeDeleted(facts: Facts, stack: StackFacts): Judged | null {
  if (stack.inputs !== null) return null;
  const gone = `${stack.stack} is no longer in what would be delivered`;
  const run = stack.run ?? null;
  const ended: readonly Action[] =
    run !== null && isOpen(run.state) && run.mode === "normal"
      ? [{ kind: "supersede", run: run.id, stack: stack.stack, why: gone }]
      : [];
  if (stack.applied === null)
    return { actions: ended, reason: no("deleted", "not-affected", `${stack.stack} goes, and was never applied`) };
  const said = [...(stack.answers ?? []), ...(facts.pullRequest?.answers ?? [])];
  const who = said.find((answer) => forgets(answer, stack) && facts.maintainers?.includes(answer.by) === true)?.by;
  // What is only proposed yet is named in its pull request, and needs no issue of its own.
  const proposed = facts.pullRequest?.state === "open";
  const flag = (issue: "open" | "close" | null, why: string): Action => {
    return {
      kind: "flag",
      stack: stack.stack,
      branch: null,
      commit: null,
      code: "stack-deleted",
      issue,
      until: null,
      why,
    };
  };
  if (who !== undefined) {
    const left = `${who} leaves the objects of ${stack.stack} behind`;
    return { actions: proposed ? ended : [...ended, flag("close", left)], reason: yes("deleted", left) };
  }
  const why = `the code of ${stack.stack} goes, and its objects stand`;
  return {
    actions: [...ended, flag(proposed ? null : "open", why)],
    reason: waiting("deleted", "stack-deleted", why, {
      after: `a change that removes its resources, or /plangate forget ${stack.stack}`,
    }),
  };
}

function forgets({ says, stack: named }: PersonalAnswer, { stack }: StackFacts): boolean {
  return says === "forget" && named === stack;
}

/** What stands in an instance of its own, of a pull request that is over or was there for long enough, is destroyed. */
export function tearDown(stack: StackFacts, due: Due, why: string): Judged {
  if (stack.source === undefined) {
    const reason = no("tear-down", "fact-unknown", `what stands in ${stack.stack} is not known`);
    return { actions: [], reason };
  }
  const { source } = stack;
  const actions: Action[] = [];
  const run = stack.run ?? null;
  if (run !== null && run.mode === "normal" && holdsPlan(run.state))
    actions.push({ kind: "discard", run: run.id, stack: stack.stack, why });
  actions.push({ kind: "plan", stack: stack.stack, source, mode: "destroy", speculative: null, due, why });
  return { actions, reason: yes("tear-down", why) };
}

/** Something stands there. */
export function isStanding(stack: StackFacts): boolean {
  return stack.instance !== null && stack.standing !== null && stack.standing !== undefined;
}

/** A plan is there that nobody began to apply, or is being made. */
export function holdsPlan(state: RunState): boolean {
  return isOpen(state) || state === "queued" || state === "checking" || state === "planning";
}

/** The wish to take down what stands for a pull request that is over. */
export function ofPullRequest(facts: Facts, stack: StackFacts, event: { readonly by: Login }): Due {
  const ref = facts.pullRequest?.headBranch ?? stack.stack;
  return { kind: "pull-request", at: facts.now, by: event.by, ref, commit: stack.commit, job: null };
}
