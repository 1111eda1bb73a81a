import type { Digest } from "./digest.ts";
import { InternalError } from "./errors.ts";
import type { CommitSha, Instant, Login, RunId, StackName, TreeSha } from "./names.ts";
import type { PlanMode } from "./plan.ts";
import type { ReasonCode } from "./reason.ts";

/** The states of a run; what each means is told in `docs/algorithms.md`. */
export type RunState =
  | "queued"
  | "checking"
  | "planning"
  | "planned"
  | "waiting"
  | "approved"
  | "applying"
  | "applied"
  | "verifying"
  | "verified"
  | "no-changes"
  | "superseded"
  | "discarded"
  | "refused"
  | "failed"
  | "interrupted"
  | "verify-failed";

const ends = ["superseded", "discarded", "refused", "failed"] as const;

const successors: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ["checking", "planning", ...ends],
  checking: ["planning", ...ends],
  planning: ["planned", "no-changes", ...ends],
  planned: ["waiting", "approved", "planning", ...ends],
  waiting: ["approved", "planning", "waiting", ...ends],
  approved: ["applying", "waiting", "planning", ...ends],
  applying: ["applied", "failed", "interrupted"],
  applied: ["verifying", "verified", "verify-failed"],
  verifying: ["verified", "verify-failed", "applied"],
  verified: [],
  "no-changes": ["superseded"],
  superseded: [],
  discarded: [],
  refused: [],
  failed: [],
  interrupted: [],
  "verify-failed": [],
};

export const runStates = Object.keys(successors) as readonly RunState[];

/** Nothing more happens to a run in such a state. `applied` is not one: it still has to be verified. */
export function hasEnded(state: RunState): boolean {
  return successors[state].length === 0 || state === "no-changes";
}

/** The bundle was handed to an apply, however that went: it is never applied again. */
export function isSpent(state: RunState): boolean {
  return spent.has(state);
}

const spent: ReadonlySet<RunState> = new Set([
  "applying",
  "applied",
  "verifying",
  "verified",
  "failed",
  "interrupted",
  "verify-failed",
]);

/** Holds a plan that might still be applied. */
export function isOpen(state: RunState): boolean {
  return state === "planned" || state === "waiting" || state === "approved";
}

/** Somebody works on it right now: its `holder` says who. */
export function isUnderWay(state: RunState): boolean {
  return underWay.has(state);
}

const underWay: ReadonlySet<RunState> = new Set([
  "queued",
  "checking",
  "planning",
  "approved",
  "applying",
  "applied",
  "verifying",
]);

/** The states of `isUnderWay`. */
export const underWayStates: readonly RunState[] = [...underWay];

/** What a run plans, and for whom. */
export type RunSource =
  /** `head` merged into `base`: what would be there after the merge. */
  | { readonly kind: "pull-request"; readonly pullRequest: number; readonly head: CommitSha; readonly base: CommitSha }
  /** A commit of a protected branch; `pullRequest` brought it there. */
  | { readonly kind: "merge"; readonly pullRequest: number | null; readonly branch: string; readonly commit: CommitSha }
  /** The head of a branch that was pushed to, where the flow plans or applies on a push. */
  | { readonly kind: "push"; readonly branch: string; readonly commit: CommitSha; readonly by: Login }
  /** Somebody asked for this ref, or released it. */
  | { readonly kind: "dispatch"; readonly by: Login; readonly ref: string; readonly commit: CommitSha }
  /** What is applied there already, looked at again: drift, and putting it right. */
  | { readonly kind: "schedule"; readonly cron: string; readonly ref: string; readonly commit: CommitSha }
  /** A command on somebody's own machine; `tree` is what was on disk when that is not the commit's. */
  | { readonly kind: "local"; readonly by: Login; readonly commit: CommitSha; readonly tree: TreeSha | null };

/** The pull request that a source plans or brought; null when there is none. */
export function pullRequestOf(source: RunSource): number | null {
  return source.kind === "pull-request" || source.kind === "merge" ? source.pullRequest : null;
}

/** What asked for the apply of a stored plan, and which commit it would deliver. */
export interface Due {
  /** `pull-request`: an environment per pull request, applied while it is open; `schedule`: drift is put right. */
  readonly kind: "merge" | "push" | "pull-request" | "dispatch" | "release" | "schedule" | "local";
  readonly at: Instant;
  /** Who dispatched, re-ran, pushed or started it; for a merge, who merged; plangate itself where nobody did. */
  readonly by: Login;
  /** A branch name, or `tag:<name>` for a release. */
  readonly ref: string;
  readonly commit: CommitSha;
  /** For a dispatch: the row's name. It tells which gate of the row asks. */
  readonly job: string | null;
  /** Set when a person went past the gate, with their words. */
  readonly breakGlass?: string;
}

/**
 * A stack of an environment held by branch belongs to the first branch that applied there, until that is merged or
 * deleted, or a person frees the stack or takes it over.
 */
export interface BranchHold {
  readonly stack: StackName;
  readonly branch: string;
  readonly by: Login;
  readonly since: Instant;
}

/** Who works on a run right now, so that a restart can tell whether they still do. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When that process started, as the system tells it: a number used again is not the same process. */
  readonly startedAt: string;
}

/** One execution for one stack: from the wish to plan to the verified apply. */
export interface Run {
  readonly id: RunId;
  readonly stack: StackName;
  readonly source: RunSource;
  /** `destroy`: everything of the stack is to go; `refresh-only`: a look for drift, which nothing is ever applied of. */
  readonly mode: PlanMode;
  readonly state: RunState;
  /** Why it is where it is, when that is not what one would expect. */
  readonly code: ReasonCode | null;
  readonly why: string | null;
  /** The plan that stands, once there is one. */
  readonly plan: Digest | null;
  readonly due: Due | null;
  /** Counts up with each write; a write names the revision it read. */
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly holder: Holder | null;
}

/** A run that starts with planning. */
export function newRun({
  id,
  stack,
  source,
  mode,
  due,
  at,
  holder,
}: Pick<Run, "id" | "stack" | "source" | "mode" | "due" | "holder"> & { readonly at: Instant }): Run {
  const begun = { state: "planning", code: null, why: null, plan: null, revision: 0 } as const;
  return { id, stack, source, mode, due, holder, ...begun, createdAt: at, updatedAt: at };
}

/** The run in its next state. A state that cannot follow is a bug of ours, not of the user's. */
export function advance(
  run: Run,
  to: RunState,
  change: Partial<Omit<Run, "id" | "stack" | "revision" | "state">> & { at: Instant },
): Run {
  if (!successors[run.state].includes(to)) {
    throw new InternalError(`run ${run.id} of ${run.stack} cannot go from ${run.state} to ${to}`);
  }
  const { at, ...rest } = change;
  return { ...run, code: null, why: null, ...rest, state: to, updatedAt: at };
}

/**
 * One writer per stack. Ours, not Terraform's state lock. It never ends by time: its run ends it, the system says
 * that its holder is gone, or a person ends it.
 */
export interface StackLease {
  readonly stack: StackName;
  readonly run: RunId;
  /** Counts up per stack; a holder with an older number has lost the stack. */
  readonly fence: number;
  readonly since: Instant;
  readonly holder: Holder;
}
