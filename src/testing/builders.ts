import type { PersonalAnswer } from "../domain/answer.ts";
import { type Digest, digestOf } from "../domain/digest.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../domain/facts.ts";
import {
  type CommitSha,
  environmentOf,
  type Instant,
  type Login,
  parseCommitSha,
  parseLogin,
  parseRunId,
  parseStackName,
  parseTreeSha,
  type RunId,
  type StackName,
} from "../domain/names.ts";
import type { PlanManifest, StateVersion, StoredPlan } from "../domain/plan.ts";
import type { Due, Run } from "../domain/run.ts";

/** Facts for tests, told in the order in which they come about: planned, shown, approved, asked for. */

/** A Tuesday; the plan is made then, shown a second later, spoken about after a minute, and judged after an hour. */
export const planTime: Instant = Date.UTC(2026, 0, 6, 10);
export const shownTime: Instant = planTime + 1_000;
export const answerTime: Instant = planTime + 60_000;
export const judgeTime: Instant = planTime + 3_600_000;

function named<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new Error(`"${text}" is no such name`);
  return value;
}

export const login = (text: string): Login => named(parseLogin(text), text);
export const stackName = (text: string): StackName => named(parseStackName(text), text);
export const runId = (text: string): RunId => named(parseRunId(`run-${text.padStart(8, "0")}`), text);
/** A commit called by a short word of hex digits: `c1`. */
export const commit = (text: string): CommitSha => named(parseCommitSha(text.padStart(40, "0")), text);

export function answer(by: string, says: PersonalAnswer["says"], about: Partial<PersonalAnswer> = {}): PersonalAnswer {
  const common = {
    at: answerTime,
    via: "review",
    pullRequest: 12,
    environment: null,
    stack: null,
    plan: null,
    commit: null,
  } as const;
  return { by: login(by), says, ...common, ...about };
}

/** A merged pull request that ann wrote and bob reviewed. */
export function aChange(about: Partial<PullRequestFacts> = {}): PullRequestFacts {
  return {
    number: 12,
    state: "merged",
    draft: false,
    headBranch: "feature/queue",
    base: "main",
    head: commit("c2"),
    fork: false,
    opener: login("ann"),
    writers: [login("ann")],
    issues: [1],
    trustedPaths: [],
    answers: [answer("bob", "approve")],
    headSince: planTime,
    openedAt: planTime,
    labels: [],
    sections: [],
    codeOwners: [],
    mergeCommits: 0,
    carries: [],
    baseAhead: false,
    unresolved: 0,
    ...about,
  };
}

export function aRun(stack: string, about: Partial<Run> = {}): Run {
  const common = { state: "waiting", code: null, why: null, plan: null, due: null, revision: 1, holder: null } as const;
  const source = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1") } as const;
  return {
    id: runId("1"),
    stack: stackName(stack),
    source,
    mode: "normal",
    createdAt: planTime,
    updatedAt: planTime,
    ...common,
    ...about,
  };
}

export function aDue(about: Partial<Due> = {}): Due {
  return { kind: "merge", at: answerTime, by: login("ann"), ref: "main", commit: commit("c1"), job: null, ...about };
}

export function aManifest(stack: StackName, about: Partial<PlanManifest> = {}): PlanManifest {
  return {
    version: 1,
    run: runId("1"),
    stack,
    environment: environmentOf(stack),
    instance: null,
    root: "stacks/network",
    mode: "normal",
    commit: commit("c1"),
    base: null,
    tree: named(parseTreeSha("7".repeat(40)), "tree"),
    tool: { name: "terraform", version: "1.14.0" },
    providers: [],
    modules: [],
    backend: { type: "local", workspace: "default", identity: digestOf("backend") },
    state: { lineage: "l1", serial: 7 },
    account: null,
    inputs: digestOf("inputs"),
    variables: {},
    meaning: digestOf("meaning"),
    counts: { add: 1, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 },
    parts: [],
    createdAt: planTime,
    keyId: "test",
    ...about,
  };
}

export interface StackBuilder {
  readonly stack: StackFacts;
  readonly run: Run;
  readonly plan: StoredPlan;
  /** The same with other facts; a fact given as undefined is unknown. */
  with(change: { readonly [Fact in keyof StackFacts]?: StackFacts[Fact] | undefined }): StackBuilder;
  withRun(change: Partial<Run>): StackBuilder;
  planned(about: Partial<PlanManifest>): StackBuilder;
  withPlan(change: Partial<StoredPlan>): StackBuilder;
  withState(state: StateVersion): StackBuilder;
  /** Somebody the gate names approved the plan, on pull request 12. */
  approvedBy(by: string, about?: Partial<PersonalAnswer>): StackBuilder;
  said(...answers: readonly PersonalAnswer[]): StackBuilder;
  due(about?: Partial<Due>): StackBuilder;
  build(facts?: { readonly [Fact in keyof Facts]?: Facts[Fact] | undefined }): Facts;
}

/** A stack whose change was planned, shown, reviewed and merged, and whose apply was asked for. Nobody approved it yet. */
export function aStack(name: string): StackBuilder {
  const stack = stackName(name);
  const digest: Digest = digestOf("plan");
  const shown = [{ digest, at: shownTime, until: null }];
  const plan: StoredPlan = { digest, manifest: aManifest(stack), speculative: null, shown, carriedFrom: null };
  return builder(
    {
      stack,
      environment: environmentOf(stack),
      instance: null,
      commit: commit("c1"),
      inputs: digestOf("inputs"),
      affected: true,
      state: { lineage: "l1", serial: 7 },
      tool: { name: "terraform", version: "1.14.0" },
      bundle: null,
      changes: [aChange()],
      pushed: [],
      applied: {
        run: runId("0"),
        commit: commit("c0"),
        inputs: digestOf("before"),
        verified: true,
        at: planTime,
        source: null,
      },
      lease: null,
      lostPlan: null,
      interrupted: null,
      writers: [login("ann")],
      answers: [],
      before: [],
      others: [],
    },
    aRun(name, { plan: digest, due: aDue() }),
    plan,
  );
}

function builder(stack: StackFacts, run: Run, plan: StoredPlan): StackBuilder {
  const facts: StackFacts = { run, plan, source: run.source, ...stack };
  return {
    stack: facts,
    run,
    plan,
    with: (change) => builder({ ...stack, ...(change as Partial<StackFacts>) }, run, plan),
    withRun: (change) => builder(stack, { ...run, ...change }, plan),
    planned: (about) => builder(stack, run, { ...plan, manifest: { ...plan.manifest, ...about } }),
    withPlan: (change) => builder(stack, run, { ...plan, ...change }),
    withState: (state) => builder({ ...stack, state }, run, plan),
    approvedBy: (by, about) =>
      builder({ ...stack, answers: [...(stack.answers ?? []), answer(by, "approve", about)] }, run, plan),
    said: (...answers) => builder({ ...stack, answers: [...(stack.answers ?? []), ...answers] }, run, plan),
    due: (about) => builder(stack, { ...run, due: aDue(about) }, plan),
    build: (change) => ({
      now: judgeTime,
      teams: { owners: [login("ann"), login("bob"), login("cem")] },
      maintainers: [login("ann"), login("bob"), login("cem")],
      stacks: [facts],
      ...(change as Partial<Facts>),
    }),
  };
}
