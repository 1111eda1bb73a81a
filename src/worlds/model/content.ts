import type { CommitSha } from "../../domain/names.ts";
import type { Run, RunSource } from "../../domain/run.ts";
import { mergeTrees, type Tree } from "./git.ts";
import { commitOf, type ModelWorld } from "./world.ts";

/** A commit, and the files that are meant by it: for a pull request those that would be there after the merge. */
export interface Content {
  readonly commit: CommitSha;
  readonly base: CommitSha | null;
  readonly tree: Tree;
}

export function contentAt(world: ModelWorld, commit: CommitSha): Content {
  return { commit, base: null, tree: commitOf(world, commit).tree };
}

/** What planning a source plans; null when it cannot be merged. */
export function contentOf(world: ModelWorld, source: RunSource): Content | null {
  if (source.kind !== "pull-request") return contentAt(world, source.commit);
  const tree = mergeTrees(commitOf(world, source.base), commitOf(world, source.head));
  return tree === null ? null : { commit: source.head, base: source.base, tree };
}

/** What an apply of the run would deliver now: after a merge or a push, the head of the branch at this moment. Null when there is none. */
export function deliveredContent(world: ModelWorld, run: Run): Content | null {
  switch (run.due?.kind) {
    case "merge":
    case "push": {
      const head = world.branches[run.due.ref];
      return head === undefined ? null : { commit: head.sha, base: null, tree: head.tree };
    }
    case "dispatch":
    case "release":
    case "schedule":
      return contentAt(world, run.due.commit);
    default:
      return contentOf(world, run.source);
  }
}
