import type { CommitSha, TreeSha } from "../../domain/names.ts";
import type { Run, RunSource } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";

/** A commit, and the files that are meant by it: for a pull request those that would be there after the merge. */
export interface Content {
  readonly commit: CommitSha;
  readonly base: CommitSha | null;
  readonly tree: TreeSha;
}

/** What planning a source plans; null when it cannot be merged. */
export async function contentOf(delivery: Delivery, source: RunSource): Promise<Content | null> {
  const { repository } = delivery;
  switch (source.kind) {
    case "pull-request": {
      const merged = await repository.mergeTree(source.base, source.head);
      return "tree" in merged ? { commit: source.head, base: source.base, tree: merged.tree } : null;
    }
    case "merge":
    case "dispatch":
      return { commit: source.commit, base: null, tree: await repository.treeOf(source.commit) };
    case "local":
      return { commit: source.commit, base: null, tree: source.tree ?? (await repository.treeOf(source.commit)) };
  }
}

/**
 * What an apply of the run would deliver now. After a merge that is the head of the branch at this moment: a later
 * merge, or a revert, is part of it.
 */
export async function deliveredContent(delivery: Delivery, run: Run): Promise<Content | null> {
  const { due } = run;
  if (due?.kind === "merge") {
    const commit = await delivery.repository.resolve(`refs/heads/${due.ref}`);
    return commit === undefined ? null : { commit, base: null, tree: await delivery.repository.treeOf(commit) };
  }
  if (due?.kind === "dispatch")
    return { commit: due.commit, base: null, tree: await delivery.repository.treeOf(due.commit) };
  return contentOf(delivery, run.source);
}
