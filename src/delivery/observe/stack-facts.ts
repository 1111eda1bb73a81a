import { InternalError } from "../../domain/errors.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { BeforeFacts, OtherRun, StackFacts } from "../../domain/facts.ts";
import { type CommitSha, environmentOf, type StackName, stackBaseName } from "../../domain/names.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import { isOpen, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import type { Environment, Stack } from "../../flow/flow.ts";
import type { Delivery } from "../delivery.ts";
import type { Order } from "../roles/work.ts";
import { appliedTo } from "./applied.ts";
import type { Content } from "./content.ts";
import { answersFor, historyOf } from "./history.ts";

/** What facts are wanted of: a stack at a content, with the run in question. */
export interface Subject {
  readonly stack: StackName;
  readonly content: Content;
  readonly run: Run | null;
  readonly source?: RunSource;
  readonly affected?: boolean;
  /** The branch, or `tag:<name>`, whose delivery is judged; without it, the one that the run is due for. */
  readonly ref?: string;
  /** The second decision looks at the stored bundle too. */
  readonly ready?: boolean;
}

/** The facts that choosing what to plan takes. */
export async function planFacts(delivery: Delivery, subject: Subject): Promise<StackFacts> {
  const { stack, content, run, source, affected } = subject;
  const found = await stackAt(delivery, stack, content);
  const inputs = found === undefined ? null : (await delivery.configuration.content(found, content.tree)).inputs;
  const [applied, plan] = await Promise.all([appliedTo(delivery, stack, inputs), planOf(delivery, run)]);
  return {
    stack,
    environment: environmentOf(stack),
    commit: content.commit,
    inputs,
    applied,
    run,
    plan,
    ...(source === undefined ? {} : { source }),
    affected: affected ?? (applied === null ? inputs !== null : applied.inputs !== inputs),
  };
}

/** The facts that judging an apply takes: everything, the state included. */
export async function applyFacts(delivery: Delivery, subject: Subject): Promise<StackFacts> {
  const base = await planFacts(delivery, subject);
  const { stack, content, run } = subject;
  const found = await stackAt(delivery, stack, content);
  const lease = (await delivery.store.lease(stack)) ?? null;
  const others = await otherRuns(delivery, stack, run);
  const answers = await answersFor(delivery, run, environmentOf(stack));
  const interrupted = await interruptedAfter(delivery, stack, run);
  if (found === undefined)
    return { ...base, lease, others, answers, interrupted, changes: [], pushed: [], writers: [], before: [] };
  const stackContent = await delivery.configuration.content(found, content.tree);
  const history = await historyOf(delivery, {
    stack,
    run,
    content,
    ref: subject.ref ?? refOf(run),
    applied: base.applied ?? null,
    paths: stackContent.paths,
    pathsAt: (commit) => pathsAt(delivery, stack, commit),
  });
  const order = orderFor(delivery, run, found, content);
  return {
    ...base,
    ...history,
    lease,
    others,
    answers,
    interrupted,
    before: await beforeFacts(delivery, found, content),
    state: await delivery.roles.stateVersion(order),
    tool: await delivery.roles.tool(),
    ...(subject.ready === true && base.plan != null ? { bundle: await inspected(delivery, base.plan, content) } : {}),
  };
}

/** What was judged so far is the store's copy of the manifest, which nobody signed: it has to be the signed one. */
async function inspected(delivery: Delivery, plan: StoredPlan, content: Content): Promise<BundleFinding | null> {
  if (planDigestOf(manifestText(plan.manifest)) !== plan.digest) {
    const sentence = "the record of the plan was altered: its manifest is not the one that was approved";
    return { plan: plan.digest, code: "bundle-altered", sentence };
  }
  return delivery.roles.inspect(plan.digest, content.tree);
}

/** What an apply of the run would deliver; a local one delivers no ref. */
function refOf(run: Run | null): string | null {
  if (run === null || run.due?.kind === "local") return null;
  return run.due?.ref ?? (run.source.kind === "merge" ? run.source.branch : null);
}

