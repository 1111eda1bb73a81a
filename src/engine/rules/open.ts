import type { PullRequestFacts } from "../../domain/facts.ts";
import type { Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { keepsFromPlanning, problemsOf } from "../problems.ts";
import { rowsInto } from "../rows.ts";
import { no, type Rule, yes } from "../rule.ts";

const name = "open";

/**
 * What is tried for a pull request is tried while that is open, at the head that was planned, and as long as it would
 * be let in: nobody reviewed it yet, so nothing else keeps a branch that is closed, moved or retargeted from running.
 * The plan of one that was closed without a merge is applied for no other wish either.
 */
export const openRule: Rule = {
  name,
  needs: [],
  judge({ flow, environment, run, stack, due }) {
    if (run.mode === "destroy") return yes(name, "what was tried for a pull request goes, whatever became of that");
    if (run.source.kind === "pull-request" && stack.pullRequest?.state === "closed") return closed(stack.pullRequest);
    if (due.kind !== "pull-request") return yes(name, "nothing is tried for an open pull request");
    if (stack.pullRequest === undefined)
      return no(name, "fact-unknown", `the pull request that ${stack.stack} is tried for is not known`);
    return (
      whyOver(run, stack.pullRequest) ??
      whyNotLetIn(flow, environment, stack.pullRequest) ??
      yes(name, `pull request ${stack.pullRequest?.number} is open, and its head is the one that was planned`)
    );
  },
};

function closed({ number }: PullRequestFacts): Verdict {
  return no(name, "closed-without-merge", `pull request ${number} was closed without a merge`);
}

function whyOver({ id, source }: Run, change: PullRequestFacts | null): Verdict | null {
  if (change === null || source.kind !== "pull-request")
    return no(name, "ref-not-allowed", `${id} is of no pull request that anything could be tried for`);
  if (change.state === "closed") return closed(change);
  const which = `pull request ${change.number}`;
  if (change.state === "merged") return no(name, "plan-superseded", `${which} is merged, so nothing is tried for it`);
  return change.head === source.head ? null : no(name, "plan-superseded", `${which} has another head than was planned`);
}

function whyNotLetIn(flow: Flow, environment: Environment, change: PullRequestFacts | null): Verdict | null {
  if (change === null) return null;
  const rows = rowsInto(flow, "pull_request", change.base).filter((row) => row.environment === environment.name);
  if (!rows.some((row) => row.do.includes("apply"))) {
    const sentence = `the flow applies nothing in ${environment.name} for a pull request into ${change.base}`;
    return no(name, "ref-not-allowed", sentence);
  }
  if (change.fork)
    return no(name, "fork-not-trusted", `pull request ${change.number} comes from a fork, so nothing of it is applied`);
  if (change.trustedPaths.length > 0) {
    const sentence = `pull request ${change.number} touches files that govern delivery, so nothing of it is applied`;
    return no(name, "trusted-path-changed", sentence);
  }
  return problemsOf(flow, change).find(keepsFromPlanning) ?? null;
}
