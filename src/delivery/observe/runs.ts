import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { type RunId, stackBaseName } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run } from "../../domain/run.ts";
import { gatesOf } from "../../engine/index.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { oneOfMany } from "../one-of-many.ts";
import { deliveredContent } from "./content.ts";
import { flaggedPushes } from "./flagged.ts";
import { applyFacts, ownFacts, planFacts } from "./stack-facts.ts";

/** `judged`: the event itself asks for the apply, so everything counts. `ready`: the stored bundle is looked at too. */
interface About {
  readonly judged?: boolean;
  readonly ready?: boolean;
}

export async function runFacts(delivery: Delivery, id: RunId, about: About): Promise<Omit<Facts, "now">> {
  const run = await delivery.store.run(id);
  if (run === undefined) return { stacks: [] };
  return { stacks: [await factsOfRun(delivery, run, about)] };
}

const ended: ReadonlySet<Run["state"]> = new Set(["applied", "verifying", "verified", "verify-failed", "failed"]);

/** What is told of an apply may be late: of the other runs, those alone that were begun before it ended. */
export async function endedFacts(delivery: Delivery, id: RunId): Promise<Omit<Facts, "now">> {
  const [facts, own] = await Promise.all([runFacts(delivery, id, {}), delivery.store.run(id)]);
  if (own === undefined || !ended.has(own.state)) return facts;
  const since = (await delivery.store.runs({ stack: own.stack })).filter(({ createdAt }) => createdAt > own.updatedAt);
  const later = new Set(since.map((run) => run.id));
  const isBefore = (other: { readonly id: RunId }) => !later.has(other.id);
  return { stacks: facts.stacks.map(({ others = [], ...stack }) => ({ ...stack, others: others.filter(isBefore) })) };
}

/** What is true of a run's stack. When what it would deliver conflicts, its inputs are not known, and the run is there all the same. */
async function factsOfRun(delivery: Delivery, run: Run, about: About): Promise<StackFacts> {
  const { judged = false, ready = false } = about;
  const { stack, source, due } = run;
  const asked = due?.kind === "dispatch" || due?.kind === "release" ? await delivery.forge.ref(due.ref) : undefined;
  const ref = asked === undefined ? {} : { ref: asked };
  const content = await deliveredContent(delivery, run);
  if (content === null) {
    const commit = source.kind === "pull-request" ? source.head : source.commit;
    return { ...(await ownFacts(delivery, stack, run)), commit, source, ...ref };
  }
  const subject = { stack, content, run, source, ready };
  // Nothing is judged of a run whose apply nobody asked for, or that has ended: the state need not be read.
  const isJudged = judged || (due !== null && isOpen(run.state));
  const facts = isJudged ? await applyFacts(delivery, subject) : await planFacts(delivery, subject);
  return { ...facts, ...ref };
}

/** An entry for each open run whose apply was asked for, oldest first; none for one that cannot be looked at, which goes on waiting. */
export async function dueFacts(delivery: Delivery, wanted: (run: Run) => boolean): Promise<Omit<Facts, "now">> {
  const runs = await delivery.store.runs({ states: ["planned", "waiting"] });
  const stacks: StackFacts[] = [];
  for (const run of runs.toReversed()) {
    if (run.due === null || !wanted(run)) continue;
    const facts = await oneOfMany(delivery, run.stack, () => factsOfRun(delivery, run, {}));
    if (facts !== undefined) stacks.push(facts);
  }
  return { stacks };
}

/** The due runs that an answer may be about. One that accepts a commit may be about any: a push reaches many stacks. */
export async function answerFacts(delivery: Delivery, event: Event & { kind: "answer" }): Promise<Omit<Facts, "now">> {
  const all = await acceptsCommit(delivery, event);
  const due = await dueFacts(delivery, (run) => all || concerns(delivery, run, event));
  return all ? { ...due, flagged: await flaggedPushes(delivery) } : due;
}

async function acceptsCommit(
  { forge }: Delivery,
  { pullRequest, environment, by }: Event & { kind: "answer" },
): Promise<boolean> {
  if (pullRequest === null) return environment === null;
  const change = await forge.pullRequest(pullRequest);
  return change?.answers.some((answer) => answer.by === by && answer.says === "accept") === true;
}

function concerns(
  { flow }: Delivery,
  run: Run,
  { pullRequest, environment: gate }: Event & { kind: "answer" },
): boolean {
  if (pullRequest !== null && pullRequestOf(run.source) === pullRequest) return true;
  const environment = placeOf(flow, run.stack)?.environment;
  if (gate === null || environment === undefined || run.due === null) return false;
  return (
    environment.name === gate ||
    gatesOf(flow, { environment, due: run.due, mode: run.mode }).some(({ name }) => name === gate)
  );
}

/** The verified run, and the runs of the same stack in later environments that may have waited for it. */
export async function verifiedFacts(delivery: Delivery, id: RunId): Promise<Omit<Facts, "now">> {
  const own = await runFacts(delivery, id, {});
  const run = await delivery.store.run(id);
  const place = run === undefined ? undefined : placeOf(delivery.flow, run.stack);
  if (run === undefined || place === undefined) return own;
  const waiting = await dueFacts(delivery, (other) => {
    const later = placeOf(delivery.flow, other.stack)?.environment;
    return (
      later?.after.includes(place.environment.name) === true &&
      stackBaseName(other.stack) === stackBaseName(run.stack) &&
      isOpen(other.state)
    );
  });
  return { ...own, ...waiting, stacks: [...own.stacks, ...waiting.stacks] };
}
