import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Digest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CommitSha, Instant, Login, RunId, StackName } from "../../domain/names.ts";
import type { StateVersion, StoredPlan } from "../../domain/plan.ts";
import type { Run, StackLease } from "../../domain/run.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
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
  readonly releases: readonly Release[];
  /** In order: number 1 is first. */
  readonly pullRequests: readonly PullRequest[];
  readonly gateAnswers: readonly PersonalAnswer[];
  readonly states: Readonly<Record<StackName, StackState>>;
  /** In order of their creation. */
  readonly runs: readonly Run[];
  readonly plans: Readonly<Record<Digest, StoredPlan>>;
  readonly leases: Readonly<Record<StackName, StackLease>>;
  /** What the story says about work to come, taken out as it comes. */
  readonly script: Script;
}

export interface Script {
  readonly plans: readonly Extract<WorldStep, { kind: "replan" }>[];
  readonly crashes: readonly Extract<WorldStep, { kind: "crash" }>[];
}

export interface Release {
  readonly tag: string;
  readonly commit: CommitSha;
}

export interface PullRequest {
  readonly number: number;
  /** How the story calls it. */
  readonly name: string;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  readonly body: string;
  /** Linked besides those that the body closes. */
  readonly issue: number | null;
  readonly labels: readonly string[];
  /** As `branchKey` gives it. */
  readonly headKey: string;
  readonly headBranch: string;
  readonly fork: boolean;
  readonly base: string;
  readonly head: Commit;
  readonly headSince: Instant;
  readonly opener: Login;
  /** Reviews and commands on it, in order. */
  readonly answers: readonly PersonalAnswer[];
  readonly merged: Merged | null;
}

export interface Merged {
  /** Its own commits, newest first. */
  readonly commits: readonly Commit[];
  /** What came to the base branch for it. */
  readonly brought: readonly CommitSha[];
}

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
}

export interface Applied {
  readonly inputs: Digest;
  readonly commit: CommitSha;
  readonly run: RunId;
  readonly verified: boolean;
}

export function environmentNamed(flow: Flow, name: string): Environment {
  const environment = flow.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new InternalError(`the flow has a stack in ${name} and no such environment`);
  return environment;
}

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

export function stateOf(world: ModelWorld, stack: StackName): StackState {
  const state = world.states[stack];
  if (state === undefined) throw new InternalError(`there is no stack ${stack}`);
  return state;
}

export function pullRequestNumbered(world: ModelWorld, number: number): PullRequest | undefined {
  return world.pullRequests[number - 1];
}
