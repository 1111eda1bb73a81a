/**
 * Facts for an event: reads the forge, Git, the store and the state, and decides nothing. What it gives for each event
 * is told in `docs/algorithms.md`.
 */
import { unreachable } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { environmentOf, type RunId, stackBaseName } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { deliveredContent } from "./content.ts";
import { dispatchFacts } from "./dispatch.ts";
import { mergedCommandFacts, mergeFacts } from "./merge.ts";
import { closedFacts, pullRequestFacts } from "./pull-request.ts";
import { applyFacts, otherRuns, planFacts, planOf } from "./stack-facts.ts";

export async function observe(delivery: Delivery, event: Event): Promise<Facts> {
  const [teams, maintainers, found] = await Promise.all([
    delivery.forge.teams(),
    delivery.forge.maintainers(),
    factsOf(delivery, event),
  ]);
  return { ...found, now: delivery.clock.now(), teams, maintainers };
}

async function factsOf(delivery: Delivery, event: Event): Promise<Omit<Facts, "now">> {
  switch (event.kind) {
    case "pull-request":
      return changeFacts(delivery, event.pullRequest);
    case "command": {
      const change = await delivery.forge.pullRequest(event.pullRequest);
      return change?.state === "merged"
        ? mergedCommandFacts(delivery, change)
        : pullRequestFacts(delivery, event.pullRequest);
    }
    case "closed":
      return closedFacts(delivery, event.pullRequest);
    case "merge":
      return mergeFacts(delivery, event);
    case "dispatch":
      return dispatchFacts(delivery, event);
    case "answer":
      return dueFacts(delivery, (run) => concerns(run, event));
    case "tick":
      return dueFacts(delivery, () => true);
    case "lease-ended":
      return dueFacts(delivery, (run) => run.stack === event.stack);
    case "apply-ready":
      return runFacts(delivery, event.run, { ready: true });
    case "run-verified":
      return verifiedFacts(delivery, event.run);
    case "run-planned":
    case "run-applied":
    case "run-lost":
    case "rerun":
      return runFacts(delivery, event.run, {});
    case "local-apply":
      return runFacts(delivery, event.run, { judged: true });
    case "local-plan": {
      const { stack, by, commit, tree } = event;
      return {
        stacks: [{ stack, environment: environmentOf(stack), commit, source: { kind: "local", by, commit, tree } }],
      };
    }
    case "push":
    case "release":
    case "schedule":
      return { stacks: [] };
    default:
      return unreachable(event);
  }
}

/** An open pull request is planned; what happens to a merged one may be what its applies wait for. */
async function changeFacts(delivery: Delivery, number: number): Promise<Omit<Facts, "now">> {
  const change = await delivery.forge.pullRequest(number);
  if (change?.state !== "merged") return pullRequestFacts(delivery, number);
  return { ...(await dueFacts(delivery, (run) => pullRequestOf(run.source) === number)), pullRequest: change };
}

/** `judged`: the event itself asks for the apply, so everything counts. `ready`: the stored bundle is looked at too. */
interface About {
  readonly judged?: boolean;
  readonly ready?: boolean;
}

async function runFacts(delivery: Delivery, id: RunId, about: About): Promise<Omit<Facts, "now">> {
  const run = await delivery.store.run(id);
  if (run === undefined) return { stacks: [] };
  return { stacks: [await factsOfRun(delivery, run, about)] };
}

/** What is true of a run's stack. When what it would deliver conflicts, its inputs are not known, and the run is there all the same. */
async function factsOfRun(delivery: Delivery, run: Run, about: About): Promise<StackFacts> {
  const { judged = false, ready = false } = about;
  const content = await deliveredContent(delivery, run);
  if (content === null) return conflictFacts(delivery, run);
  const subject = { stack: run.stack, content, run, source: run.source, ready };
  const ref = run.due?.kind === "dispatch" ? await delivery.forge.ref(run.due.ref) : undefined;
  const known = ref === undefined ? {} : { ref };
  // Nothing is judged of a run whose apply nobody asked for: the state need not be read.
  if (run.due !== null || judged) return { ...(await applyFacts(delivery, subject)), ...known };
  return { ...(await planFacts(delivery, subject)), ...(await standing(delivery, run)), ...known };
}

async function conflictFacts(delivery: Delivery, run: Run): Promise<StackFacts> {
  const { stack, source } = run;
  const commit = source.kind === "pull-request" ? source.head : source.commit;
  const plan = await planOf(delivery, run);
  return { stack, environment: environmentOf(stack), commit, run, plan, source, ...(await standing(delivery, run)) };
}

/** Who else holds plans on the stack: what a new plan takes the place of. */
async function standing(delivery: Delivery, run: Run): Promise<Pick<StackFacts, "others">> {
  return { others: await otherRuns(delivery, run.stack, run) };
}

async function dueFacts(delivery: Delivery, wanted: (run: Run) => boolean): Promise<Omit<Facts, "now">> {
  const runs = await delivery.store.runs({ states: ["planned", "waiting"] });
  const stacks: StackFacts[] = [];
  for (const run of runs.toReversed()) {
    if (run.due === null || !wanted(run)) continue;
    stacks.push(await factsOfRun(delivery, run, {}));
  }
  return { stacks };
}

function concerns(run: Run, event: Event & { kind: "answer" }): boolean {
  const pullRequest = pullRequestOf(run.source);
  return (
    (event.pullRequest !== null && pullRequest === event.pullRequest) || event.environment === environmentOf(run.stack)
  );
}

/** The verified run, and the runs of the same stack in later environments that may have waited for it. */
async function verifiedFacts(delivery: Delivery, id: RunId): Promise<Omit<Facts, "now">> {
  const own = await runFacts(delivery, id, {});
  const run = await delivery.store.run(id);
  if (run === undefined) return own;
  const environment = environmentOf(run.stack);
  const later = delivery.flow.environments
    .filter((candidate) => candidate.after.includes(environment))
    .map((candidate) => candidate.name);
  const waiting = await dueFacts(
    delivery,
    (other) =>
      later.includes(environmentOf(other.stack)) &&
      stackBaseName(other.stack) === stackBaseName(run.stack) &&
      isOpen(other.state),
  );
  return { ...own, ...waiting, stacks: [...own.stacks, ...waiting.stacks] };
}
