import type { BranchClass, DirectPush, Flow } from "../../../flow/flow.ts";
import { headsOf } from "../heads.ts";
import { counted, listed, reviewsText, type Spelling } from "./names.ts";

/** How a change comes into a branch: by pull request from where, how it is merged, who looks at it, and what may be pushed. */
export function comingIn(flow: Flow, branch: BranchClass, spelling: Spelling): readonly string[] {
  const { accepts, merge, reviews, linear } = branch;
  if (!branch.protected && accepts.length === 0 && reviews === null)
    return ["It is not protected.", pushText(branch.directPush, false), ...linearText(linear)];
  return [
    `It is ${branch.protected ? "protected" : "not protected"}: ${fromText(flow, branch, spelling)}.`,
    ...(merge.length === 0
      ? []
      : [`A pull request into it is merged ${methodsText(merge)}${backText(flow, branch, spelling)}.`]),
    ...linearText(linear),
    reviews === null
      ? "No review is asked for."
      : `Before a merge it needs ${reviewsText(reviews, spelling)}, given to the last commit; nobody's own work counts as reviewed by them.`,
    ...(reviews?.codeOwners === true
      ? ["For every path that it changes, one of the path's code owners (CODEOWNERS) is among those who approve."]
      : []),
    pushText(branch.directPush, branch.protected),
  ];
}

/** Those that bring work, then those that only bring something back. */
function fromText(flow: Flow, branch: BranchClass, { strong }: Spelling): string {
  const { work, back } = headsOf(flow, branch);
  const told = [
    ...(work.length === 0 ? [] : [`from ${listed(work.map(strong), "or")}`]),
    ...(back.length === 0 ? [] : [`as a back-merge from ${listed(back.map(strong), "or")}`]),
  ];
  return told.length === 0
    ? "it takes pull requests from no branch"
    : `changes come by pull request, ${told.join(" or ")}, and from no other branch`;
}

/** A back-merge is merged in its own way, whatever the branch asks else. */
function backText(flow: Flow, { name, merge }: BranchClass, { strong }: Spelling): string {
  const back = flow.branches.filter(({ backMerge }) => backMerge.includes(name));
  if (back.length === 0 || merge.join() === "merge") return "";
  const from = listed(
    back.map((branch) => strong(branch.name)),
    "or",
  );
  return `; a back-merge from ${from} with a merge commit, so that it keeps its commits`;
}

function linearText(linear: boolean): readonly string[] {
  return linear
    ? [
        "Its history stays linear: a pull request whose own commits hold a merge has a failing check until it is rebased, and is not applied without.",
      ]
    : [];
}

const accepted =
  "is flagged with an issue and applied nowhere, until somebody who could have reviewed it says `/plangate accept <commit>` or it is reverted";

function pushText(push: DirectPush, isProtected: boolean): string {
  if (push === "free")
    return isProtected
      ? "People also push to it directly, as much as they like."
      : "People push to it as they work, without a pull request.";
  if (push === "never") return `Nobody pushes to it directly; what gets there past its pull requests ${accepted}.`;
  return `Small fixes may be pushed to it directly: at most ${counted(push.lines, "line")} in at most ${counted(push.files, "file")} at once. What is larger ${accepted}.`;
}

export function methodsText(merge: BranchClass["merge"]): string {
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
      return "by fast-forward (the branch moves on to the very same commits)";
  }
}
