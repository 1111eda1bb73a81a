import { DeliveryError } from "../../domain/errors.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { type Content, stackAt } from "../observe/content.ts";
import { orderFor } from "../observe/stack-facts.ts";
import type { Presented } from "../roles/presentation.ts";
import { stateLockText } from "./state-lock.ts";

/** A presented plan, or why there is none. */
export type Made =
  | (Presented & { readonly kind: "presented" })
  | { readonly kind: "none"; readonly code: ReasonCode; readonly why: string; readonly error?: DeliveryError };

/** Plans and presents a stack at a content: the two roles one after the other, whatever goes wrong told as data. */
export async function makeAndPresent(
  delivery: Delivery,
  run: Run,
  content: Content | null,
  speculative: StoredPlan["speculative"],
): Promise<Made> {
  if (content === null)
    return none("plan-failed", `pull request of ${run.stack} cannot be merged into its base branch`);
  const stack = await stackAt(delivery, run.stack, content);
  if (stack === undefined) return none("plan-failed", `${run.stack} is not in commit ${content.commit.slice(0, 12)}`);
  const found = await delivery.configuration.content(stack, content.tree);
  if (found.forbidden !== null) return none("not-allowed-in-plan", found.forbidden);
  const order = { ...orderFor(delivery, run, stack, content), initKey: found.initKey };
  try {
    const planned = await delivery.roles.plan(order);
    try {
      if (planned.outcome.kind === "failed") {
        const { stateLock, summary } = planned.outcome;
        return stateLock === null
          ? none("plan-failed", summary)
          : none("state-locked", stateLockText(run.stack, stateLock));
      }
      const presented = await delivery.roles.present(planned, { order, inputs: found.inputs, speculative });
      return presented.kind === "refused" ? none(presented.code, presented.sentence) : presented;
    } finally {
      await planned.folder.remove();
    }
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    // Whatever fails outside, the run says so and ends: nothing was touched, and a new plan can be asked for.
    return { kind: "none", code: "plan-failed", why: [error.message, error.hint].filter(Boolean).join(". "), error };
  }
}

function none(code: ReasonCode, why: string): Made {
  return { kind: "none", code, why };
}
