import type { PersonalAnswer } from "../../domain/answer.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type {
  AppliedFacts,
  BeforeFacts,
  Facts,
  OtherRun,
  PullRequestFacts,
  PushedCommit,
  RefFacts,
  StackFacts,
} from "../../domain/facts.ts";
import type { Login, StackName } from "../../domain/names.ts";
import { stackBaseName } from "../../domain/names.ts";
import type { PlanManifest, PlanMode, Shown, StoredPlan } from "../../domain/plan.ts";
import type { BranchHold, Due, Run, RunSource, StackLease } from "../../domain/run.ts";
import { change, type Ground, jobOf, kindOf, refOf } from "./ground.ts";
import { answersOf, saidOn } from "./people.ts";
import type { Case, Relation } from "./relations.ts";
import {
  commits,
  digests,
  holder,
  manifestOf,
  otherStack,
  otherTools,
  passerBy,
  runs,
  type Times,
  timesOf,
  tool,
  versions,
} from "./things.ts";
import { sourceOf } from "./usual.ts";

/** Makes the facts of a row's cases, as observation would tell them if they ever came about. */
export function factsMaker(ground: Ground, usual: Case): (about: Case) => Facts {
  const times = timesOf(ground);
  const known: Known = { ground, times, manifest: manifestOf(ground, times), usual, made: new Map() };
  return (about) => factsOf(known, about);
}

interface Known {
  readonly ground: Ground;
  readonly times: Times;
  readonly manifest: PlanManifest;
  readonly usual: Case;
  /** Parts as they usually are: hundreds of thousands of cases share them. */
  readonly made: Map<readonly Relation[], unknown>;
}

interface Asked extends Known {
  readonly about: Case;
  readonly starter: Login;
}

/** A part of the facts that follows from these relations alone: where they are as usual, it is the one that was made before. */
function part<T>({ made, about, usual }: Asked, relations: readonly Relation[], make: () => T): T {
  for (const relation of relations) if (about[relation] !== usual[relation]) return make();
  const known = made.get(relations);
  if (known !== undefined) return known as T;
  const fresh = make();
  made.set(relations, fresh);
  return fresh;
}

/** What each part follows from. */
const behind = {
  applied: [],
  change: ["change", "reviewed", "objection"],
  changes: ["objection", "change", "reviewed"],
  plan: ["plan", "mode", "age", "deletes", "shown"],
  pushed: ["pushed"],
  lease: ["lease"],
  before: ["before"],
} as const satisfies Readonly<Record<string, readonly Relation[]>>;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function factsOf(known: Known, about: Case): Facts {
  const { ground } = known;
  const { setting } = ground.stage;
  const starter = about.people.find(({ starts }) => starts)?.login ?? passerBy;
  const asked: Asked = { ...known, about, starter };
  const ref = refFacts(asked);
  const stack = stackFacts(asked, ref);
  const facts: Mutable<Facts> = {
    now: ground.now,
    teams: setting.teams,
    maintainers: setting.maintainers,
    stacks: [stack],
  };
  if (ref !== null) facts.ref = ref;
  forget(facts, stack, about.unknown);
  return facts;
}

/** What is not known is absent. */
function forget(facts: Mutable<Facts>, stack: Mutable<StackFacts>, unknown: Case["unknown"]): void {
  switch (unknown) {
    case "nothing":
      return;
    case "who is in the teams":
      delete facts.teams;
      return;
    case "who may merge":
      delete facts.maintainers;
      return;
    default:
      delete stack[factNames[unknown]];
  }
}

const factNames = {
  "the inputs": "inputs",
  "the state": "state",
  "the tool": "tool",
  "the bundle": "bundle",
  "the changes": "changes",
  "the pushes": "pushed",
  "the lease": "lease",
  "what was interrupted": "interrupted",
  "who wrote it": "writers",
  "what people said": "answers",
  "what comes before": "before",
  "which branch holds it": "hold",
  "the pull request": "pullRequest",
} as const satisfies Partial<Record<Case["unknown"], keyof StackFacts>>;

