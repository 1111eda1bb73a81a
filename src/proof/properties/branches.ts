import type { BranchClass, Flow } from "../../flow/flow.ts";
import { differingPaths, isAncestor, mergeTrees } from "../../worlds/model/git.ts";
import { longLived } from "../branch-names.ts";
import type { Rest, Watched } from "./property.ts";

/**
 * P5. Where one long-lived branch is promoted into another, what the second got past the first is on its way back: an
 * open pull request brings it, or somebody closed that one. Then merging it makes the two one history again.
 */
export const reconcilable: Watched = { id: "P5", atRest: whyApart };

function whyApart({ setting, world, past }: Rest): string | null {
  for (const { from, into } of promotionsOf(setting.flow)) {
    const [behind, ahead] = [world.branches[from], world.branches[into.branch]];
    if (behind === undefined || ahead === undefined || isAncestor(ahead, behind)) continue;
    // The forge's own merge commits bring nothing that the other lacks.
    const merged = mergeTrees(behind, ahead);
    const lacksNothing = merged !== null && differingPaths(merged, behind.tree).length === 0;
    const isSame = differingPaths(ahead.tree, behind.tree).length === 0;
    if (lacksNothing && (isSame || !into.of.merge.includes("fast-forward"))) continue;
    const back = world.pullRequests.filter(
      ({ headBranch, base, fork }) => headBranch === into.branch && base === from && !fork,
    );
    if (back.some(({ state, number }) => state === "open" || past.closed.includes(number))) continue;
    return `${into.branch} holds what ${from} lacks, and nothing brings it back: the next promotion is not possible`;
  }
  return null;
}

/** Pairs of long-lived branches of which one is promoted into the other; what only goes back is no promotion. */
export function promotionsOf(
  flow: Flow,
): readonly { readonly from: string; readonly into: { readonly branch: string; readonly of: BranchClass } }[] {
  const branches = longLived(flow);
  return branches.flatMap((into) =>
    branches
      .filter(({ of }) => into.of.accepts.includes(of.name) && !of.backMerge.includes(into.of.name))
      .map(({ branch: from }) => ({ from, into })),
  );
}
