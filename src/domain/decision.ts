import type { Digest } from "./digest.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "./names.ts";
import type { PlanMode } from "./plan.ts";
import type { ReasonCode } from "./reason.ts";
import type { Due, RunSource } from "./run.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What plangate does about an event. Each action can be performed twice without harm; `apply` above all: it starts
 * once per bundle. Only the decision about `apply-ready` may say `apply` or `destroy`.
 */
export type Action =
  /** Static checks of the change: of a pull request, or of a commit that was pushed. */
  | {
      readonly kind: "check";
      readonly pullRequest: number | null;
      readonly commit: CommitSha;
      /** What is wrong with how the change came, in sentences: each makes the check fail. */
      readonly problems: readonly string[];
      readonly why: string;
    }
  /** Make a plan, present it, store it. */
  | {
      readonly kind: "plan";
      readonly stack: StackName;
      readonly source: RunSource;
      readonly mode: PlanMode;
      /** It may be looked at and never applied. */
      readonly speculative: "dirty-checkout" | "trusted-path" | "fork" | "local" | null;
      /** The apply that this plan is for, when that was already asked for. */
      readonly due: Due | null;
      readonly why: string;
    }
  /** Put the plan in front of people: on its pull request, or at the environment's gate when there is none. */
  | {
      readonly kind: "comment";
      readonly run: RunId;
      readonly stack: StackName;
      readonly pullRequest: number | null;
      readonly why: string;
    }
  /** Nothing now; `until` or `after` says what ends the wait. */
  | {
      readonly kind: "wait";
      readonly stack: StackName;
      readonly run: RunId | null;
      readonly code: ReasonCode;
      readonly due: Due | null;
      readonly until: Instant | null;
      readonly after: string | null;
      readonly why: string;
    }
  /** Nothing, for good: the run ends as refused when there is one. */
  | {
      readonly kind: "refuse";
      readonly stack: StackName | null;
      readonly run: RunId | null;
      readonly code: ReasonCode;
      readonly why: string;
    }
  /** A newer plan or another apply took the run's place. */
  | {
      readonly kind: "supersede";
      readonly run: RunId;
      readonly stack: StackName;
      /** What took its place: `plan-superseded`, unless there is more to say. */
      readonly code?: ReasonCode;
      readonly why: string;
    }
  /** The run's pull request was closed: its plan is thrown away. */
  | { readonly kind: "discard"; readonly run: RunId; readonly stack: StackName; readonly why: string }
  /** The first decision: take the stack's lease, look again, decide on `apply-ready`. */
  | { readonly kind: "start"; readonly run: RunId; readonly stack: StackName; readonly due: Due; readonly why: string }
  /** The second decision, plan outdated: plan anew under the lease and compare the meaning. */
  | {
      readonly kind: "replan";
      readonly run: RunId;
      readonly stack: StackName;
      readonly plan: Digest;
      readonly why: string;
    }
  /** The second decision: apply exactly this stored plan. */
  | {
      readonly kind: "apply";
      readonly run: RunId;
      readonly stack: StackName;
      readonly plan: Digest;
      readonly why: string;
    }
  /** The second decision about a plan that destroys everything of the stack: only where the flow lets it. */
  | {
      readonly kind: "destroy";
      readonly run: RunId;
      readonly stack: StackName;
      readonly plan: Digest;
      readonly why: string;
    }
  | { readonly kind: "verify"; readonly run: RunId; readonly stack: StackName; readonly why: string }
  /** Look whether real objects are still as they were applied; changes nothing. */
  | { readonly kind: "drift"; readonly stack: StackName; readonly source: RunSource; readonly why: string }
  /** Plangate opens a pull request itself, once: what a hotfix brought goes back to where work starts. */
  | {
      readonly kind: "open-pull-request";
      readonly purpose: "back-merge";
      readonly head: string;
      readonly base: string;
      readonly why: string;
    }
  /** Somebody who may merge asked for it: the base branch is moved on to the very head of its pull request. */
  | {
      readonly kind: "fast-forward";
      readonly pullRequest: number;
      readonly branch: string;
      readonly commit: CommitSha;
      /** Who asked: they merge it, plangate's app only does it for them. */
      readonly by: Login;
      readonly why: string;
    }
  /** Something that people should look at, and that stops nothing by itself; with an issue that says so as long as it lasts. */
  | {
      readonly kind: "flag";
      readonly stack: StackName | null;
      readonly branch: string | null;
      /** The head of the push that it is about, on its branch. */
      readonly commit: CommitSha | null;
      readonly code: ReasonCode;
      /** `close`: it is over, the issue is closed when there is one. */
      readonly issue: "open" | "close" | null;
      /** When somebody should have looked. */
      readonly until: Instant | null;
      readonly why: string;
    }
  /** A stack that a branch holds is freed (`branch` is null), or goes over to another branch. */
  | {
      readonly kind: "hand-over";
      readonly stack: StackName;
      readonly branch: string | null;
      readonly by: Login;
      readonly why: string;
    }
  /** The apply's worker is gone: record it, end the lease, let nobody apply the plan again. */
  | { readonly kind: "interrupt"; readonly run: RunId; readonly stack: StackName; readonly why: string }
  | { readonly kind: "release"; readonly tag: string; readonly commit: CommitSha; readonly why: string };

export type ActionKind = Action["kind"];

/** The engine's only output: what to do, and why, as verdicts people can read. */
export interface Decision {
  readonly actions: readonly Action[];
  readonly reasons: readonly Verdict[];
}