async function pathsAt(delivery: Delivery, name: StackName, commit: CommitSha): Promise<ReadonlySet<string>> {
  const tree = await delivery.repository.treeOf(commit);
  const stack = await stackAt(delivery, name, { commit, base: null, tree });
  return stack === undefined ? new Set() : (await delivery.configuration.content(stack, tree)).paths;
}

export async function stackAt(delivery: Delivery, stack: StackName, content: Content): Promise<Stack | undefined> {
  return (await delivery.configuration.stacks(content.tree)).get(stack);
}

/** The order that a role gets for a stack at a content. */
export function orderFor(delivery: Delivery, run: Run | null, stack: Stack, content: Content): Order {
  return {
    run: run?.id ?? delivery.ids.run(),
    stack,
    commit: content.commit,
    base: content.base,
    tree: content.tree,
    mode: "normal",
    variables: delivery.variables(environmentNamed(delivery, stack.environment)),
    initKey: null,
    ...(delivery.signal === undefined ? {} : { signal: delivery.signal }),
  };
}

export function environmentNamed(delivery: Delivery, name: string): Environment {
  const environment = delivery.flow.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new InternalError(`the flow has a stack in ${name} and no such environment`);
  return environment;
}

/** The plan that a run holds. */
export async function planOf(delivery: Delivery, run: Run | null): Promise<StoredPlan | null> {
  return run?.plan == null ? null : ((await delivery.store.plan(run.plan)) ?? null);
}

/** An interrupted apply counts as long as no plan was made after it. */
async function interruptedAfter(delivery: Delivery, stack: StackName, run: Run | null): Promise<Run["id"] | null> {
  const [last] = await delivery.store.runs({ stack, states: ["interrupted"], limit: 1 });
  if (last === undefined) return null;
  const plan = await planOf(delivery, run);
  return plan === null || plan.manifest.createdAt <= last.updatedAt ? last.id : null;
}

async function beforeFacts(delivery: Delivery, stack: Stack, content: Content): Promise<readonly BeforeFacts[]> {
  const stacks = await delivery.configuration.stacks(content.tree);
  const before: BeforeFacts[] = [];
  for (const environment of environmentNamed(delivery, stack.environment).after) {
    const name = `${environment}/${stackBaseName(stack.name)}` as StackName;
    const found = stacks.get(name);
    const inputs = found === undefined ? null : (await delivery.configuration.content(found, content.tree)).inputs;
    before.push({ stack: name, inputs, applied: inputs === null ? null : await appliedTo(delivery, name, inputs) });
  }
  return before;
}

/** The other runs on a stack that hold plans or are making one. */
export async function otherRuns(delivery: Delivery, stack: StackName, own: Run | null): Promise<readonly OtherRun[]> {
  const runs = await delivery.store.runs({ stack, states: ["queued", "planning", "planned", "waiting", "approved"] });
  const others: OtherRun[] = [];
  for (const run of runs) {
    if (run.id === own?.id) continue;
    const pullRequest = pullRequestOf(run.source);
    others.push({
      id: run.id,
      state: run.state,
      pullRequest,
      due: run.due,
      again: isOpen(run.state) ? await plannedAgain(delivery, run) : null,
    });
  }
  return others;
}

/** How a run's plan would be made now. */
async function plannedAgain(delivery: Delivery, run: Run): Promise<RunSource | null> {
  const { source } = run;
  if (source.kind === "local") return null;
  if (source.kind === "dispatch") return source;
  if (source.kind === "merge") {
    const commit = await delivery.repository.resolve(`refs/heads/${source.branch}`);
    return commit === undefined ? null : { ...source, commit };
  }
  const change = await delivery.forge.pullRequest(source.pullRequest);
  const base = change === undefined ? undefined : await delivery.repository.resolve(`refs/heads/${change.base}`);
  if (change === undefined || base === undefined || change.state === "closed") return null;
  if (change.state === "merged")
    return { kind: "merge", pullRequest: change.number, branch: change.base, commit: base };
  // Nobody has looked at what a fork's head became since its plan was asked for.
  if (change.fork) return null;
  return { kind: "pull-request", pullRequest: change.number, head: change.head, base };
}
