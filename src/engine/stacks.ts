import type { PersonalAnswer } from "../domain/answer.ts";
import type { Action } from "../domain/decision.ts";
import type { Facts, StackFacts } from "../domain/facts.ts";
import type { Login } from "../domain/names.ts";
import { type Due, isOpen } from "../domain/run.ts";
import type { Judged } from "./follow-up.ts";
import { no, waiting, yes } from "./rule.ts";

/**
 * A stack whose code is gone from what would be delivered, while something of it is applied: named, and left to people.
 * Nobody destroys it because a folder went away. Null for a stack whose code is there.
 */
export function judgeDeleted(facts: Facts, stack: StackFacts): Judged | null {
  if (stack.inputs !== null) return null;
  if (stack.applied === null) {
    return { actions: [], reason: no("deleted", "not-affected", `${stack.stack} goes, and was never applied`) };
  }
  const said = [...(stack.answers ?? []), ...(facts.pullRequest?.answers ?? [])];
  const who = said.find((answer) => forgets(answer, stack) && facts.maintainers?.includes(answer.by) === true)?.by;
  if (who !== undefined)
    return { actions: [], reason: yes("deleted", `${who} leaves the objects of ${stack.stack} behind`) };
  const why = `the code of ${stack.stack} goes, and its objects stand`;
  return {
    actions: [
      { kind: "flag", stack: stack.stack, branch: null, code: "stack-deleted", issue: "open", until: null, why },
    ],
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
  if (run !== null && isOpen(run.state) && run.mode === "normal" && run.state !== "approved")
    actions.push({ kind: "discard", run: run.id, stack: stack.stack, why });
  actions.push({ kind: "plan", stack: stack.stack, source, mode: "destroy", speculative: null, due, why });
  return { actions, reason: yes("tear-down", why) };
}

/** Something stands there, and nobody is at work on it already. */
export function isStanding(stack: StackFacts): boolean {
  return stack.instance !== null && stack.standing !== null && stack.standing !== undefined;
}

/** The wish to take down what stands for a pull request that is over. */
export function ofPullRequest(facts: Facts, stack: StackFacts, event: { readonly by: Login }): Due {
  const ref = facts.pullRequest?.headBranch ?? stack.stack;
  return { kind: "pull-request", at: facts.now, by: event.by, ref, commit: stack.commit, job: null };
}
