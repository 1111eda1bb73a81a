import type { Login } from "../../domain/names.ts";
import { branchClassOf } from "../../flow/match.ts";
import { isAmong, lastWords, peopleText } from "../people.ts";
import { type Rule, waiting, yes } from "../rule.ts";

const name = "reviewed";

/**
 * What reaches an environment from a protected branch came there as the branch asks: through a pull request whose
 * last commit was reviewed by enough people who wrote none of it. An apply never relies on the merge having been gated.
 */
export const reviewedRule: Rule = {
  name,
  needs: ["stack.change"],
  judge({ flow, facts, stack, run, due }) {
    if (due.kind === "local") return yes(name, "started on a person's own machine");
    const change = stack.change;
    if (change === null || change === undefined) {
      return waiting(name, "unreviewed-change", `what ${stack.stack} would get came to ${run.source.kind === "merge" ? run.source.branch : due.ref} without a pull request`, {
        after: "somebody who could have reviewed it",
      });
    }
    const reviews = branchClassOf(flow, change.base)?.reviews ?? null;
    if (reviews === null) return yes(name, `${change.base} asks for no review`);
    const approvers: Login[] = [];
    for (const answer of lastWords(change.answers, (said) => said.via === "review" || said.via === "command").values()) {
      if (answer.says !== "approve" || change.writers.includes(answer.by) || answer.at <= change.headSince) continue;
      if (reviews.by === null || isAmong(reviews.by, answer.by, facts) === true) approvers.push(answer.by);
    }
    if (approvers.length >= reviews.count) return yes(name, `pull request ${change.number} was reviewed by ${approvers.join(", ")}`);
    const who = reviews.by === null ? "somebody" : peopleText(reviews.by);
    return waiting(
      name,
      "unreviewed-change",
      `pull request ${change.number} was merged into ${change.base} with ${approvers.length} of ${reviews.count} reviews by ${who} who wrote none of it`,
      { after: `a review by ${who}` },
    );
  },
};
