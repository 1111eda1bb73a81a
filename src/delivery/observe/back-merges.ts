import type { BackMergeFacts } from "../../domain/facts.ts";
import type { CommitSha } from "../../domain/names.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { isFastForwarded } from "../../flow/merges.ts";
import type { Delivery } from "../delivery.ts";

/** Where what a branch has goes back to, by its `backMerge`, and whether that lacks anything of it. */
export async function backMergesOf(
  delivery: Delivery,
  branch: string,
  head: CommitSha,
): Promise<readonly BackMergeFacts[]> {
  const { flow, forge, repository } = delivery;
  const found: BackMergeFacts[] = [];
  for (const name of branchClassOf(flow, branch)?.backMerge ?? []) {
    const target = flow.branches.find((candidate) => candidate.name === name);
    const into = target === undefined ? undefined : onlyBranchOf(target);
    const commit = into === undefined ? undefined : await repository.resolve(`refs/heads/${into}`);
    if (into === undefined || commit === undefined) continue;
    const isBehind = isFastForwarded(flow, into, branch) && !(await repository.isAncestor(head, commit));
    const needed = isBehind || (await wouldChange(delivery, commit, head));
    found.push({ from: branch, into, needed, open: await forge.openBetween(branch, into) });
  }
  return found;
}

/** Whether merging would change a file; where that conflicts, it certainly would. */
async function wouldChange({ repository }: Delivery, into: CommitSha, head: CommitSha): Promise<boolean> {
  const merged = await repository.mergeTree(into, head);
  return !("tree" in merged) || merged.tree !== (await repository.treeOf(into));
}
