import type { Facts, PullRequestFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { BranchReviews, Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { isAmong, lastWords, peopleText } from "../people.ts";
import { type Rule, waiting, yes } from "../rule.ts";

const name = "reviewed";

/**
 * Everything that would reach the environment came to its branch as the branch asks: through pull requests whose last
 * commit was reviewed by enough people who wrote none of it. An apply never relies on the merge having been gated.
 */
export const reviewedRule: Rule = {
  name,
  needs: ["stack.changes", "stack.pushed"],
  judge({ flow, facts, stack, due }) {
    const pushed = stack.pushed ?? [];
    if (pushed[0] !== undefined) {
      return waiting(
        name,
        "unreviewed-change",
        `commit ${pushed[0].slice(0, 12)} reached ${due.ref} without a pull request and alters ${stack.stack}`,
        {
          after: "somebody who could have reviewed it",
        },
      );
    }
    for (const change of stack.changes ?? []) {
      const obstacle = whyUnreviewed(flow, facts, change);
      if (obstacle !== null) return obstacle;
    }
    return yes(name, "every change that would be applied was reviewed as its branch asks");
  },
};

function whyUnreviewed(flow: Flow, facts: Facts, change: PullRequestFacts): Verdict | null {
  const base = branchClassOf(flow, change.base);
  const head = branchClassOf(flow, change.headBranch);
  if (base?.protected === true && (head === undefined || !base.accepts.includes(head.name))) {
    const sentence = `pull request ${change.number} was merged from ${change.headBranch}, which ${change.base} does not accept`;
    return waiting(name, "head-not-accepted", sentence, { after: "a change that came as the branch asks" });
  }
  if (head?.issue === "required" && change.issues.length === 0) {
    const sentence = `pull request ${change.number} was merged without a link to an open issue`;
    return waiting(name, "work-item-missing", sentence, { after: "a link to an issue" });
  }
  const reviews = base?.reviews ?? null;
  if (reviews === null) return null;
  const approvers = approversOf(change, reviews, facts);
  if (approvers.length >= reviews.count) return null;
  const who = reviews.by === null ? "somebody" : peopleText(reviews.by);
  return waiting(
    name,
    "unreviewed-change",
    `pull request ${change.number} was merged into ${change.base} with ${approvers.length} of ${reviews.count} reviews by ${who} who wrote none of it`,
    { after: `a review by ${who}` },
  );
}

function approversOf(change: PullRequestFacts, reviews: BranchReviews, facts: Facts): readonly Login[] {
  const approvers: Login[] = [];
  for (const answer of lastWords(change.answers, (said) => said.via === "review").values()) {
    if (answer.says !== "approve" || change.writers.includes(answer.by) || answer.at <= change.headSince) continue;
    if (reviews.by === null || isAmong(reviews.by, answer.by, facts) === true) approvers.push(answer.by);
  }
  return approvers;
}
