import type { Parsed } from "./names.ts";
import { type PlanJson, parsePlanJson } from "./plan-json.ts";
import { type MeaningOptions, meaningOf, type PlanMeaning } from "./plan-meaning.ts";
import { type OpenAtApply, openAtApply } from "./plan-open.ts";
import { type PlanSummary, summaryOf } from "./plan-summary.ts";
import { makeRedactor, type Redactor, sensitiveValuesOf } from "./redaction.ts";

/** All that the product needs to know of a plan. The views take it as it is. */
export interface ReadPlan {
  readonly plan: PlanJson;
  readonly summary: PlanSummary;
  readonly meaning: PlanMeaning;
  readonly open: OpenAtApply;
  /** What the meaning left out; the same list as `meaning.runtimeOwned`. */
  readonly runtimeOwned: PlanMeaning["runtimeOwned"];
  /** Takes out every value that this plan marks sensitive anywhere, and whatever looks like a token. */
  readonly redact: Redactor;
}

/** Reads plan JSON in one go: what it does, what it means, what it leaves open, and how to show it without its secrets. */
export function readPlan(
  input: Uint8Array | string,
  options: MeaningOptions & { readonly secrets?: readonly string[] },
): Parsed<ReadPlan> {
  const { value: plan, diagnostics } = parsePlanJson(input);
  if (plan === undefined) return { diagnostics };
  const meaning = meaningOf(plan, options);
  const redact = makeRedactor({ values: [...sensitiveValuesOf(plan), ...(options.secrets ?? [])] });
  const { runtimeOwned } = meaning;
  const value = { plan, summary: summaryOf(plan), meaning, open: openAtApply(plan), runtimeOwned, redact };
  return { value, diagnostics };
}
