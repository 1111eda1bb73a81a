import type { FactName, Facts, StackFacts } from "../domain/facts.ts";
import type { StoredPlan } from "../domain/plan.ts";
import type { ReasonCode } from "../domain/reason.ts";
import type { Due, Run } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Environment, Flow } from "../flow/flow.ts";

/**
 * What a rule about an apply judges. `phase` tells the two decisions apart: `start` asks whether a run may take the
 * lease, `ready` is asked under the lease with facts observed again.
 */
export interface ApplyCase {
  readonly flow: Flow;
  readonly facts: Facts;
  readonly stack: StackFacts;
  readonly environment: Environment;
  readonly run: Run;
  readonly plan: StoredPlan | null;
  readonly due: Due;
  readonly phase: "start" | "ready";
}

/** One rule: pure, total, and never asked when a fact that it needs is unknown. */
export interface Rule {
  readonly name: string;
  /** The facts it reads; observation fetches these, and the proof projects on them. */
  readonly needs: readonly FactName[];
  readonly judge: (about: ApplyCase) => Verdict;
}

export function yes(rule: string, sentence: string): Verdict {
  return { rule, answer: "yes", sentence };
}

export function no(rule: string, code: ReasonCode, sentence: string): Verdict {
  return { rule, answer: "no", code, sentence };
}

export function waiting(
  rule: string,
  code: ReasonCode,
  sentence: string,
  end: { until: number } | { after: string },
): Verdict {
  return { rule, answer: "waiting", code, sentence, ...end };
}

/** Judges, unless a needed fact is unknown: then the answer is no, and the sentence names the fact. */
export function judgeRule(rule: Rule, about: ApplyCase): Verdict {
  for (const fact of rule.needs) {
    if (!isKnown(fact, about.facts, about.stack)) {
      return no(
        rule.name,
        "fact-unknown",
        `${fact} of ${about.stack.stack} is not known, and unknown is never taken as good.`,
      );
    }
  }
  return rule.judge(about);
}

export function isKnown(fact: FactName, facts: Facts, stack: StackFacts): boolean {
  return fact.startsWith("stack.")
    ? stack[fact.slice("stack.".length) as keyof StackFacts] !== undefined
    : facts[fact as keyof Facts] !== undefined;
}
