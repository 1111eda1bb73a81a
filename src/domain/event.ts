import type { Digest } from "./digest.ts";
import type { CommitSha, Login, RunId, StackName, TreeSha } from "./names.ts";
import type { PlanMode } from "./plan.ts";

/**
 * What happened, in our words. Those that come from the forge or a person name who did it; those that start with
 * `run-` are said by plangate itself about its own work.
 */
export type Event =
  | {
      readonly kind: "pull-request";
      readonly action: "opened" | "synchronized" | "reopened" | "edited" | "ready" | "labeled" | "retargeted";
      readonly pullRequest: number;
      readonly by: Login;
    }
  | { readonly kind: "closed"; readonly pullRequest: number; readonly by: Login }
  | {
      readonly kind: "merge";
      readonly pullRequest: number;
      readonly branch: string;
      readonly commit: CommitSha;
      readonly by: Login;
    }
  /**
   * A branch got another head, and not by merging a pull request: that is told by `merge`. `commit` is null when the
   * branch was deleted, `before` when it is new.
   */
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly before: CommitSha | null;
      readonly commit: CommitSha | null;
      readonly by: Login;
    }
  | {
      readonly kind: "answer";
      readonly by: Login;
      readonly pullRequest: number | null;
      readonly environment: string | null;
    }
  /**
   * `release` frees a stack that a branch holds, `take` gives it to the pull request's branch; both name the stack. `merge` has
   * plangate merge the pull request in a way that the forge has no button for.
   */
  | {
      readonly kind: "command";
      readonly command: "plan" | "release" | "take" | "merge";
      readonly pullRequest: number;
      readonly stack: StackName | null;
      readonly by: Login;
    }
  | {
      readonly kind: "dispatch";
      readonly job: string;
      readonly ref: string;
      readonly by: Login;
      readonly inputs: Readonly<Record<string, string>>;
    }
  | { readonly kind: "release"; readonly tag: string; readonly commit: CommitSha; readonly by: Login }
  | { readonly kind: "schedule"; readonly cron: string }
  | { readonly kind: "tick" }
  | { readonly kind: "rerun"; readonly run: RunId; readonly by: Login }
  | {
      readonly kind: "local-plan";
      readonly stack: StackName;
      /** `destroy`: what it would take to remove everything; `refresh-only`: a look for drift. */
      readonly mode: PlanMode;
      readonly by: Login;
      readonly commit: CommitSha;
      /** What is on disk, when that is not the commit's: the plan is then for looking at only. */
      readonly tree: TreeSha | null;
    }
  | {
      readonly kind: "local-apply";
      readonly run: RunId;
      readonly by: Login;
      /** Why the gate is passed by, in the person's words. */
      readonly breakGlass: string | null;
      /** What the person typed when asked for the stack's name in full. */
      readonly typedName: string | null;
    }
  /** A plan ended: presented and stored, empty, or failed. */
  | { readonly kind: "run-planned"; readonly run: RunId; readonly outcome: "changes" | "no-changes" | "failed" }
  /** The lease is taken, the facts are to be looked at again: the second decision. */
  | { readonly kind: "apply-ready"; readonly run: RunId }
  | { readonly kind: "run-applied"; readonly run: RunId; readonly outcome: "applied" | "failed" | "refused" }
  | { readonly kind: "run-verified"; readonly run: RunId; readonly outcome: "verified" | "failed" }
  /** Whoever worked on the run is gone. */
  | { readonly kind: "run-lost"; readonly run: RunId }
  | { readonly kind: "lease-ended"; readonly stack: StackName };

export type EventKind = Event["kind"];

/** What an apply was found to face when it opened its bundle, before anything was started. */
export interface BundleFinding {
  readonly code:
    | "bundle-missing"
    | "bundle-altered"
    | "bundle-unsigned"
    | "snapshot-differs"
    | "variables-moved"
    | "tool-moved"
    | "target-moved";
  readonly sentence: string;
  readonly plan: Digest;
}
