import type { BundlePart, StoredPlan } from "../domain/plan.ts";
import type { ReadPlan } from "../domain/read-plan.ts";
import type { Run } from "../domain/run.ts";
import type { Flow } from "../flow/flow.ts";

/** What one stack's section of the comment is made from. */
export interface SectionView {
  readonly run: Run;
  readonly stored: StoredPlan;
  readonly flow: Flow;
  readonly made: { readonly reading: ReadPlan; readonly generated: readonly BundlePart[] };
}
