import type { Digest } from "../../domain/digest.ts";
import type { AppliedFacts } from "../../domain/facts.ts";
import type { Instant, StackName } from "../../domain/names.ts";
import type { Run, RunState } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";

const appliedStates: readonly RunState[] = ["applied", "verifying", "verified", "verify-failed"];

/**
 * What was last applied to a stack; null when that was destroyed since. Inputs for which a plan found nothing to do since
 * then are as good as applied; a plan of other inputs than those that are to be delivered says nothing about them.
 */
export async function appliedTo(
  delivery: Delivery,
  stack: StackName,
  inputs: Digest | null,
): Promise<AppliedFacts | null> {
  const states: readonly RunState[] = [...appliedStates, "no-changes"];
  const runs = await delivery.store.runs({ stack, states, modes: ["normal", "destroy"], limit: 50 });
  const at = runs.findIndex((run) => appliedStates.includes(run.state));
  const last = runs[at];
  const applied =
    last === undefined || last.mode === "destroy" ? null : await factsOf(delivery, last, last.state === "verified");
  if (applied !== null && applied.inputs === inputs) return applied;
  for (const empty of at < 0 ? runs : runs.slice(0, at)) {
    if (empty.mode !== "normal" || (last !== undefined && !(await isPlannedSince(delivery, empty, last)))) continue;
    const settled = await factsOf(delivery, empty, applied?.verified ?? true);
    if (settled === null || settled.inputs !== inputs) continue;
    // A pull request's commit is on no protected branch: writers are still counted from the last one that is.
    return empty.source.kind === "pull-request" && applied !== null ? { ...settled, commit: applied.commit } : settled;
  }
  return applied;
}

/** A run that is newer may have been planned before what an older one had waited with was applied. */
async function isPlannedSince({ store }: Delivery, { plan }: Run, last: Run): Promise<boolean> {
  const stored = plan === null ? undefined : await store.plan(plan);
  return stored !== undefined && stored.manifest.createdAt >= last.updatedAt;
}

async function factsOf(delivery: Delivery, run: Run, verified: boolean): Promise<AppliedFacts | null> {
  const plan = run.plan === null ? undefined : await delivery.store.plan(run.plan);
  if (plan === undefined || plan.speculative !== null) return null;
  const commit = run.due?.commit ?? plan.manifest.commit;
  return { run: run.id, commit, inputs: plan.manifest.inputs, verified, at: run.updatedAt, source: run.source };
}

/** Something of an instance that may stand: since when, and the run that put it there last. */
export interface Standing {
  readonly since: Instant;
  readonly by: Run;
}

/**
 * Whether something may stand in a stack: an apply began there, whatever came of it, and no destroy, applied or planned
 * empty, ended it. Counted from the first such apply.
 */
export async function standingIn({ store }: Delivery, stack: StackName): Promise<Standing | null> {
  const runs = await store.runs({ stack });
  let first: Run | undefined;
  let by: Run | undefined;
  for (const run of runs) {
    if (run.mode === "destroy") {
      if (run.state === "no-changes" || appliedStates.includes(run.state)) break;
    } else if (mayHaveApplied(run)) {
      by ??= run;
      first = run;
    }
  }
  return first === undefined || by === undefined ? null : { since: first.due?.at ?? first.createdAt, by };
}

/** A run that failed while it planned holds no plan. */
function mayHaveApplied({ mode, state, plan }: Run): boolean {
  if (mode !== "normal") return false;
  if (state === "failed") return plan !== null;
  return state === "applying" || state === "interrupted" || appliedStates.includes(state);
}

/** The instances in which something stands: of one pull request, or of all; ordered by name. */
export async function standingInstances(
  delivery: Delivery,
  pullRequest: number | null,
): Promise<readonly { readonly stack: StackName; readonly standing: Standing }[]> {
  const { flow, store } = delivery;
  if (!flow.environments.some(({ perPullRequest }) => perPullRequest)) return [];
  const found: { stack: StackName; standing: Standing }[] = [];
  for (const stack of await store.stacks()) {
    const instance = placeOf(flow, stack)?.instance ?? null;
    if (instance === null || (pullRequest !== null && instance !== String(pullRequest))) continue;
    const standing = await standingIn(delivery, stack);
    if (standing !== null) found.push({ stack, standing });
  }
  return found;
}
