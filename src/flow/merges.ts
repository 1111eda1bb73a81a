import type { BranchClass, Flow } from "./flow.ts";
import { branchClassOf } from "./match.ts";

/** Whether a pull request brings back what a branch got past another one: `main` after a hotfix goes back to `develop`. */
export function isBackMerge(flow: Flow, head: string, base: string): boolean {
  const into = branchClassOf(flow, base);
  return into !== undefined && branchClassOf(flow, head)?.backMerge.includes(into.name) === true;
}

/** Whether a branch is promoted into another one by moving that on, which takes that all of its commits are on the branch. */
export function isFastForwarded(flow: Flow, head: string, base: string): boolean {
  const [of, into] = [branchClassOf(flow, head), branchClassOf(flow, base)];
  if (of === undefined || into?.accepts.includes(of.name) !== true) return false;
  return mergeMethodsOf(flow, head, base).includes("fast-forward");
}

/** Whether a pull request into the branch waits until every conversation of its review is resolved. */
export function asksResolved({ assurance }: Pick<Flow, "assurance">, { reviews }: BranchClass): boolean {
  return (reviews?.count ?? 0) > 0 && assurance !== "solo";
}

/**
 * How a pull request may be merged, first what is done when nobody says. A back-merge keeps its commits whatever the
 * branch asks else: squashed, the two histories would part for good, and no fast-forward would be possible any more.
 */
export function mergeMethodsOf(flow: Flow, head: string, base: string): BranchClass["merge"] {
  return isBackMerge(flow, head, base) ? ["merge"] : (branchClassOf(flow, base)?.merge ?? []);
}
