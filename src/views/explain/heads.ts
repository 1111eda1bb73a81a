import type { BranchClass, Flow } from "../../flow/flow.ts";

/** What a branch accepts, told apart: branches that bring work, and those that bring back what this one lacks. */
export function headsOf(
  flow: Flow,
  { name, accepts }: BranchClass,
): { readonly work: readonly string[]; readonly back: readonly string[] } {
  const isBack = (head: string) =>
    flow.branches.some((branch) => branch.name === head && branch.backMerge.includes(name));
  return { work: accepts.filter((head) => !isBack(head)), back: accepts.filter(isBack) };
}