function refFacts({ ground, about }: Asked): RefFacts | null {
  if (about.ref === "a tag that nobody looked up") return null;
  const { ref } = refOf(ground, about.ref);
  const moved = about.ref === "a tag that moved";
  const release =
    ref.startsWith("tag:") && about.ref !== "a tag without a release"
      ? { onBranch: about.ref !== "a tag off its branch", moved }
      : null;
  return { ref, commit: moved ? commits.otherHead : commits.delivered, release };
}

function stackFacts(asked: Asked, ref: RefFacts | null): Mutable<StackFacts> {
  const { ground, about, times } = asked;
  const { environment, stack } = ground;
  const run = runOf(asked);
  const own = part(asked, behind.change, () => changeFacts(asked));
  const facts: Mutable<StackFacts> = {
    stack,
    environment: environment.name,
    instance: environment.perPullRequest ? String(change) : null,
    commit: commits.delivered,
    inputs: { "as planned": digests.inputs, moved: digests.otherInputs, gone: null }[about.inputs],
    affected: true,
    state: about.state === "as planned" ? versions.planned : versions[about.state],
    tool: about.tool === "as planned" ? tool : otherTools[about.tool],
    run,
    plan: part(asked, behind.plan, () => planOf(asked)),
    bundle: bundleOf(about),
    changes: part(asked, behind.changes, () => changesOf(asked, own)),
    pushed: part(asked, behind.pushed, () => pushedOf(asked)),
    applied: part(asked, behind.applied, () => appliedBefore(times)),
    lease: part(asked, behind.lease, () => leaseOf(asked)),
    hold: holdOf(asked),
    standing: environment.perPullRequest ? times.planned : null,
    interrupted: about.interrupted === "nothing" ? null : runs.other,
    writers: about.people.flatMap(({ login, writes }) => (writes ? [login] : [])),
    answers: [...answersOf(ground, about, times), ...objectionsTo(asked), ...acknowledgements(asked)],
    before: part(asked, behind.before, () =>
      environment.after.map((name) => beforeOf(asked, `${name}/${stackBaseName(stack)}` as StackName)),
    ),
    others: about.others === "none" ? [] : [otherOf(asked)],
    source: run.source,
    pullRequest: run.source.kind === "pull-request" ? own : null,
  };
  if (ref !== null) facts.ref = ref;
  return facts;
}

function appliedBefore(times: Times): AppliedFacts {
  const { planned } = times;
  return {
    run: runs.other,
    commit: commits.applied,
    inputs: digests.otherInputs,
    verified: true,
    at: planned - 1,
    source: null,
  };
}

function modesOf({ ground, about }: Asked): { readonly run: PlanMode; readonly plan: PlanMode } {
  switch (about.mode) {
    case "what the row does":
      return { run: ground.mode, plan: ground.mode };
    case "to apply":
      return { run: "normal", plan: "normal" };
    case "to destroy":
      return { run: "destroy", plan: "destroy" };
    case "to destroy, by a plan to apply":
      return { run: "destroy", plan: "normal" };
    case "to apply, by a plan to destroy":
      return { run: "normal", plan: "destroy" };
    case "only to look for drift":
      return { run: "refresh-only", plan: "refresh-only" };
  }
}

function runOf(asked: Asked): Run {
  const { ground, about, times } = asked;
  return {
    id: runs.own,
    stack: ground.stack,
    source: sourceFacts(asked),
    mode: modesOf(asked).run,
    state: about.run,
    code: null,
    why: null,
    plan: about.plan === "none" ? null : digests.plan,
    due: dueOf(asked),
    revision: 1,
    createdAt: times.planned,
    updatedAt: times.later,
    holder,
  };
}

function dueOf({ ground, about, starter, times }: Asked): Due | null {
  const kind = kindOf(ground, about.asked);
  if (kind === null) return null;
  const { ref } = refOf(ground, about.ref);
  const due: Due = {
    kind,
    at: times.later,
    by: starter,
    ref,
    commit: commits.delivered,
    job: jobOf(ground, about.asked),
  };
  return about.asked === "from a terminal, past the gate" ? { ...due, breakGlass: "the house is on fire" } : due;
}

