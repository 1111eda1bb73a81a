import type { Store } from "../../delivery/ports.ts";
import { instantText } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { lastWords, wasShownAt } from "../../engine/people.ts";
import type { Fields } from "./schema.ts";

type Approvals = Fields<"runs">["runs"][number]["approvals"];

/**
 * Who said yes to the plan of a run while it was in front of them, as the record here has it, and did not take it back.
 * Whether a gate counts them is judged by the flow when the apply is.
 */
export async function approvalsOf(store: Pick<Store, "plan" | "answers">, run: Run): Promise<Approvals> {
  const plan = run.plan === null ? undefined : await store.plan(run.plan);
  if (plan === undefined) return [];
  const number = pullRequestOf(run.source);
  const [onPullRequest, atGate] = await Promise.all([
    number === null ? [] : store.answers({ pullRequest: number }),
    store.answers({ environment: plan.manifest.environment }),
  ]);
  const about = [...onPullRequest, ...atGate].filter(
    (answer) =>
      (answer.stack === null || answer.stack === run.stack) &&
      (answer.plan === null || plan.shown.some((showing) => showing.digest === answer.plan)),
  );
  return [...lastWords(about, () => true).values()]
    .filter(({ says, at }) => says === "approve" && wasShownAt(plan.shown, at))
    .map(({ by, at, via }) => ({ by, at: instantText(at), via }));
}
