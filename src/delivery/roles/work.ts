import type { Digest } from "../../domain/digest.ts";
import type { CommitSha, RunId, TreeSha } from "../../domain/names.ts";
import type { PlanMode } from "../../domain/plan.ts";
import type { Stack } from "../../flow/flow.ts";

/** What a role is asked to work on: a stack, at a content, for a run. */
export interface Order {
  readonly run: RunId;
  readonly stack: Stack;
  /** What people call the content: a pull request's head, a merge commit. */
  readonly commit: CommitSha;
  /** What the head was merged with to get the tree. */
  readonly base: CommitSha | null;
  /** The content itself. */
  readonly tree: TreeSha;
  readonly mode: PlanMode;
  /** The environment's variables, for Terraform alone. */
  readonly variables: Readonly<Record<string, string>>;
  /** What init depends on, when what an earlier one made may be used again. Apply never does. */
  readonly initKey: Digest | null;
  readonly signal?: AbortSignal;
}
