import type { FactName, Facts, StackFacts } from "../domain/facts.ts";
import type { Due, Run } from "../domain/run.ts";
import { allOf, type Verdict } from "../domain/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { type ApplyCase, judgeRule, no, type Rule } from "./rule.ts";
import { approvalsRule } from "./rules/approvals.ts";
import { beforeRule } from "./rules/before.ts";
import { deletionsRule } from "./rules/deletions.ts";
import { destroyableRule } from "./rules/destroyable.ts";
import { holdRule } from "./rules/hold.ts";
import { leaseRule } from "./rules/lease.ts";
import { localRule } from "./rules/local.ts";
import { objectionsRule } from "./rules/objections.ts";
import { openRule } from "./rules/open.ts";
import { planFreshRule } from "./rules/plan-fresh.ts";
import { planStoredRule } from "./rules/plan-stored.ts";
import { refRule } from "./rules/ref.ts";
import { releaseRule } from "./rules/release.ts";
import { reviewedRule } from "./rules/reviewed.ts";
import { windowsRule } from "./rules/windows.ts";

/** Every rule an apply must pass, in the order people read them: what is wrong with the wish, the plan, the people, the moment. */
export const applyRules: readonly Rule[] = [
  localRule,
  refRule,
  releaseRule,
  openRule,
  destroyableRule,
  planStoredRule,
  planFreshRule,
  objectionsRule,
  approvalsRule,
  reviewedRule,
  deletionsRule,
  beforeRule,
  holdRule,
  windowsRule,
  leaseRule,
];

/** With the glass broken these are passed by, each noted as such; what keeps the plan and the state whole is not. */
const passedByBreakingGlass: ReadonlySet<Rule> = new Set([
  refRule,
  releaseRule,
  objectionsRule,
  approvalsRule,
  reviewedRule,
  deletionsRule,
  beforeRule,
  holdRule,
  windowsRule,
]);

/** Off a gate, a person's own machine answers to no ref, review or pull request. */
const notAskedLocally: ReadonlySet<Rule> = new Set([refRule, releaseRule, objectionsRule, reviewedRule, deletionsRule]);

/** What the apply rules read: observation fetches these for every stack that an event may apply. */
export const applyNeeds: readonly FactName[] = [...new Set(applyRules.flatMap((rule) => rule.needs))];

/** Whether a run may apply its stored plan: the verdict of every rule, under one sentence. */
export function judgeApply(about: ApplyCase): Verdict {
  const children = applyRules.map((rule) => judgeOrPass(rule, about));
  return allOf("apply", `${about.stack.stack} may be applied`, children);
}

function judgeOrPass(rule: Rule, about: ApplyCase): Verdict {
  if (about.due.kind === "local") {
    if (about.due.breakGlass !== undefined && passedByBreakingGlass.has(rule)) {
      return { rule: rule.name, answer: "yes", sentence: `passed by: ${about.due.by} broke the glass` };
    }
    if (notAskedLocally.has(rule)) return { rule: rule.name, answer: "yes", sentence: "not asked of a local apply" };
  }
  return judgeRule(rule, about);
}

/** The case of one stack, or the verdict that there is none. */
export function applyCase(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  asked: { readonly run: Run; readonly due: Due; readonly phase: "start" | "ready" },
): ApplyCase | Verdict {
  const environment = flow.environments.find((candidate) => candidate.name === stack.environment);
  if (environment === undefined)
    return no("apply", "no-transition", `the flow has no environment ${stack.environment}`);
  return { flow, facts, stack, environment, plan: stack.plan ?? null, ...asked };
}
