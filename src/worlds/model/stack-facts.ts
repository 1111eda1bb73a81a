import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Digest } from "../../domain/digest.ts";
import type { AppliedFacts, BeforeFacts, OtherRun, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import {
  type CommitSha,
  environmentOf,
  type Login,
  type RunId,
  type StackName,
  stackBaseName,
} from "../../domain/names.ts";
import type { Tool } from "../../domain/plan.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import type { Content } from "./content.ts";
import { type Commit, commitsBetween } from "./git.ts";
import { inputsOf } from "./inputs.ts";
import { broughtBy, factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import {
  commitOf,
  environmentNamed,
  type ModelWorld,
  pullRequestNumbered,
  pullRequestOfSource,
  stateOf,
} from "./world.ts";

/** The tool never changes here. */
export const tool: Tool = { name: "terraform", version: "1.14.0" };

/** What facts are wanted of: a stack at a content, with the run in question. */
export interface Subject {
  readonly stack: StackName;
  readonly content: Content;
  readonly run: Run | null;
  readonly source?: RunSource;
  readonly affected?: boolean;
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
    ...changesTo(setting, world, { stack, content, run, applied: applied?.commit ?? null }),
  };
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
  const number = run === null ? null : pullRequestOfSource(run.source);
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
      pullRequest: pullRequestOfSource(run.source),
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
  return { kind: "pull-request", pullRequest: change.number, head: change.head.sha, base: base.sha };
}

/**
 * What came to a stack since something was last applied there, and who is behind it: every commit that touches an
 * input, led back to the pull request that brought it, since a squash hides commits and with them people.
 */
function changesTo(
  setting: Setting,
  world: ModelWorld,
  about: Pick<Subject, "stack" | "content" | "run"> & { readonly applied: CommitSha | null },
): Pick<StackFacts, "changes" | "pushed" | "writers"> {
  const { content } = about;
  const open =
    content.base === null
      ? undefined
      : world.pullRequests.find((change) => change.state === "open" && change.head.sha === content.commit);
  const writers = new Set<Login>(open === undefined ? [] : factsOf(world, open).writers);
  const changes = new Map<number, PullRequestFacts>();
  const pushed: CommitSha[] = [];
  const to = commitOf(world, content.base ?? content.commit);
  const from = about.applied === null ? startOf(to, content) : commitOf(world, about.applied);
  for (const commit of commitsBetween(from, to)) {
    if (!touches(setting, commit, about.stack)) continue;
    const change = broughtBy(world, commit);
    if (change === undefined) pushed.push(commit.sha);
    else if (!changes.has(change.number)) changes.set(change.number, factsOf(world, change));
    const people = change === undefined ? commit.people : (changes.get(change.number)?.writers ?? []);
    for (const login of people) writers.add(login);
  }
  return {
    changes: [...changes.values()].sort((left, right) => left.number - right.number),
    pushed,
    writers: [...writers],
  };
}

/** Where counting starts when nothing was applied by us yet: at the change itself, since older commits are others' work. */
function startOf(to: Commit, content: Content): Commit | null {
  return content.base === null ? (to.parents[0] ?? null) : to;
}

function touches(setting: Setting, commit: Commit, stack: StackName): boolean {
  const parent = commit.parents[0];
  return (
    inputsOf(setting, commit.tree, stack) !== (parent === undefined ? null : inputsOf(setting, parent.tree, stack))
  );
}
