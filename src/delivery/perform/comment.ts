import type { Action } from "../../domain/decision.ts";
import type { Digest } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import type { Instant } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery, ShownAt } from "../delivery.ts";
import { currentRun, entry, mustWrite } from "../record.ts";

type CommentAction = Action & { readonly kind: "comment" };

/** Shows a plan, and fails where that did not come about. */
export async function performComment(delivery: Delivery, action: CommentAction): Promise<readonly Event[]> {
  const failures = await performComments(delivery, [action]);
  for (const failure of failures.values()) throw failure;
  return [];
}

/**
 * Shows plans together, and records since when each is in front of people: only what they could see can they have
 * approved. What one takes the place of is no longer shown from then on. Gives why what could not be shown is not.
 */
export async function performComments(
  delivery: Delivery,
  actions: readonly CommentAction[],
): Promise<ReadonlyMap<CommentAction, unknown>> {
  const sections: Section[] = [];
  for (const action of actions) {
    const run = await currentRun(delivery, action.run);
    const stored = run.plan === null ? undefined : await delivery.store.plan(run.plan);
    if (stored === undefined) continue;
    const among = actions.filter(({ pullRequest }) => pullRequest === action.pullRequest).length;
    sections.push({ action, run, stored, markdown: await textOf(delivery, run, stored, { ...action, among }) });
  }
  const shown = await Promise.allSettled(
    sections.map(({ action, run, markdown }) => delivery.forge.show(action.pullRequest, run.stack, markdown)),
  );
  const failures = new Map<CommentAction, unknown>();
  for (const [index, section] of sections.entries()) {
    const outcome = shown[index];
    if (outcome?.status === "fulfilled") await recordShown(delivery, section, outcome.value);
    else failures.set(section.action, outcome?.reason);
  }
  return failures;
}

/** What is shown, with where all of it can be read: that is there before anybody is led to it. */
async function textOf(
  delivery: Delivery,
  run: Run,
  stored: StoredPlan,
  { pullRequest, among }: Pick<ShownAt, "pullRequest" | "among">,
): Promise<string> {
  const at: ShownAt = { pullRequest, among, whole: null };
  const whole = (await delivery.keepWhole?.(run, stored, at)) ?? null;
  return delivery.render(run, stored, { ...at, whole });
}

/** A plan as it is to be shown. */
interface Section {
  readonly action: CommentAction;
  readonly run: Run;
  readonly stored: StoredPlan;
  readonly markdown: string;
}

async function recordShown(delivery: Delivery, { action, run, stored }: Section, at: Instant): Promise<void> {
  const { pullRequest } = action;
  const ledger = [entry(delivery, "plan-shown", { run: run.id, stack: run.stack, plan: stored.digest, pullRequest })];
  await mustWrite(delivery, {
    plans: [shownFrom(stored, at), ...(await hiddenFrom(delivery, action, { own: run, at }))],
    ledger,
  });
  delivery.progress(`${run.stack}: the plan is shown${pullRequest === null ? "" : ` on pull request ${pullRequest}`}`);
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
  action: CommentAction,
  { own, at }: { readonly own: Run; readonly at: Instant },
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
