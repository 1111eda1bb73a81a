import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Digest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { AppliedFacts, PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "../../domain/names.ts";
import type { StateVersion, StoredPlan } from "../../domain/plan.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { BranchHold, Run, StackLease } from "../../domain/run.ts";
import type { LiveSettings } from "../live-settings.ts";
import type { WorldStep } from "../step.ts";
import type { Commit } from "./git.ts";

/**
 * The whole world as one plain value that never changes: a step or an action gives another one. What cannot change
 * while a story is told stands apart, in `Setting`.
 */
export interface ModelWorld {
  readonly now: Instant;
  readonly branches: Readonly<Record<string, Commit>>;
  readonly commits: Readonly<Record<CommitSha, Commit>>;
  /** What came to branches of the repository by no pull request, in order. */
  readonly pushes: readonly Push[];
  readonly releases: readonly Release[];
  /** In order: number 1 is first. */
  readonly pullRequests: readonly PullRequest[];
  readonly gateAnswers: readonly PersonalAnswer[];
  /** Every `/plangate accept`. */
  readonly commitAnswers: readonly PersonalAnswer[];
  /** Those that plangate raised, by what they say, open or closed. */
  readonly issues: readonly Issue[];
  readonly states: Readonly<Record<StackName, StackState>>;
  /** In order of their creation. */
  readonly runs: readonly Run[];
  readonly plans: Readonly<Record<Digest, StoredPlan>>;
  readonly leases: Readonly<Record<StackName, StackLease>>;
  readonly holds: Readonly<Record<StackName, BranchHold>>;
  /** What the forge enforces. */
  readonly live: LiveSettings;
  /** What the story says about work to come, taken out as it comes. */
  readonly script: Script;
}

export interface Script {
  readonly plans: readonly Extract<WorldStep, { kind: "replan" }>[];
  readonly crashes: readonly Extract<WorldStep, { kind: "crash" }>[];
  /** Stacks that somebody changes by hand while they are applied. */
  readonly drifting: readonly StackName[];
}

export interface Push {
  readonly branch: string;
  readonly by: Login;
  readonly before: Commit | null;
  readonly after: Commit;
  /** What the branch did not have before, newest first. */
  readonly commits: readonly Commit[];
}

/** One for each code and stack, branch or push. */
export interface Issue {
  readonly key: string;
  readonly code: ReasonCode;
  readonly open: boolean;
}

export interface Release {
  readonly tag: string;
  /** What it was made of. */
  readonly commit: CommitSha;
  /** Where its tag points since somebody moved that. */
  readonly movedTo?: CommitSha;
}

export interface PullRequest {
  readonly number: number;
  /** How the story calls it; one that plangate opened is called by what it is for, like the others for that. */
  readonly name: string;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  readonly body: string;
  /** Linked besides those that the body closes. */
  readonly issue: number | null;
  readonly labels: PullRequestFacts["labels"];
  /** As `branchKey` gives it. */
  readonly headKey: string;
  readonly headBranch: string;
  readonly fork: boolean;
  readonly base: string;
  readonly head: Commit;
  readonly headSince: Instant;
  readonly opener: Login;
  readonly openedAt: Instant;
  /** Reviews and commands on it, in order. */
  readonly answers: readonly PersonalAnswer[];
  readonly merged: Merged | null;
}

export interface Merged {
  /** Its own commits, newest first. */
  readonly commits: readonly Commit[];
  /** The base branch's head since then. */
  readonly commit: CommitSha;
  /** What came to the base branch for it. */
  readonly brought: readonly CommitSha[];
  /** What there was to say of its way into the base when it was merged: afterwards the base has it all. */
  readonly asMerged: ChangeAgainstBase;
}

/** What is true of a pull request as long as its base does not have it. */
export type ChangeAgainstBase = Pick<PullRequestFacts, "codeOwners" | "mergeCommits" | "carries" | "baseAhead">;

/** A stack's state and real objects, and what is known of how they got there. */
export interface StackState {
  readonly version: StateVersion;
  readonly applied: Applied | null;
  /** Inputs that a plan since then found nothing to do for. */
  readonly settled: readonly Applied[];
  /** Counts up each time somebody changes an object by hand. */
  readonly drift: number;
  /** The drift that the last apply undid. */
  readonly repaired: number;
  /** Since when an apply began that no destroy ended. */
  readonly standing: Instant | null;
}

export type Applied = AppliedFacts;

/** A stack of which no state was written yet. */
export const nothingApplied: StackState = {
  version: { lineage: null, serial: 0 },
  applied: null,
  settled: [],
  drift: 0,
  repaired: 0,
  standing: null,
};

export function commitOf(world: ModelWorld, sha: CommitSha): Commit {
  const commit = world.commits[sha];
  if (commit === undefined) throw new InternalError(`there is no commit ${sha}`);
  return commit;
}

export function runOf(world: ModelWorld, id: RunId): Run {
  const run = world.runs.find((candidate) => candidate.id === id);
  if (run === undefined) throw new InternalError(`there is no run ${id}`);
  return run;
}

/** An instance of an environment per pull request has no state until something is applied there. */
export function stateOf(world: ModelWorld, stack: StackName): StackState {
  return world.states[stack] ?? nothingApplied;
}

export function putState(world: ModelWorld, stack: StackName, state: StackState): ModelWorld {
  return { ...world, states: { ...world.states, [stack]: state } };
}

export function pullRequestNumbered(world: ModelWorld, number: number): PullRequest | undefined {
  return world.pullRequests[number - 1];
}
