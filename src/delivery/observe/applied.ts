import type { Digest } from "../../domain/digest.ts";
import type { AppliedFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import type { Run, RunState } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";

const appliedStates: readonly RunState[] = ["applied", "verifying", "verified", "verify-failed"];

/**
 * What was last applied to a stack. Inputs for which a plan found nothing to do since then are as good as applied; a
 * plan of other inputs than those that are to be delivered says nothing about them.
 */
export async function appliedTo(
  delivery: Delivery,
  stack: StackName,
  inputs: Digest | null,
): Promise<AppliedFacts | null> {
  const runs = await delivery.store.runs({ stack, states: [...appliedStates, "no-changes"], limit: 50 });
  const last = runs.findIndex((run) => appliedStates.includes(run.state));
  const run = runs[last];
  const applied = run === undefined ? null : await factsOf(delivery, run, run.state === "verified");
  if (applied?.inputs === inputs) return applied;
  for (const empty of last < 0 ? runs : runs.slice(0, last)) {
    const settled = await factsOf(delivery, empty, applied?.verified ?? true);
    if (settled === null || settled.inputs !== inputs) continue;
    // A pull request's commit is on no protected branch: writers are still counted from the last one that is.
    return empty.source.kind === "pull-request" && applied !== null ? { ...settled, commit: applied.commit } : settled;
  }
  return applied;
}

async function factsOf(delivery: Delivery, run: Run, verified: boolean): Promise<AppliedFacts | null> {
  const plan = run.plan === null ? undefined : await delivery.store.plan(run.plan);
  if (plan === undefined || plan.speculative !== null) return null;
  const commit = run.due?.commit ?? plan.manifest.commit;
  return { run: run.id, commit, inputs: plan.manifest.inputs, verified };
}