function sourceFacts({ ground, about, starter }: Asked): RunSource {
  const commit = commits.delivered;
  const { ref } = refOf(ground, about.ref);
  const word = about.source === "what the row plans" ? sourceOf(ground) : about.source;
  switch (word) {
    case "a pull request":
      return { kind: "pull-request", pullRequest: change, head: commits.head, base: commits.applied };
    case "a merge":
      return { kind: "merge", pullRequest: change, branch: ground.change.base, commit };
    case "a push":
      return { kind: "push", branch: ref, commit, by: starter };
    case "a dispatch":
      return { kind: "dispatch", by: starter, ref, commit };
    case "a dispatch of somebody who says yes": {
      const by = about.people.find(({ says }) => says === "yes")?.login ?? starter;
      return { kind: "dispatch", by, ref, commit };
    }
    case "a schedule":
      return { kind: "schedule", cron: ground.row.cron ?? "0 0 29 2 *", ref, commit };
  }
}

function planOf(asked: Asked): StoredPlan | null {
  const { ground, about, times } = asked;
  if (about.plan === "none") return null;
  const counts = { ...asked.manifest.counts, destroy: about.deletes === "nothing" ? 0 : 1 };
  const manifest: PlanManifest = {
    ...asked.manifest,
    mode: modesOf(asked).plan,
    stack: about.plan === "another stack's" ? otherStack(ground.stack) : ground.stack,
    createdAt: about.age === "too old" ? ground.now - ground.flow.apply.maxAge - 1 : times.planned,
    counts,
  };
  return {
    digest: about.plan === "another run's" ? digests.otherPlan : digests.plan,
    manifest,
    speculative: about.plan === "for looking at only" ? "dirty-checkout" : null,
    shown: shownOf(about, times),
    carriedFrom: about.shown === "as the plan that it carries on" ? digests.carriedPlan : null,
  };
}

function shownOf({ shown }: Case, times: Times): readonly Shown[] {
  const digest = digests.plan;
  switch (shown) {
    case "before anybody spoke":
      return [{ digest, at: times.shown, until: null }];
    case "never":
      return [];
    case "until just before anybody spoke":
      return [{ digest, at: times.shown, until: times.spoken - 1 }];
    case "as the plan that it carries on":
      return [
        { digest, at: times.last, until: null },
        { digest: digests.carriedPlan, at: times.shown, until: times.last },
      ];
    case "after everybody spoke":
      return [{ digest, at: times.last, until: null }];
  }
}

function bundleOf({ bundle }: Case): BundleFinding | null {
  if (bundle === "whole") return null;
  return { code: `bundle-${bundle}`, sentence: `the bundle is ${bundle}`, plan: digests.plan };
}

function leaseOf({ ground, about, times }: Asked): StackLease | null {
  if (about.lease === "nobody's") return null;
  const run = about.lease === "the run's" ? runs.own : runs.other;
  return { stack: ground.stack, run, fence: 1, since: times.later, holder };
}

function holdOf({ ground, about, starter, times }: Asked): BranchHold | null {
  if (about.held === "by nobody") return null;
  const ours = about.held === "by the branch that is delivered";
  const { stack, delivered } = ground;
  const branch = ours ? delivered.ref : "the-branch-of/somebody-else";
  return { stack, branch, by: ours ? starter : ("somebody-else" as Login), since: times.planned };
}

function otherOf({ ground, times, starter }: Asked): OtherRun {
  const due: Due = {
    kind: "merge",
    at: times.later,
    by: starter,
    ref: ground.delivered.ref,
    commit: commits.delivered,
    job: null,
  };
  return { id: runs.other, mode: "normal", state: "waiting", pullRequest: null, again: null, due };
}

function beforeOf({ about, times }: Asked, stack: StackName): BeforeFacts {
  if (about.before === "not there") return { stack, inputs: null, applied: null };
  if (about.before === "nothing applied") return { stack, inputs: digests.inputs, applied: null };
  const inputs = about.before === "applied with other inputs" ? digests.otherInputs : digests.inputs;
  const verified = about.before !== "applied only";
  const applied = { run: runs.other, commit: commits.delivered, inputs, verified, at: times.planned, source: null };
  return { stack, inputs: digests.inputs, applied };
}

