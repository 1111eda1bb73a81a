import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import type { Login, StackName } from "../../domain/names.ts";
import { stackBaseName } from "../../domain/names.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { rowsOfJob, rowsOfRelease } from "../../engine/index.ts";
import type { Transition } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import { environmentNamed } from "../variables.ts";
import { alteredStacks, forkContent } from "./altered.ts";
import { appliedTo, standingInstances } from "./applied.ts";
import { type Content, contentAt, stackNamesAt } from "./content.ts";
import { modulesOf } from "./modules.ts";
import { applyFacts, planFacts } from "./stack-facts.ts";

/** The ref that somebody wants released or delivered, and the stacks that the rows are about. */
export async function dispatchFacts(
  delivery: Delivery,
  event: Event & { kind: "dispatch" },
): Promise<Omit<Facts, "now">> {
  const rows = rowsOfJob(delivery.flow, event.job);
  const [first] = rows;
  const ref = await delivery.forge.ref(event.ref);
  if (first === undefined || ref === undefined) return { stacks: [], ...(ref === undefined ? {} : { ref }) };
  const content = await contentAt(delivery, ref.commit);
  const latestRelease = await delivery.forge.latestRelease();
  if (first.do.includes("release")) {
    const stacks = await neededStacks(delivery, content, first);
    return {
      stacks,
      ref,
      latestRelease,
      modules: await modulesOf(delivery, content, { on: "dispatch", branch: ref.ref }),
    };
  }
  const named = namesIn(event.inputs.stacks);
  const asked = { ref: ref.ref, by: event.by, content, named };
  return { stacks: await deliveredStacks(delivery, rows, asked), ref, latestRelease };
}

/** What the flow delivers by itself when a release is made. */
export async function releaseFacts(
  delivery: Delivery,
  event: Event & { kind: "release" },
): Promise<Omit<Facts, "now">> {
  const name = `tag:${event.tag}`;
  const [ref, latestRelease] = await Promise.all([delivery.forge.ref(name), delivery.forge.latestRelease()]);
  const rows = rowsOfRelease(delivery.flow, event.tag);
  if (ref === undefined || rows.length === 0)
    return { stacks: [], ...(ref === undefined ? {} : { ref }), latestRelease };
  const content = await contentAt(delivery, ref.commit);
  const asked = { ref: name, by: event.by, content, named: [] };
  return { stacks: await deliveredStacks(delivery, rows, asked), ref, latestRelease };
}

/** A ref that is asked for, by whom, and the stacks that they named. */
interface Asked {
  readonly ref: string;
  readonly by: Login;
  readonly content: Content;
  readonly named: readonly string[];
}

/** `app, test/network` */
function namesIn(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}

async function deliveredStacks(
  delivery: Delivery,
  rows: readonly Transition[],
  asked: Asked,
): Promise<readonly StackFacts[]> {
  const stacks: StackFacts[] = [];
  for (const row of rows) {
    for (const name of await wantedStacks(delivery, row, asked))
      stacks.push(await wantedFacts(delivery, { name, row, asked }));
  }
  return stacks;
}

/** Every stack of the row's environment, those that are named, or those that a branch alters. */
async function wantedStacks(
  delivery: Delivery,
  { environment }: Transition,
  { ref, content, named }: Asked,
): Promise<readonly StackName[]> {
  if (environment === null) return [];
  const about = { environments: new Set([environment]), pullRequest: null };
  const all = environmentNamed(delivery, environment).perPullRequest
    ? (await standingInstances(delivery, null)).map(({ stack }) => stack)
    : await thereOrApplied(delivery, content, environment);
  if (named.length > 0) return all.filter((name) => named.includes(name) || named.includes(stackBaseName(name)));
  // A tag is of no branch class, whatever its name looks like.
  if (ref.startsWith("tag:") || (branchClassOf(delivery.flow, ref)?.cutFrom ?? null) === null) return all;
  const before = await forkContent(delivery, ref, content);
  const altered = await alteredStacks(delivery, { before, after: content }, about);
  return all.filter((name) => altered.includes(name));
}

/** What the ref has, and what is applied though the ref has it no more. */
async function thereOrApplied(
  delivery: Delivery,
  content: Content,
  environment: string,
): Promise<readonly StackName[]> {
  const names = new Set(
    await stackNamesAt(delivery, content, { environments: new Set([environment]), pullRequest: null }),
  );
  for (const stack of await delivery.store.stacks()) {
    if (names.has(stack) || placeOf(delivery.flow, stack)?.environment.name !== environment) continue;
    if ((await appliedTo(delivery, stack, null)) !== null) names.add(stack);
  }
  return [...names].sort();
}

async function wantedFacts(
  delivery: Delivery,
  { name, row, asked }: { readonly name: StackName; readonly row: Transition; readonly asked: Asked },
): Promise<StackFacts> {
  const { ref, by, content } = asked;
  const destroys = row.do.includes("destroy");
  const run = row.do.some((step) => step === "plan" || step === "plan-destroy")
    ? null
    : await storedFor(delivery, name, { mode: destroys ? "destroy" : "normal", ended: false });
  const source: RunSource = { kind: "dispatch", by, ref, commit: content.commit };
  const subject = { stack: name, content, run, source, ref };
  const facts = await planFacts(delivery, subject);
  if (destroys) return { ...facts, affected: facts.applied != null };
  return facts.affected === true && run !== null ? applyFacts(delivery, subject) : facts;
}

/** Every stack of the environments that a release needs, with the newest run that was planned for delivery. */
async function neededStacks(delivery: Delivery, content: Content, row: Transition): Promise<readonly StackFacts[]> {
  const environments = new Set(row.needs.map(({ environment }) => environment));
  const stacks: StackFacts[] = [];
  for (const stack of await stackNamesAt(delivery, content, { environments, pullRequest: null })) {
    const run = await storedFor(delivery, stack, { mode: "normal", ended: true });
    stacks.push(await planFacts(delivery, { stack, content, run }));
  }
  return stacks;
}

/** The newest run that was planned for delivery: an ended one tells a release that nothing was to be done, and is no plan for an apply. */
async function storedFor(
  delivery: Delivery,
  stack: StackName,
  { mode, ended }: { readonly mode: Run["mode"]; readonly ended: boolean },
): Promise<Run | null> {
  const runs = await delivery.store.runs({ stack, modes: [mode], limit: 50 });
  const planned = runs.filter(({ source: { kind } }) => kind === "merge" || kind === "push" || kind === "dispatch");
  return planned.find((run) => ended || isOpen(run.state) || run.state === "planning") ?? null;
}
