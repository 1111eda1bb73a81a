import type { BundleFinding } from "../../domain/event.ts";
import type { AppliedFacts, BeforeFacts, Facts, OtherRun, RefFacts, StackFacts } from "../../domain/facts.ts";
import type { Login, StackName } from "../../domain/names.ts";
import { stackBaseName } from "../../domain/names.ts";
import type { BranchHold, Due, StackLease } from "../../domain/run.ts";
import { type Asked, type Known, part } from "./asked.ts";
import { acknowledgements, changeFacts, changesOf, objectionsTo, pushedOf } from "./changes.ts";
import { change, type Ground, refOf } from "./ground.ts";
import { answersOf } from "./people.ts";
import type { Case, Relation } from "./relations.ts";
import { planOf, runOf } from "./run.ts";
import {
  commits,
  digests,
  holder,
  manifestOf,
  otherTools,
  passerBy,
  runs,
  type Times,
  timesOf,
  tool,
  versions,
} from "./things.ts";

/** Makes the facts of a row's cases, as observation would tell them if they ever came about. */
export function factsMaker(ground: Ground, usual: Case): (about: Case) => Facts {
  const times = timesOf(ground);
  const known: Known = { ground, times, manifest: manifestOf(ground, times), usual, made: new Map() };
  return (about) => factsOf(known, about);
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
    lostPlan: null,
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
