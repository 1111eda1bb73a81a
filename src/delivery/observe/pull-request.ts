import type { Facts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { rowsInto } from "../../engine/index.ts";
import type { Delivery } from "../delivery.ts";
import { alteredStacks, environmentsOf, isAltered } from "./altered.ts";
import { branchHead, contentOf } from "./content.ts";
import { instanceFacts } from "./instances.ts";
import { ownFacts, planFacts } from "./stack-facts.ts";

/** The stacks that an open pull request alters, in the environments that the flow plans for it, and those it has open plans of. */
export async function pullRequestFacts(
  delivery: Delivery,
  change: PullRequestFacts | null,
): Promise<Omit<Facts, "now">> {
  const before = change === null ? null : await branchHead(delivery, change.base);
  if (change === null || before === null) return { pullRequest: change, stacks: [] };
  const { number, head } = change;
  const source: RunSource = { kind: "pull-request", pullRequest: number, head, base: before.commit };
  const after = await contentOf(delivery, source);
  if (after === null) return { pullRequest: change, stacks: [] };
  const environments = environmentsOf(rowsInto(delivery.flow, "pull_request", change.base));
  const altered = new Set(await alteredStacks(delivery, { before, after }, { environments, pullRequest: number }));
  const runs = await delivery.store.runs({ pullRequest: number });
  const own = runs.filter((run) => run.source.kind === "pull-request");
  const planned = own.filter((run) => isOpen(run.state)).map(({ stack }) => stack);
  const stacks: StackFacts[] = [];
  for (const stack of [...new Set([...altered, ...planned])].sort()) {
    const run = own.find((candidate) => candidate.stack === stack) ?? null;
    const affected = altered.has(stack) || (await isAltered(delivery, stack, before, after));
    stacks.push(await planFacts(delivery, { stack, content: after, run, source, affected }));
  }
  return { pullRequest: change, stacks };
}

/** The runs that a closed pull request leaves behind, and what stands for it alone. */
export async function closedFacts(delivery: Delivery, number: number): Promise<Omit<Facts, "now">> {
  const runs = await delivery.store.runs({ pullRequest: number, states: ["queued", "planning", "planned", "waiting"] });
  const instances = await instanceFacts(delivery, number, []);
  const standing = new Set(instances.map(({ stack }) => stack));
  const stacks: StackFacts[] = [];
  for (const run of runs) {
    if (run.source.kind === "pull-request" && !standing.has(run.stack)) stacks.push(await leftBehind(delivery, run));
  }
  return { pullRequest: (await delivery.forge.pullRequest(number)) ?? null, stacks: [...stacks, ...instances] };
}

async function leftBehind(delivery: Delivery, run: Run): Promise<StackFacts> {
  const commit = run.source.kind === "pull-request" ? run.source.head : run.source.commit;
  return { ...(await ownFacts(delivery, run.stack, run)), commit };
}