/** Whatever gets past the protected branch is behind the apply; nothing else is asked about. */
function changesOf({ ground, about, times }: Asked, own: PullRequestFacts): readonly PullRequestFacts[] {
  if (ground.past === null) return [];
  if (about.objection !== "changes asked for on what comes along") return [own];
  const { members } = ground.stage.cast;
  const approved = members.map((login) => saidOn(change + 1, login, "approve", times.spoken));
  const asked = members.slice(-1).map((login) => saidOn(change + 1, login, "request-changes", times.later));
  return [{ ...own, number: change + 1, answers: [...approved, ...asked] }, own];
}

function changeFacts(asked: Asked): PullRequestFacts {
  const { ground, about, times } = asked;
  const { stage, flow } = ground;
  const { stranger } = stage.cast;
  const { change: word } = about;
  return {
    number: change,
    state: word === "open" || word === "closed" ? word : word === "merged" ? "merged" : usualState(ground),
    draft: false,
    ...ground.change,
    head: word === "with another head than was planned" ? commits.otherHead : commits.head,
    fork: word === "from a fork",
    opener: stranger,
    writers: about.reviewed === "only by who wrote it" ? [stranger, ...stage.cast.members] : [stranger],
    issues: [1],
    trustedPaths: word === "one that governs delivery" ? ["plangate.yaml"] : [],
    answers: [...reviewsOf(asked), ...objectionsTo(asked)],
    headSince: about.reviewed === "before its last commit" ? times.last : times.planned - 1,
    openedAt: times.planned - 1,
    labels: [],
    sections: flow.require.sections,
    codeOwners: [],
    mergeCommits: 0,
    carries: [],
    baseAhead: false,
  };
}

function usualState({ row }: Ground): PullRequestFacts["state"] {
  return row.on === "pull_request" ? "open" : "merged";
}

function reviewsOf({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  if (about.reviewed === "by nobody") return [];
  if (about.reviewed === "only by a stranger") return [saidOn(change, passerBy, "approve", times.shown)];
  const { members } = ground.stage.cast;
  const approved = members.map((login) => saidOn(change, login, "approve", times.shown));
  if (about.reviewed !== "and then changes were asked for") return approved;
  return [...approved, ...members.map((login) => saidOn(change, login, "request-changes", times.spoken))];
}

/** A hold is said on the pull request: of the run, or of what comes along. */
function objectionsTo({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  const [member] = ground.stage.cast.members;
  if (member === undefined || !about.objection.startsWith("somebody put it on hold")) return [];
  const hold = saidOn(change, member, "hold", times.spoken);
  return about.objection === "somebody put it on hold"
    ? [hold]
    : [hold, saidOn(change, member, "release-hold", times.later)];
}

function acknowledgements({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  const [member = passerBy] = ground.stage.cast.members;
  switch (about.deletes) {
    case "something, acknowledged":
      return [saidOn(change, member, "acknowledge", times.spoken)];
    case "something, and a stranger acknowledged it":
      return [saidOn(change, passerBy, "acknowledge", times.spoken)];
    case "something, acknowledged before it was shown":
      return [saidOn(change, member, "acknowledge", times.shown - 1)];
    default:
      return [];
  }
}

function pushedOf({ ground, about }: Asked): readonly PushedCommit[] {
  if (about.pushed === "nothing" || ground.past === null) return [];
  const [member = passerBy] = ground.stage.cast.members;
  const { stranger, members } = ground.stage.cast;
  const too = { branch: ground.change.base, commit: commits.head, files: 100_000, lines: 10_000_000 };
  switch (about.pushed) {
    case "too much":
      return [{ ...too, writers: [stranger], accepted: [] }];
    case "too much, and somebody else accepted it":
      return [{ ...too, writers: [stranger], accepted: members }];
    case "too much, and who pushed it accepted it":
      return [{ ...too, writers: [member], accepted: [member] }];
    case "too much, and a stranger accepted it":
      return [{ ...too, writers: [stranger], accepted: [passerBy] }];
  }
}
