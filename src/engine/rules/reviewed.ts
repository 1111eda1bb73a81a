import type { Facts, PullRequestFacts, PushedCommit } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { BranchReviews, Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { isAmong, lastWords, peopleText } from "../people.ts";
import { problemsAfterMerge } from "../problems.ts";
import { overLimit } from "../pushes.ts";
import { type Rule, waiting, yes } from "../rule.ts";

const name = "reviewed";

/**
 * Everything that would reach the environment came to each protected branch on its way as that branch asks: through pull
 * requests whose last commit was reviewed by enough people who wrote none of it, or as a small push where the branch
 * takes those. An apply never relies on the merge having been gated.
 */
export const reviewedRule: Rule = {
  name,
  needs: ["stack.changes", "stack.pushed", "maintainers"],
  judge({ flow, facts, stack, run }) {
    if (run.mode === "destroy") return yes(name, "a destroy brings no change");
    const { changes = [], pushed = [] } = stack;
    return (
      whyAnyUnreviewed(flow, facts, { of: stack.stack, changes, pushed }) ??
      yes(name, "every change that would be applied was reviewed as its branch asks")
    );
  },
};

/** What came to something, be it a stack or a module: pull requests, and pushes by none. */
interface Brought {
  readonly of: string;
  readonly changes: readonly PullRequestFacts[];
  readonly pushed: readonly PushedCommit[];
}

/** What of it did not come as its branches ask; null when everything did. */
export function whyAnyUnreviewed(flow: Flow, facts: Facts, { of, changes, pushed }: Brought): Verdict | null {
  const bare = pushed.find((push) => !isAccepted(flow, facts, push));
  if (bare !== undefined) {
    const sentence = `commit ${bare.commit.slice(0, 12)} reached ${bare.branch} without a pull request and alters ${of}`;
    return waiting(name, "unreviewed-change", sentence, {
      after: "/plangate accept by somebody who could have reviewed it",
    });
  }
  return changes.map((change) => whyUnreviewed(flow, facts, change)).find((obstacle) => obstacle !== null) ?? null;
}

/** The branch takes such a push, or somebody who could have reviewed it, and wrote none of it, looked at it afterwards. */
function isAccepted(flow: Flow, facts: Facts, pushed: PushedCommit): boolean {
  return overLimit(flow, pushed) === null || acceptersOf(flow, facts, pushed).length > 0;
}

/** Who accepted a push, of those that count. */
export function acceptersOf(flow: Flow, facts: Facts, { branch, writers, accepted }: PushedCommit): readonly Login[] {
  const reviews = branchClassOf(flow, branch)?.reviews ?? null;
  return accepted.filter((login) => !writers.includes(login) && mayReview(reviews, login, facts));
}

function mayReview(reviews: BranchReviews | null, login: Login, facts: Facts): boolean {
  const by = reviews?.by ?? null;
  return by === null ? facts.maintainers?.includes(login) === true : isAmong(by, login, facts) === true;
}

/** What a pull request that was merged, or is about to be, lacks of what its branch asks; null when it has everything. */
export function whyUnreviewed(flow: Flow, facts: Facts, change: PullRequestFacts): Verdict | null {
  const problem = problemsAfterMerge(flow, change)[0];
  if (problem !== undefined) {
    const sentence = `pull request ${change.number} was merged all the same: ${problem.sentence}`;
    return waiting(name, problem.code ?? "unreviewed-change", sentence, {
      after: problem.after ?? "a change that came as the branch asks",
    });
  }
  const reviews = branchClassOf(flow, change.base)?.reviews ?? null;
  if (reviews === null) return null;
  const approvers = approversOf(change, reviews, facts);
  const who = reviews.by === null ? "somebody" : peopleText(reviews.by);
  if (approvers.length < reviews.count) {
    const sentence = `pull request ${change.number} ${goes(change)} ${change.base} with ${approvers.length} of ${reviews.count} reviews by ${who} who wrote none of it`;
    return waiting(name, "unreviewed-change", sentence, { after: `a review by ${who}` });
  }
  return reviews.codeOwners ? whyNotOwned(change) : null;
}

/**
 * One code owner of each changed path approved, of those who did not write it. A line that names nobody whom the forge
 * knows asks nobody, as the forge itself reads it.
 */
export function whyNotOwned(change: PullRequestFacts): Verdict | null {
  const approvers = approvalsOf(change);
  const missing = change.codeOwners.find(
    (group) => group.length > 0 && !group.some((login) => approvers.includes(login)),
  );
  if (missing === undefined) return null;
  const who = missing.join(", ");
  const sentence = `pull request ${change.number} ${goes(change)} ${change.base} without a review by ${who}, who own what it changes`;
  return waiting(name, "code-owner-missing", sentence, { after: `a review by ${who}` });
}

function goes({ state }: PullRequestFacts): string {
  return state === "merged" ? "was merged into" : "goes into";
}

/** Whose last review of the last commit is a yes, writers left out. */
function approvalsOf(change: PullRequestFacts): readonly Login[] {
  const words = lastWords(change.answers, (said) => said.via === "review");
  return [...words.values()]
    .filter(({ says, by, at }) => says === "approve" && !change.writers.includes(by) && at > change.headSince)
    .map(({ by }) => by);
}

function approversOf(change: PullRequestFacts, reviews: BranchReviews, facts: Facts): readonly Login[] {
  return approvalsOf(change).filter((login) => reviews.by === null || isAmong(reviews.by, login, facts) === true);
}
