import type { BranchClass, Flow } from "./flow.ts";
import { branchClassOf } from "./match.ts";

/** Whether a pull request brings back what a branch got past another one: `main` after a hotfix goes back to `develop`. */
export function isBackMerge(flow: Flow, head: string, base: string): boolean {
  const into = branchClassOf(flow, base);
  return into !== undefined && branchClassOf(flow, head)?.backMerge.includes(into.name) === true;
}

/**
 * How a pull request may be merged, first what is done when nobody says. A back-merge keeps its commits whatever the
 * branch asks else: squashed, the two histories would part for good, and no fast-forward would be possible any more.
 */
export function mergeMethodsOf(flow: Flow, head: string, base: string): BranchClass["merge"] {
  return isBackMerge(flow, head, base) ? ["merge"] : (branchClassOf(flow, base)?.merge ?? []);
}
