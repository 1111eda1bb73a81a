import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Digest } from "../../domain/digest.ts";
import type { AppliedFacts, BeforeFacts, OtherRun, StackFacts } from "../../domain/facts.ts";
import { environmentOf, type RunId, type StackName, stackBaseName } from "../../domain/names.ts";
import type { Tool } from "../../domain/plan.ts";
import { isOpen, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import type { Content } from "./content.ts";
import { historyOf } from "./history.ts";
import { inputsOf } from "./inputs.ts";
import type { Setting } from "./setting.ts";
import { environmentNamed, type ModelWorld, pullRequestNumbered, stateOf } from "./world.ts";

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

/** Everything that is true of a stack, seen from one commit. */
export function stackFacts(setting: Setting, world: ModelWorld, subject: Subject): StackFacts {
  const { stack, content, run, source } = subject;
  const inputs = inputsOf(setting, content.tree, stack);
  const applied = appliedTo(world, stack, inputs);
  const plan = run?.plan == null ? null : (world.plans[run.plan] ?? null);
  const affected = subject.affected ?? applied?.inputs !== (inputs ?? undefined);
  return {
    stack,
    environment: environmentOf(stack),
    commit: content.commit,
    inputs,
    affected,
    applied,
    run,
    plan,
    bundle: null,
    tool,
    state: stateOf(world, stack).version,
    lease: world.leases[stack] ?? null,
    interrupted: interruptedAfter(world, stack, plan?.manifest.createdAt ?? null),
    answers: answersFor(world, run, environmentOf(stack)),
    before: beforeFacts(setting, world, { stack, content }),
    others: otherRuns(world, stack, run),
    ...(source === undefined ? {} : { source }),
    ...historyOf(setting, world, { stack, content, run, ref: subject.ref ?? refOf(run), applied }),
  };
}

/** What an apply of the run would deliver. */
function refOf(run: Run | null): string | null {
  return run?.due?.ref ?? (run?.source.kind === "merge" ? run.source.branch : null);
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

/** What people said that may be about the run's plans: on its pull request, and at its environment's gate. */
function answersFor(world: ModelWorld, run: Run | null, environment: string): readonly PersonalAnswer[] {
  const number = run === null ? null : pullRequestOf(run.source);
  const said = number === null ? [] : (pullRequestNumbered(world, number)?.answers ?? []);
  const atGate = world.gateAnswers.filter((answer) => answer.environment === environment);
  return atGate.length === 0 ? said : [...said, ...atGate].sort((left, right) => left.at - right.at);
}

function beforeFacts(
  setting: Setting,
  world: ModelWorld,
  { stack, content }: Pick<Subject, "stack" | "content">,
): readonly BeforeFacts[] {
  return environmentNamed(setting.flow, environmentOf(stack)).after.map((environment) => {
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
      pullRequest: pullRequestOf(run.source),
      due: run.due,
      again: isOpen(run.state) ? plannedAgain(world, run.source) : null,
    }));
}

/** How a plan would be made now. */
function plannedAgain(world: ModelWorld, source: RunSource): RunSource | null {
  if (source.kind === "local") return null;
  if (source.kind === "dispatch") return source;
  if (source.kind === "merge") {
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
