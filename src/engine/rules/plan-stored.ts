import type { PullRequestFacts } from "../../domain/facts.ts";
import { isOpen, isSpent, type Run } from "../../domain/run.ts";
import { no, type Rule, waiting, yes } from "../rule.ts";

const name = "plan-stored";

/** There is a stored plan that may be applied at all: complete, not only for looking at, not used, not replaced, whole. */
export const planStoredRule: Rule = {
  name,
  needs: ["stack.run", "stack.plan", "stack.changes"],
  judge({ stack, run, plan, phase, environment, due }) {
    if (isSpent(run.state) && run.plan !== null)
      return no(name, "plan-spent", `the plan of ${run.id} was already used by an apply (${run.state})`);
    if (run.state === "superseded")
      return no(
        name,
        "plan-superseded",
        `the plan of ${run.id} was superseded: ${run.why ?? "another took its place"}`,
      );
    if (run.state === "failed") return no(name, "plan-failed", `the plan of ${stack.stack} failed`);
    if (run.state === "queued" || run.state === "checking" || run.state === "planning") {
      return waiting(name, "plan-missing", `the plan of ${stack.stack} is being made`, { after: run.id });
    }
    if (run.state === "no-changes")
      return no(name, "no-changes", `the plan of ${stack.stack} is empty: there is nothing to apply`);
    if (!isOpen(run.state)) return no(name, run.code ?? "plan-missing", `${run.id} ended as ${run.state}`);
    if (run.mode === "refresh-only") return no(name, "plan-speculative", `${run.id} only looked for drift`);
    if (plan === null) return no(name, "plan-missing", `there is no stored plan of ${stack.stack} for this commit`);
    if (plan.digest !== run.plan)
      return no(
        name,
        "plan-superseded",
        `the plan that is stored for ${stack.stack} is not the one that ${run.id} has`,
      );
    if (plan.speculative !== null)
      return no(
        name,
        "plan-speculative",
        `the plan of ${stack.stack} was made for looking at only (${plan.speculative})`,
      );
    const looked = whyOnlyLookedAt(run, stack.changes ?? []);
    if (looked !== null) return no(name, "plan-speculative", looked);
    if (phase === "ready" && stack.bundle === undefined)
      return no(name, "fact-unknown", `nobody has looked at the stored plan of ${stack.stack}`);
    // At the first decision the same event may still be about to show it.
    if (phase === "ready" && environment.gated && due.kind !== "local" && plan.shown.length === 0)
      return waiting(name, "plan-not-shown", `nobody was shown the plan of ${stack.stack}`, {
        after: "/plangate plan, which makes and shows a new one",
      });
    if (stack.bundle !== null && stack.bundle !== undefined) return no(name, stack.bundle.code, stack.bundle.sentence);
    return yes(name, `a plan of ${stack.stack} is stored, whole and signed`);
  },
};

/** A pull request's own plan is for looking at when its change governs delivery, or comes from a fork, whatever the plan says of itself. */
function whyOnlyLookedAt({ source, mode }: Run, changes: readonly PullRequestFacts[]): string | null {
  // What stands has to go, whatever its pull request came to touch.
  if (source.kind !== "pull-request" || mode === "destroy") return null;
  const change = changes.find(({ number }) => number === source.pullRequest);
  if (change === undefined || !(change.fork || change.trustedPaths.length > 0)) return null;
  const why = change.fork ? "comes from a fork" : "touches files that govern delivery";
  return `pull request ${change.number} ${why}, so it is planned again after the merge`;
}
