import type { PersonalAnswer } from "./answer.ts";
import type { Digest } from "./digest.ts";
import type { BundleFinding } from "./event.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "./names.ts";
import type { StateVersion, StoredPlan, Tool } from "./plan.ts";
import type { Due, Run, RunSource, RunState, StackLease } from "./run.ts";

/**
 * What is true when a decision is made. A field that is absent is unknown, and a rule that needs it says
 * `fact-unknown`; `null` means known to be nothing.
 */
export interface Facts {
  readonly now: Instant;
  /** Who is in the flow's teams, by the team's name in the flow; the logins it lists itself are among them. */
  readonly teams?: Readonly<Record<string, readonly Login[]>>;
  /** Who may merge into the branch that matters here; their "changes requested" holds an apply. */
  readonly maintainers?: readonly Login[];
  readonly pullRequest?: PullRequestFacts | null;
  /** The ref that is to be delivered, when the event names one. */
  readonly ref?: RefFacts;
  /** Every stack that the event may concern. */
  readonly stacks: readonly StackFacts[];
  /** The newest release's version, without a prefix; null when there is none. */
  readonly latestRelease?: string | null;
}

export interface PullRequestFacts {
  readonly number: number;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  readonly headBranch: string;
  readonly base: string;
  readonly head: CommitSha;
  readonly fork: boolean;
  /** Who opened it; for a bot, on whose behalf is not known. */
  readonly opener: Login;
  /** Authors, co-authors, committers and pushers of its commits, and its opener. */
  readonly writers: readonly Login[];
  /** Open issues that it links; once it is merged, those it linked, since the merge closes them. */
  readonly issues: readonly number[];
  /** Changed files that govern delivery itself: workflows, the flow file, CODEOWNERS. */
  readonly trustedPaths: readonly string[];
  /** Reviews on it, as answers, in order. */
  readonly answers: readonly PersonalAnswer[];
  /** When its head commit got there: reviews before it were of something else. */
  readonly headSince: Instant;
}

/** A branch or tag that somebody wants delivered, and what it is in this repository. */
export interface RefFacts {
  /** A branch's name, or `tag:<name>`. */
  readonly ref: string;
  readonly commit: CommitSha;
  /** For a release tag: whether it points where the release was made, and whether that is on the branch releases come from. */
  readonly release: { readonly onBranch: boolean; readonly moved: boolean } | null;
}

/** What was last applied to a stack, and how that went. */
export interface AppliedFacts {
  readonly run: RunId;
  readonly commit: CommitSha;
  readonly inputs: Digest;
  readonly verified: boolean;
}

/** The same stack in an environment that comes before, at the commit that is to be delivered. */
export interface BeforeFacts {
  readonly stack: StackName;
  /** Its inputs at that commit; null when the stack does not exist there. */
  readonly inputs: Digest | null;
  readonly applied: AppliedFacts | null;
}

export interface OtherRun {
  readonly id: RunId;
  readonly state: RunState;
  readonly pullRequest: number | null;
  /** How its plan would be made now; null when nothing would (its pull request is closed, or it was a local plan). */
  readonly again: RunSource | null;
  readonly due: Due | null;
}

/** What is true of one stack, seen from the commit that the event is about. */
export interface StackFacts {
  readonly stack: StackName;
  readonly environment: string;
  /** The commit that is to be delivered: a pull request's head; the head of the branch it was merged into; the commit of the ref that was dispatched. */
  readonly commit: CommitSha;
  /** The stack's inputs at that commit (for a pull request: as merged); null when the stack is not there. */
  readonly inputs?: Digest | null;
  /** The change alters an input of the stack against what the branch has, or against what is applied. */
  readonly affected?: boolean;
  readonly state?: StateVersion;
  readonly tool?: Tool;
  /** What is running or stored for the event: the pull request's run, the merge's, the one named. */
  readonly run?: Run | null;
  readonly plan?: StoredPlan | null;
  /** Set when the bundle was looked at and is not what it should be. */
  readonly bundle?: BundleFinding | null;
  /** The pull requests that touch an input of the stack since what is applied there, oldest first; none while nothing is merged. */
  readonly changes?: readonly PullRequestFacts[];
  /** Commits that do so and that no pull request brought. */
  readonly pushed?: readonly CommitSha[];
  readonly applied?: AppliedFacts | null;
  readonly lease?: StackLease | null;
  /** An apply on this stack that was interrupted and after which no plan was made yet. */
  readonly interrupted?: RunId | null;
  /** Who wrote what the apply would bring: of every commit since the last apply that touches an input. */
  readonly writers?: readonly Login[];
  /** What people said about plans of this stack, in order: on the pull request, at the environment's gate. */
  readonly answers?: readonly PersonalAnswer[];
  /** The environments that come first. */
  readonly before?: readonly BeforeFacts[];
  /** Other runs on the stack that still hold plans. */
  readonly others?: readonly OtherRun[];
  /** What planning the event's change on this stack would plan. */
  readonly source?: RunSource;
  /** Where the ref that the run is to deliver points now; `Facts.ref` when the event names it. Two runs may deliver two refs. */
  readonly ref?: RefFacts;
}

/** A fact that a rule may need; its name as people read it when it is unknown. */
export type FactName =
  | "teams"
  | "maintainers"
  | "pullRequest"
  | "ref"
  | "stack.inputs"
  | "stack.affected"
  | "stack.state"
  | "stack.tool"
  | "stack.run"
  | "stack.plan"
  | "stack.bundle"
  | "stack.changes"
  | "stack.pushed"
  | "stack.applied"
  | "stack.lease"
  | "stack.interrupted"
  | "stack.writers"
  | "stack.answers"
  | "stack.before"
  | "stack.others"
  | "stack.source";
