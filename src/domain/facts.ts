import type { PersonalAnswer } from "./answer.ts";
import type { Digest } from "./digest.ts";
import type { BundleFinding } from "./event.ts";
import type { PushCode } from "./flag-key.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "./names.ts";
import type { PlanMode, StateVersion, StoredPlan, Tool } from "./plan.ts";
import type { BranchHold, Due, Run, RunSource, RunState, StackLease } from "./run.ts";

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
  /** What a push brought; null when the branch was deleted. */
  readonly push?: PushFacts | null;
  /** Where the branch that just changed has to go back to, by its `backMerge`. */
  readonly backMerges?: readonly BackMergeFacts[];
  /** Every module that is released by itself, seen from the event's commit. */
  readonly modules?: readonly ModuleFacts[];
  /** Pushes past the reviews of their branch that an open issue asks people to look at. */
  readonly flagged?: readonly FlaggedPush[];
  /** The stacks that the branch holds which was merged or deleted. */
  readonly held?: readonly BranchHold[];
}

/** What a push brought to a branch, pull requests left out. */
export interface PushFacts extends PushedCommit {
  /** Open pull requests from this branch: what they do for it need not be done twice. */
  readonly openPullRequests: readonly number[];
}

/** A commit that reached a branch by no pull request, with all that came in the same push. */
export interface PushedCommit {
  readonly branch: string;
  readonly commit: CommitSha;
  /** Files that it changes, and lines added and removed. */
  readonly files: number;
  readonly lines: number;
  /** Who wrote or pushed it. */
  readonly writers: readonly Login[];
  /** Who accepted it afterwards, with `/plangate accept`. */
  readonly accepted: readonly Login[];
}

/** A push that people were asked to look at, and as what. */
export interface FlaggedPush {
  readonly code: PushCode;
  readonly push: PushedCommit;
}

export interface BackMergeFacts {
  readonly from: string;
  readonly into: string;
  /**
   * `from` holds content that `into` lacks: merging it would change a file. Or commits, where `into` is promoted to it by
   * fast-forward: that is not possible before they are back.
   */
  readonly needed: boolean;
  /** The open pull request that brings it back. */
  readonly open: number | null;
}

/** A module that has versions of its own. */
export interface ModuleFacts {
  /** The `id` of its release class. */
  readonly release: string;
  readonly name: string;
  readonly path: string;
  /** Its newest version; null when it has none. */
  readonly latest: string | null;
  /** A file of it differs from that version; true when there is none. */
  readonly changed: boolean;
  /**
   * What the change asks for: `major` when a variable or output went away or a variable without default came,
   * `minor` when one came, else `patch`.
   */
  readonly bump: "major" | "minor" | "patch";
  /**
   * What brought the change: every merged pull request that a commit of it came by, on each protected branch on its way.
   * Of a module without a version all that it ever got counts, but what the repository began with.
   */
  readonly changes: readonly PullRequestFacts[];
  /** What of it came to a protected branch by none. */
  readonly pushed: readonly PushedCommit[];
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
  readonly openedAt: Instant;
  /** Its labels, each with who set it last. */
  readonly labels: readonly { readonly name: string; readonly by: Login }[];
  /** Headings of its text that have words of their own below them, in lower case: `why`, `rollback`. */
  readonly sections: readonly string[];
  /** The code owners of what it changes, by the base branch's file: one of each group has to approve. */
  readonly codeOwners: readonly (readonly Login[])[];
  /** Its own commits that have several parents. */
  readonly mergeCommits: number;
  /** Protected branches whose commits it carries though it neither starts from them nor goes into them. */
  readonly carries: readonly string[];
  /** The base branch holds content that the head lacks: merging changes more than the head shows. */
  readonly baseAhead: boolean;
  /** Conversations of its review that nobody has resolved. */
  readonly unresolved: number;
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
  readonly at: Instant;
  /** What it was applied from; null when that was before plangate. */
  readonly source: RunSource | null;
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
  readonly mode: PlanMode;
  readonly state: RunState;
  readonly pullRequest: number | null;
  /** How its plan would be made now; null when nothing would (its pull request is closed, or it was a local plan). */
  readonly again: RunSource | null;
  readonly due: Due | null;
}

/** What is true of one stack, seen from the commit that the event is about. */
export interface StackFacts {
  readonly stack: StackName;
  /** The environment's name in the flow. */
  readonly environment: string;
  /** Which one of an environment per pull request; null for one that all share. */
  readonly instance: string | null;
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
  /** Commits that do so and that no pull request brought to a protected branch on their way. */
  readonly pushed?: readonly PushedCommit[];
  readonly applied?: AppliedFacts | null;
  readonly lease?: StackLease | null;
  /** The branch that holds the stack, where the environment is held by branch. */
  readonly hold?: BranchHold | null;
  /** Since when something may stand in an environment per pull request: an apply began that no destroy ended. */
  readonly standing?: Instant | null;
  /**
   * The run that gave way to a new plan since its own stored one was missing when it was to be applied, as long as nothing
   * on the stack was applied or found unchanged after that; null when there is none.
   */
  readonly lostPlan?: RunId | null;
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
  /** The pull request that the run plans, as it is now; null for a run of no open one. What is tried for a pull request asks. */
  readonly pullRequest?: PullRequestFacts | null;
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
  | "stack.hold"
  | "stack.standing"
  | "push"
  | "backMerges"
  | "modules"
  | "held"
  | "stack.interrupted"
  | "stack.writers"
  | "stack.answers"
  | "stack.before"
  | "stack.others"
  | "stack.source"
  | "stack.pullRequest";
