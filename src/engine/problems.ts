import type { PullRequestFacts } from "../domain/facts.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { BranchClass, Flow } from "../flow/flow.ts";
import { branchClassOf, classButForTicket } from "../flow/match.ts";
import { isBackMerge } from "../flow/merges.ts";
import { no, waiting } from "./rule.ts";

/**
 * What is wrong with how a pull request came, apart from reviews: from which branch, starting where, with which history
 * and which text. The check that plangate reports is red as long as there is anything here, and an apply asks again after
 * the merge. The first that `keepsFromPlanning` keeps anything that holds an identity from running.
 */
export function problemsOf(flow: Flow, change: PullRequestFacts): readonly Verdict[] {
  const base = branchClassOf(flow, change.base);
  const head = branchClassOf(flow, change.headBranch);
  if (base === undefined || head === undefined || !base.accepts.includes(head.name)) {
    const takes = base?.accepts.map((name) => kindText(flow, name)).join(", ") || "nothing";
    const asked = head === undefined ? ticketText(flow, change.headBranch) : "";
    const sentence = `${change.base} does not accept ${change.headBranch}; it takes ${takes}${asked}`;
    return [no("accepts", "head-not-accepted", sentence)];
  }
  // Anybody can call a branch of their own fork after one that is protected here: nobody reviewed what is on it.
  if (change.fork && head.protected) {
    const sentence = `${change.base} does not accept a fork's ${change.headBranch}; it takes ${head.name} of this repository`;
    return [no("accepts", "head-not-accepted", sentence)];
  }
  const found = [whyElsewhere(head, change), whyNoWorkItem(head, change)];
  if (!isBackMerge(flow, change.headBranch, change.base)) {
    found.push(whyNotLinear(base, change), ...missingSections(flow, change), whyBehind(base, head, change));
  }
  return found.filter((verdict) => verdict !== null);
}

/** A kind of branch by its name, with the names that branches of it have where these are others. */
function kindText(flow: Flow, name: string): string {
  const match = flow.branches.find((one) => one.name === name)?.match ?? [name];
  return match.length === 1 && match[0] === name ? name : `${name} (${match.join(", ")})`;
}

/** What a name lacks that would be taken if it held a ticket. */
function ticketText(flow: Flow, branch: string): string {
  const name = classButForTicket(flow, branch)?.name;
  return name === undefined ? "" : `. The name of a ${name} branch holds a ticket, such as NET-12`;
}

/** The problems of a merged pull request: what a merge settles is none any more. */
export function problemsAfterMerge(flow: Flow, change: PullRequestFacts): readonly Verdict[] {
  return problemsOf(flow, change).filter(({ code }) => code !== "back-merge-missing");
}

/** The text can be mended while a plan is looked at; where the change comes from cannot. */
export function keepsFromPlanning({ code }: Verdict): boolean {
  return code !== "section-missing" && code !== "merge-commits";
}

function whyElsewhere(head: BranchClass, { headBranch, carries }: PullRequestFacts): Verdict | null {
  if (head.cutFrom === null || carries.length === 0) return null;
  const sentence = `${headBranch} carries commits of ${carries.join(", ")}; branches of ${head.name} start from ${head.cutFrom}`;
  return no("cut-from", "branch-started-elsewhere", sentence);
}

function whyNoWorkItem(head: BranchClass, { number, issues }: PullRequestFacts): Verdict | null {
  if (head.issue !== "required" || issues.length > 0) return null;
  return waiting("work-item", "work-item-missing", `pull request ${number} links no open issue`, {
    after: "a link to an issue",
  });
}

function whyNotLinear(base: BranchClass, { number, mergeCommits }: PullRequestFacts): Verdict | null {
  if (!base.linear || mergeCommits === 0) return null;
  const commits = mergeCommits === 1 ? "a merge commit" : `${mergeCommits} merge commits`;
  return waiting(
    "linear",
    "merge-commits",
    `pull request ${number} holds ${commits}, and ${base.name} is kept linear`,
    {
      after: "a rebase",
    },
  );
}

function missingSections(flow: Flow, { number, sections }: PullRequestFacts): readonly Verdict[] {
  return flow.require.sections
    .filter((section) => !sections.includes(section))
    .map((section) =>
      waiting("sections", "section-missing", `the text of pull request ${number} says nothing under "${section}"`, {
        after: "an edit of the text",
      }),
    );
}

/** A promotion would mix what only the base branch has into what was looked at. */
function whyBehind(base: BranchClass, head: BranchClass, change: PullRequestFacts): Verdict | null {
  if (!change.baseAhead || !base.backMerge.includes(head.name)) return null;
  const sentence = `${change.base} holds content that ${change.headBranch} lacks`;
  return waiting("back-merge", "back-merge-missing", sentence, { after: `${change.base} merged back` });
}
