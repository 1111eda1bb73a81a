import type { AppliedFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import type { Run, RunState } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";

const appliedStates: readonly RunState[] = ["applied", "verifying", "verified", "verify-failed"];

/**
 * What was last applied to a stack. A plan that was found empty since then says that nothing of its inputs differs
 * from what is there, which is as good as having applied them.
 */
export async function appliedTo(delivery: Delivery, stack: StackName): Promise<AppliedFacts | null> {
  const runs = await delivery.store.runs({ stack, states: [...appliedStates, "no-changes"], limit: 20 });
  const applied = runs.find((run) => appliedStates.includes(run.state));
  const empty = runs.find((run) => run.state === "no-changes" && run.plan !== null);
  const base = applied === undefined ? null : await facts(delivery, applied, applied.state === "verified");
  if (empty === undefined || (applied !== undefined && applied.updatedAt >= empty.updatedAt)) return base;
  const settled = await facts(delivery, empty, base?.verified ?? true);
  // A pull request's commit is on no protected branch: writers are still counted from the last commit that is.
  return settled === null || (empty.source.kind === "pull-request" && base === null)
    ? settled
    : { ...settled, commit: empty.source.kind === "pull-request" && base !== null ? base.commit : settled.commit };
}

async function facts(delivery: Delivery, run: Run, verified: boolean): Promise<AppliedFacts | null> {
  const plan = run.plan === null ? undefined : await delivery.store.plan(run.plan);
  if (plan === undefined) return null;
  const commit = run.due?.commit ?? plan.manifest.commit;
  return { run: run.id, commit, inputs: plan.manifest.inputs, verified };
}
