import type { BranchClass, Flow } from "../../../flow/flow.ts";
import { listed, reviewsText, type Spelling } from "./names.ts";

/** Who may go where: a class of branches, sentence by sentence. */
export function branchSentences(flow: Flow, branch: BranchClass, spelling: Spelling): readonly string[] {
  const { strong } = spelling;
  const sentences = [`${strong(branch.name)} is ${matchText(branch, spelling)}.`];
  if (branch.cutFrom !== null) sentences.push(`It starts from ${strong(branch.cutFrom)}.`);
  sentences.push(...comingIn(branch, spelling), ...goingOn(flow, branch, spelling));
  if (branch.issue === "required") {
    const text = "A pull request from it has to link an open issue: no work without a reason.";
    sentences.push(`${text} Without one nothing is planned, and nothing that was merged is applied.`);
  }
  return sentences;
}

export function matchText({ match, except }: BranchClass, { code }: Spelling): string {
  const isOne = match.length === 1 && except.length === 0 && !/[*?[]/.test(match[0] ?? "");
  if (isOne) return `the branch ${code(match[0] ?? "")}`;
  const without = except.length === 0 ? "" : `, except ${listed(except.map(code), "and")}`;
  if (match.join() === "**") return `every branch${without}`;
  return `every branch named like ${listed(match.map(code), "or")}${without}`;
}

function comingIn(branch: BranchClass, spelling: Spelling): readonly string[] {
  const { accepts, merge, reviews } = branch;
  const { strong } = spelling;
  if (!branch.protected) return ["It is not protected: people push to it as they work."];
  const sentences = [
    accepts.length === 0
      ? "It is protected, and takes pull requests from no branch."
      : `It is protected: changes come by pull request only, from ${listed(accepts.map(strong), "or")}.`,
  ];
  if (merge.length > 0) sentences.push(`A pull request is merged ${mergeText(merge)}.`);
  sentences.push(
    reviews === null
      ? "No review is asked for."
      : `Before it is merged it needs ${reviewsText(reviews, spelling)}, given to its last commit; nobody's own work counts as reviewed by them.`,
    "What reached it in any other way is applied nowhere until somebody who could have reviewed it looks at it.",
  );
  return sentences;
}

function mergeText(merge: BranchClass["merge"]): string {
  return listed(merge.map(methodText), "or");
}

function methodText(method: BranchClass["merge"][number]): string {
  switch (method) {
    case "squash":
      return "by squashing it into one commit";
    case "rebase":
      return "by rebasing its commits";
    case "merge":
      return "with a merge commit";
    case "fast-forward":
      return "by moving the branch forward to it";
  }
}

function goingOn(flow: Flow, branch: BranchClass, { strong }: Spelling): readonly string[] {
  const into = flow.branches.filter(({ accepts }) => accepts.includes(branch.name)).map(({ name }) => strong(name));
  const applied = flow.environments
    .filter(({ appliesFrom }) => appliesFrom.includes(branch.name))
    .map(({ name }) => strong(name));
  const released = flow.releases.filter(({ from }) => from === branch.name).map(({ id }) => strong(id));
  return [
    into.length === 0 ? "It is merged into no other branch." : `It may be merged into ${listed(into, "or")}.`,
    ...(applied.length === 0 ? [] : [`What is on it may be applied to ${listed(applied, "and")}.`]),
    ...(released.length === 0 ? [] : [`A ${listed(released, "and")} is made from it.`]),
  ];
}

/** That an open issue is linked, and from which branches where not all that it takes are asked for one; null when none is. */
export function issueText(flow: Flow, { accepts }: BranchClass): string | null {
  const asked = flow.branches.filter(({ name, issue }) => accepts.includes(name) && issue === "required");
  if (asked.length === 0) return null;
  const all = asked.length === accepts.length;
  return all
    ? "an open issue is linked"
    : `an open issue is linked, from ${listed(
        asked.map(({ name }) => name),
        "or",
      )}`;
}
