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
  /** Where the whole plan can be read; absent where nothing but this shows it. */
  readonly whole?: WholePlanPlace | null;
  /** The most characters of what is told of the plan; what a comment takes where it is left out. */
  readonly budget?: number;
}

/** A place where a plan can be read whole. Both are Markdown made by us. */
export interface WholePlanPlace {
  /** In few words: `[the run's summary](https://…)`. */
  readonly where: string;
  /** A sentence with that and, where files are kept of it, what they are called and their digests. */
  readonly text: string;
}
