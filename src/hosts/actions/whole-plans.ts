import type { Delivery } from "../../delivery/delivery.ts";
import { InternalError } from "../../domain/errors.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { ReadPlan } from "../../domain/read-plan.ts";
import type { Run } from "../../domain/run.ts";
import { renderPlanMarkdown, renderWholePlan } from "../../views/plan-markdown.ts";
import { sectionBudget } from "../../views/section.ts";
import type { WholePlanPlace } from "../../views/section-view.ts";

/** Where people find plans whole, whatever room there is where they are shown. */
export interface WholePlans {
  /** Keeps all of a plan but what is sensitive, and says where. Doing it again does nothing more. */
  keep(plan: WholePlan): WholePlanPlace;
}

export interface WholePlan {
  readonly run: Run;
  readonly stored: StoredPlan;
  readonly reading: ReadPlan;
  /** Nothing of it is left out where it is shown at a gate. */
  readonly isShownWhole: boolean;
}

/** Keeps each plan before it is shown, as this process read it. */
export function keepingWhole(
  { readingOf }: Pick<Delivery, "readingOf">,
  plans: WholePlans,
): NonNullable<Delivery["keepWhole"]> {
  return async (run, stored, shown) => {
    const reading = readingOf(stored.digest)?.reading;
    if (reading === undefined) throw new InternalError(`plan ${stored.digest} is to be kept and was not read here`);
    const inBrief = () => renderPlanMarkdown(reading, { budget: sectionBudget(shown), elsewhere: "" });
    const isShownWhole = shown.pullRequest === null && inBrief() === renderWholePlan(reading);
    return plans.keep({ run, stored, reading, isShownWhole });
  };
}
