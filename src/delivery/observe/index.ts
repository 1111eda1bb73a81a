/**
 * Facts for an event: reads the forge, Git, the store and the state, and decides nothing. What it gives for each event
 * is told in `docs/algorithms.md`.
 */
import { unreachable } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts } from "../../domain/facts.ts";
import { pullRequestOf } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { backMergesOf } from "./back-merges.ts";
import { branchHead } from "./content.ts";
import { dispatchFacts, releaseFacts } from "./dispatch.ts";
import { flaggedPushes } from "./flagged.ts";
import { instanceFacts } from "./instances.ts";
import { mergedCommandFacts, mergeFacts } from "./merge.ts";
import { closedFacts, pullRequestFacts } from "./pull-request.ts";
import { pushFacts } from "./push.ts";
import { answerFacts, dueFacts, endedFacts, runFacts, verifiedFacts } from "./runs.ts";
import { scheduleFacts } from "./schedule.ts";
import { ownFacts } from "./stack-facts.ts";

/** `looking` is a delivery that asks everything once, as `lookOnce` makes it. */
export async function observe(looking: Delivery, event: Event): Promise<Facts> {
  const [teams, maintainers, found] = await Promise.all([
    looking.forge.teams(),
    looking.forge.maintainers(),
    factsOf(looking, event),
  ]);
  return { ...found, now: looking.clock.now(), teams, maintainers };
}

async function factsOf(delivery: Delivery, event: Event): Promise<Omit<Facts, "now">> {
  switch (event.kind) {
    case "pull-request":
      return changeFacts(delivery, event.pullRequest);
    case "command":
      return commandFacts(delivery, event);
    case "closed":
      return closedFacts(delivery, event.pullRequest);
    case "merge":
      return mergeFacts(delivery, event);
    case "push":
      return pushFacts(delivery, event);
    case "dispatch":
      return dispatchFacts(delivery, event);
    case "release":
      return releaseFacts(delivery, event);
    case "schedule":
      return scheduleFacts(delivery, event);
    case "answer":
      return answerFacts(delivery, event);
    case "tick":
      return tickFacts(delivery);
    case "lease-ended":
      return dueFacts(delivery, (run) => run.stack === event.stack);
    case "apply-ready":
      return runFacts(delivery, event.run, { ready: true });
    case "run-verified":
      return verifiedFacts(delivery, event.run);
    case "run-applied":
      return endedFacts(delivery, event.run);
    case "run-planned":
    case "run-lost":
    case "rerun":
      return runFacts(delivery, event.run, {});
    case "local-apply":
      return runFacts(delivery, event.run, { judged: true });
    case "local-plan":
      return localFacts(delivery, event);
    default:
      return unreachable(event);
  }
}

/** An open pull request is planned; what happens to one that is over may be what its applies wait for. */
async function changeFacts(delivery: Delivery, number: number): Promise<Omit<Facts, "now">> {
  const change = (await delivery.forge.pullRequest(number)) ?? null;
  if (change === null || change.state === "open") return pullRequestFacts(delivery, change);
  return { ...(await dueFacts(delivery, (run) => pullRequestOf(run.source) === number)), pullRequest: change };
}

async function commandFacts(delivery: Delivery, event: Event & { kind: "command" }): Promise<Omit<Facts, "now">> {
  const change = (await delivery.forge.pullRequest(event.pullRequest)) ?? null;
  if (event.command === "plan")
    return change?.state === "merged" ? mergedCommandFacts(delivery, change) : changeFacts(delivery, event.pullRequest);
  const head = change === null ? null : await branchHead(delivery, change.base);
  if (event.command === "merge" && change !== null && head !== null)
    return { pullRequest: change, backMerges: await backMergesOf(delivery, change.base, head.commit), stacks: [] };
  if (event.stack === null || change === null || head === null) return { pullRequest: change, stacks: [] };
  const facts = await ownFacts(delivery, event.stack, null);
  return { pullRequest: change, stacks: [{ ...facts, commit: head.commit }] };
}

/** Every apply that was asked for, and every instance in which something stands. */
async function tickFacts(delivery: Delivery): Promise<Omit<Facts, "now">> {
  const { stacks } = await dueFacts(delivery, () => true);
  // The forge tells nobody of a word on a commit.
  const flagged = await flaggedPushes(delivery);
  return { stacks: [...stacks, ...(await instanceFacts(delivery, null, stacks))], flagged };
}

async function localFacts(
  delivery: Delivery,
  { stack, by, commit, tree }: Event & { kind: "local-plan" },
): Promise<Omit<Facts, "now">> {
  const facts = await ownFacts(delivery, stack, null);
  return { stacks: [{ ...facts, commit, source: { kind: "local", by, commit, tree } }] };
}
