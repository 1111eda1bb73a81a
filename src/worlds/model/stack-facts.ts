import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Digest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { AppliedFacts, BeforeFacts, OtherRun, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import { type Instant, type RunId, type StackName, stackBaseName } from "../../domain/names.ts";
import type { Tool } from "../../domain/plan.ts";
import { isOpen, isSpent, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import { placeOf, type StackPlace } from "../../flow/instances.ts";
import { gatesOfRun } from "../forge-rules.ts";
import type { Content } from "./content.ts";
import { historyOf } from "./history.ts";
import { inputsOf } from "./inputs.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { type ModelWorld, pullRequestNumbered, stateOf } from "./world.ts";

/** The tool never changes here. */
export const tool: Tool = { name: "terraform", version: "1.14.0" };

/** What facts are wanted of: a stack at a content, with the run in question. */
export interface Subject {
  readonly stack: StackName;
  readonly content: Content;
  readonly run: Run | null;
  readonly source?: RunSource;
  readonly affected?: boolean;
  /** The branch, or `tag:<name>`, whose delivery is judged; without it, the one that the run is due for. */
  readonly ref?: string;
}

/** Where a stack of this world is; every one that there is was made from the flow. */
export function placeIn({ flow }: Pick<Setting, "flow">, stack: StackName): StackPlace {
  const place = placeOf(flow, stack);
  if (place === undefined) throw new InternalError(`the flow has no environment for ${stack}`);
  return place;
}

/** What is told of a stack whatever becomes of it: where it is, and who or what stands there. */
export function whereabouts(
  setting: Setting,
  world: ModelWorld,
  stack: StackName,
): Pick<StackFacts, "stack" | "environment" | "instance" | "hold" | "standing" | "lease"> {
  const { environment, instance } = placeIn(setting, stack);
  return {
    stack,
    environment: environment.name,
    instance,
    hold: environment.heldByBranch ? (world.holds[stack] ?? null) : null,
    standing: standingOf(world, stack, instance),
    lease: world.leases[stack] ?? null,
  };
}

function standingOf(world: ModelWorld, stack: StackName, instance: string | null): Instant | null {
  return instance === null ? null : stateOf(world, stack).standing;
}

/** What was applied last to an instance, or was about to be: what it would be taken down from. */
export function standingSource(world: ModelWorld, stack: StackName): RunSource | null {
  const run = world.runs.findLast(
    (candidate) => candidate.stack === stack && candidate.mode === "normal" && isSpent(candidate.state),
  );
  return run?.source ?? null;
}

/** Everything that is true of a stack, seen from one commit. */
export function stackFacts(setting: Setting, world: ModelWorld, subject: Subject): StackFacts {
  const { stack, content, run, source } = subject;
  const inputs = inputsOf(setting, content.tree, stack);
  const applied = appliedTo(world, stack, inputs);
  const plan = run?.plan == null ? null : (world.plans[run.plan] ?? null);
  const affected = subject.affected ?? applied?.inputs !== (inputs ?? undefined);
  return {
    ...whereabouts(setting, world, stack),
    commit: content.commit,
    inputs,
    affected,
    applied,
    run,
    plan,
    bundle: null,
    tool,
    state: stateOf(world, stack).version,
    // Nothing in a model goes missing.
    lostPlan: null,
    interrupted: interruptedAfter(world, stack, plan?.manifest.createdAt ?? null),
    answers: answersFor(setting, world, stack, run),
    before: beforeFacts(setting, world, { stack, content }),
    others: otherRuns(world, stack, run),
    pullRequest: plannedChange(setting, world, run),
    ...(source === undefined ? {} : { source }),
    ...historyOf(setting, world, {
      stack,
      content,
      source: run?.source ?? source ?? null,
      ref: subject.ref ?? refOf(run, source ?? null),
      applied,
      destroys: run?.mode === "destroy",
    }),
  };
}

/** The pull request that a run planned, as it is now. */
export function plannedChange(setting: Setting, world: ModelWorld, run: Run | null): PullRequestFacts | null {
  if (run?.source.kind !== "pull-request") return null;
  const change = pullRequestNumbered(world, run.source.pullRequest);
  return change === undefined ? null : factsOf(setting, world, change);
}

/** What an apply of the run, or of what would be planned, would deliver; null for a pull request, which is not asked for yet. */
function refOf(run: Run | null, wouldBe: RunSource | null): string | null {
  const source = run?.source ?? wouldBe;
  if (run?.due != null) return run.due.ref;
  switch (source?.kind) {
    case "merge":
    case "push":
      return source.branch;
    case "dispatch":
    case "schedule":
      return source.ref;
    default:
      return null;
  }
}

/** What is applied. Inputs that a plan found nothing to do for are as good as applied. */
function appliedTo(world: ModelWorld, stack: StackName, inputs: Digest | null): AppliedFacts | null {
  const { applied, settled } = stateOf(world, stack);
  if (applied?.inputs === inputs) return applied;
  return settled.find((entry) => entry.inputs === inputs) ?? applied;
}

/** An interrupted apply counts as long as no plan was made after it. */
function interruptedAfter(world: ModelWorld, stack: StackName, planned: number | null): RunId | null {
  const last = world.runs.findLast((run) => run.stack === stack && run.state === "interrupted");
  return last !== undefined && (planned === null || planned <= last.updatedAt) ? last.id : null;
}

/** What people said that may be about the run's plans: on its pull request, and at the gates that its apply has to pass. */
function answersFor(
  { flow }: Setting,
  world: ModelWorld,
  stack: StackName,
  run: Run | null,
): readonly PersonalAnswer[] {
  const number = run === null ? null : pullRequestOf(run.source);
  const said = number === null ? [] : (pullRequestNumbered(world, number)?.answers ?? []);
  const gates = gatesOfRun(flow, run ?? { stack, due: null, mode: "normal" });
  const atGate = world.gateAnswers.filter(({ environment }) => gates.some(({ name }) => name === environment));
  return atGate.length === 0 ? said : [...said, ...atGate].sort((left, right) => left.at - right.at);
}

function beforeFacts(
  setting: Setting,
  world: ModelWorld,
  { stack, content }: Pick<Subject, "stack" | "content">,
): readonly BeforeFacts[] {
  return placeIn(setting, stack).environment.after.map((environment) => {
    const name = `${environment}/${stackBaseName(stack)}` as StackName;
    const inputs = inputsOf(setting, content.tree, name);
    return { stack: name, inputs, applied: inputs === null ? null : appliedTo(world, name, inputs) };
  });
}

/** The other runs on a stack that hold plans or are making one. */
export function otherRuns(world: ModelWorld, stack: StackName, own: Run | null): readonly OtherRun[] {
  return world.runs
    .filter((run) => run.stack === stack && run.id !== own?.id && (isOpen(run.state) || run.state === "planning"))
    .map((run) => ({
      id: run.id,
      state: run.state,
      mode: run.mode,
      pullRequest: pullRequestOf(run.source),
      due: run.due,
      again: isOpen(run.state) ? plannedAgain(world, run.source) : null,
    }));
}

/** How a plan would be made now. */
function plannedAgain(world: ModelWorld, source: RunSource): RunSource | null {
  if (source.kind === "local") return null;
  if (source.kind === "dispatch" || source.kind === "schedule") return source;
  if (source.kind === "merge" || source.kind === "push") {
    const head = world.branches[source.branch];
    return head === undefined ? null : { ...source, commit: head.sha };
  }
  const change = pullRequestNumbered(world, source.pullRequest);
  const base = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || base === undefined || change.state === "closed") return null;
  if (change.state === "merged") {
    return { kind: "merge", pullRequest: change.number, branch: change.base, commit: base.sha };
  }
  // Nobody has looked at what a fork's head became since its plan was asked for.
  if (change.fork) return null;
  return { kind: "pull-request", pullRequest: change.number, head: change.head.sha, base: base.sha };
}
