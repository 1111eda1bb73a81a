import type { Delivered } from "../../delivery/deliver.ts";
import type { RunId } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { isOutcome, renderOutcome } from "../../views/outcome.ts";
import type { Deciding } from "./deciding.ts";
import type { Ci } from "./open-job.ts";
import { telling } from "./told-applies.ts";

/**
 * Tells in plangate's comment what became of pull requests: those of runs that have `ended`, and of runs whose end was
 * `delivered` here. Apply jobs may not comment, so the job that hears of them does.
 */
export async function tellOutcomes(
  ci: Ci,
  { store, forge }: Deciding,
  { ended, delivered }: { readonly ended: readonly Run[]; readonly delivered: readonly Delivered[] },
): Promise<void> {
  const numbers = new Set(ended.flatMap((run) => pullRequestOf(run.source) ?? []));
  for (const id of new Set(delivered.flatMap(endIn))) {
    const run = await store.run(id);
    const number = run === undefined ? null : pullRequestOf(run.source);
    if (number !== null) numbers.add(number);
  }
  for (const pullRequest of numbers) {
    const runs = await store.runs({ pullRequest });
    // Without any there is no section that would have to go.
    if (!runs.some(isOutcome)) continue;
    const outcome = renderOutcome(runs);
    await telling(ci, `what became of pull request ${pullRequest}`, async () => {
      await forge.showOutcome?.(pullRequest, outcome);
    });
  }
}

/** The run whose end, or whose new beginning, was heard of. */
function endIn({ event }: Delivered): readonly RunId[] {
  switch (event.kind) {
    case "run-planned":
    case "run-applied":
    case "run-verified":
    case "run-lost":
      return [event.run];
    default:
      return [];
  }
}
