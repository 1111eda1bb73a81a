import type { BundleFinding } from "../../domain/event.ts";
import type { BeforeFacts, OtherRun, StackFacts } from "../../domain/facts.ts";
import { type CommitSha, environmentOf, type StackName, stackBaseName } from "../../domain/names.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import { isOpen, isSpent, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import type { Stack } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import type { Order } from "../roles/work.ts";
import { variablesFor } from "../variables.ts";
import { appliedTo, standingIn } from "./applied.ts";
import { branchHead, type Content, contentAt, stackAt } from "./content.ts";

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
  const [applied, own] = await Promise.all([appliedTo(delivery, stack, inputs), ownFacts(delivery, stack, run)]);
  return {
    ...own,
    commit: content.commit,
    inputs,
    applied,
    ...(source === undefined ? {} : { source }),
    affected: affected ?? (applied === null ? inputs !== null : applied.inputs !== inputs),
  };
}

/** What the store alone tells of a stack and a run on it. */
export async function ownFacts(
  delivery: Delivery,
  stack: StackName,
  run: Run | null,
): Promise<Omit<StackFacts, "commit">> {
  // A run may be of an environment that the flow no longer has.
  const place = placeOf(delivery.flow, stack);
  const instance = place?.instance ?? null;
  const number = run?.source.kind === "pull-request" ? run.source.pullRequest : null;
  const [plan, lease, others, hold, standing, pullRequest] = await Promise.all([
    planOf(delivery, run),
    delivery.store.lease(stack),
    otherRuns(delivery, stack, run),
    place?.environment.heldByBranch === true ? delivery.store.hold(stack) : undefined,
    instance === null ? null : standingIn(delivery, stack),
    number === null ? null : delivery.forge.pullRequest(number),
  ]);
  return {
    stack,
    environment: place?.environment.name ?? environmentOf(stack),
    instance,
    run,
    plan,
    lease: lease ?? null,
    others,
    hold: hold ?? null,
    standing: standing?.since ?? null,
    pullRequest: pullRequest ?? null,
  };
}

/** The facts that judging an apply takes: everything, the state included. */
export async function applyFacts(delivery: Delivery, subject: Subject): Promise<StackFacts> {
  const base = await planFacts(delivery, subject);
  const { stack, content, run } = subject;
  const found = await stackAt(delivery, stack, content);
  const answers = await answersFor(delivery, run, placeOf(delivery.flow, stack)?.environment ?? null);
  const interrupted = await interruptedAfter(delivery, stack, run);
  const lostPlan = subject.ready === true ? { lostPlan: await lostPlanOf(delivery, stack, run) } : {};
  if (found === undefined)
    return { ...base, answers, interrupted, ...lostPlan, changes: [], pushed: [], writers: [], before: [] };
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
    answers,
    interrupted,
    ...lostPlan,
    before: await beforeFacts(delivery, stack, content),
    state: await delivery.roles.stateVersion(order),
    tool: await delivery.roles.tool(),
    ...(subject.ready === true && base.plan != null ? { bundle: await inspected(delivery, base.plan, content) } : {}),
  };
}

/** Everything where an apply may be judged, and where not, what choosing a plan takes: then the state need not be read. */
export function judgedFacts(delivery: Delivery, subject: Subject): Promise<StackFacts> {
  const { run } = subject;
  return run !== null && (isOpen(run.state) || run.state === "planning")
    ? applyFacts(delivery, subject)
    : planFacts(delivery, subject);
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
  if (run.due !== null) return run.due.ref;
  return run.source.kind === "merge" || run.source.kind === "push" ? run.source.branch : null;
}

async function pathsAt(delivery: Delivery, name: StackName, commit: CommitSha): Promise<ReadonlySet<string>> {
  const content = await contentAt(delivery, commit);
  const stack = await stackAt(delivery, name, content);
  return stack === undefined ? new Set() : (await delivery.configuration.content(stack, content.tree)).paths;
}

/** The order that a role gets for a stack at a content, in the run's mode. */
export function orderFor(delivery: Delivery, run: Run | null, stack: Stack, content: Content): Order {
  return {
    run: run?.id ?? delivery.ids.run(),
    stack,
    commit: content.commit,
    base: content.base,
    tree: content.tree,
    mode: run?.mode ?? "normal",
    variables: variablesFor(delivery, stack),
    initKey: null,
    ...(delivery.signal === undefined ? {} : { signal: delivery.signal }),
  };
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

/** Another run of the stack that gave way since its stored plan was gone, unless something came of a plan after it. */
async function lostPlanOf(delivery: Delivery, stack: StackName, own: Run | null): Promise<Run["id"] | null> {
  for (const run of await delivery.store.runs({ stack, limit: 100 })) {
    if (run.id === own?.id || run.mode === "refresh-only") continue;
    if (run.state === "superseded" && run.code === "bundle-missing") return run.id;
    if (isSpent(run.state) || run.state === "no-changes") return null;
  }
  return null;
}

async function beforeFacts(delivery: Delivery, stack: StackName, content: Content): Promise<readonly BeforeFacts[]> {
  const stacks = await delivery.configuration.stacks(content.tree);
  const before: BeforeFacts[] = [];
  for (const environment of placeOf(delivery.flow, stack)?.environment.after ?? []) {
    const name = `${environment}/${stackBaseName(stack)}` as StackName;
    const found = stacks.get(name);
    const inputs = found === undefined ? null : (await delivery.configuration.content(found, content.tree)).inputs;
    before.push({ stack: name, inputs, applied: inputs === null ? null : await appliedTo(delivery, name, inputs) });
  }
  return before;
}

/** The other runs on a stack that hold plans or are making one. */
async function otherRuns(delivery: Delivery, stack: StackName, own: Run | null): Promise<readonly OtherRun[]> {
  const runs = await delivery.store.runs({ stack, states: ["queued", "planning", "planned", "waiting", "approved"] });
  const others: OtherRun[] = [];
  for (const run of runs) {
    if (run.id === own?.id) continue;
    const pullRequest = pullRequestOf(run.source);
    others.push({
      id: run.id,
      mode: run.mode,
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
  switch (source.kind) {
    case "local":
      return null;
    case "dispatch":
    case "schedule":
      return source;
    case "merge":
    case "push": {
      const head = await branchHead(delivery, source.branch);
      return head === null ? null : { ...source, commit: head.commit };
    }
    case "pull-request":
      return changePlannedAgain(delivery, run, source);
  }
}

async function changePlannedAgain(
  delivery: Delivery,
  run: Run,
  source: RunSource & { readonly kind: "pull-request" },
): Promise<RunSource | null> {
  // What an instance holds is destroyed as it was put there, also when its pull request is over.
  if (run.mode === "destroy") return source;
  const change = await delivery.forge.pullRequest(source.pullRequest);
  const base = change === undefined ? null : await branchHead(delivery, change.base);
  if (change === undefined || base === null || change.state === "closed") return null;
  if (change.state === "merged")
    return (placeOf(delivery.flow, run.stack)?.instance ?? null) === null
      ? { kind: "merge", pullRequest: change.number, branch: change.base, commit: base.commit }
      : null;
  // Nobody has looked at what a fork's head became since its plan was asked for.
  if (change.fork) return null;
  return { kind: "pull-request", pullRequest: change.number, head: change.head, base: base.commit };
}
