import type { Facts, PullRequestFacts } from "../domain/facts.ts";
import type { StoredPlan } from "../domain/plan.ts";
import { isOpen, type Run } from "../domain/run.ts";
import type { Flow, Gate } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { dueOnceMerged } from "./heard.ts";
import { gatesOf } from "./rows.ts";
import type { ApplyCase } from "./rule.ts";
import { type SaidAtGate, saidAt } from "./rules/approvals.ts";

/** A plan that stands on a pull request. */
export interface Standing {
  readonly run: Run;
  readonly plan: StoredPlan;
}

/** What was said on a pull request at one gate of a plan's apply. */
export interface GivenAt extends SaidAtGate {
  readonly gate: Gate;
}

/**
 * Who said yes to a plan on its pull request, gate by gate, by the very rule that judges it when its apply is asked for. For
 * telling people alone: that asks for everything anew, at gates too, and for who wrote what else it would bring. Empty where
 * nobody is asked, or where the run ended.
 */
export function givenOn(
  flow: Flow,
  facts: Facts,
  { run, plan, change }: Standing & { readonly change: PullRequestFacts },
): readonly GivenAt[] {
  const place = placeOf(flow, run.stack);
  if (place === undefined || !isOpen(run.state) || plan.speculative !== null || run.mode === "refresh-only") return [];
  const { environment, instance } = place;
  const due = dueOnceMerged(run, change, facts.now);
  const about: ApplyCase = {
    flow,
    facts,
    stack: {
      stack: run.stack,
      environment: environment.name,
      instance,
      commit: change.head,
      answers: change.answers,
      writers: change.writers,
      others: [],
    },
    environment,
    run,
    plan,
    due,
    phase: "start",
  };
  return gatesOf(flow, { environment, due, mode: run.mode }).map((gate) => ({ gate, ...saidAt(gate, about) }));
}
