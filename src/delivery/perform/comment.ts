import type { Action } from "../../domain/decision.ts";
import type { Digest } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import type { Instant } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { currentRun, entry, mustWrite } from "../record.ts";

/**
 * Shows the plan, and records since when it is in front of people: only what they could see can they have approved.
 * What it takes the place of is no longer shown from then on.
 */
export async function performComment(
  delivery: Delivery,
  action: Action & { kind: "comment" },
): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  const stored = run.plan === null ? undefined : await delivery.store.plan(run.plan);
  if (stored === undefined) return [];
  const at = await delivery.forge.show(action.pullRequest, run.stack, delivery.render(run, stored));
  const plans = [shownFrom(stored, at), ...(await hiddenFrom(delivery, action, run, at))];
  await mustWrite(delivery, {
    plans,
    ledger: [
      entry(delivery, "plan-shown", {
        run: run.id,
        stack: run.stack,
        plan: stored.digest,
        pullRequest: action.pullRequest,
      }),
    ],
  });
  delivery.progress(
    `${run.stack}: the plan is shown${action.pullRequest === null ? "" : ` on pull request ${action.pullRequest}`}`,
  );
  return [];
}

function shownFrom(plan: StoredPlan, at: Instant): StoredPlan {
  return { ...plan, shown: [...endShowing(plan.shown, plan.digest, at), { digest: plan.digest, at, until: null }] };
}

function endShowing(shown: StoredPlan["shown"], digest: Digest, until: Instant): StoredPlan["shown"] {
  return shown.map((showing) =>
    showing.digest === digest && showing.until === null ? { ...showing, until } : showing,
  );
}

/** Plans of the stack that stood in the same place until now. */
async function hiddenFrom(
  delivery: Delivery,
  action: Action & { kind: "comment" },
  own: Run,
  at: Instant,
): Promise<readonly StoredPlan[]> {
  const runs = await delivery.store.runs({
    stack: own.stack,
    ...(action.pullRequest === null ? {} : { pullRequest: action.pullRequest }),
  });
  const hidden: StoredPlan[] = [];
  for (const run of runs) {
    if (run.id === own.id || run.plan === null) continue;
    const plan = await delivery.store.plan(run.plan);
    if (plan?.shown.some((showing) => showing.digest === plan.digest && showing.until === null)) {
      hidden.push({ ...plan, shown: endShowing(plan.shown, plan.digest, at) });
    }
  }
  return hidden;
}
