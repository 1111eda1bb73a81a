import type { StackFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import { isOpen, type Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { oneOfMany } from "../one-of-many.ts";
import { type Standing, standingInstances } from "./applied.ts";
import { contentOf, deliveredContent } from "./content.ts";
import { judgedFacts, ownFacts } from "./stack-facts.ts";

/**
 * The instances in which something stands, of one pull request or of all, each as the run that applied it had it; those
 * that are told already are left out.
 */
export async function instanceFacts(
  delivery: Delivery,
  pullRequest: number | null,
  told: readonly StackFacts[],
): Promise<readonly StackFacts[]> {
  const found = await standingInstances(delivery, pullRequest);
  const rest = found.filter(({ stack }) => !told.some((facts) => facts.stack === stack));
  const facts = await Promise.all(
    rest.map(({ stack, standing }) => oneOfMany(delivery, stack, () => factsOfInstance(delivery, stack, standing))),
  );
  return facts.filter((one) => one !== undefined);
}

async function factsOfInstance(delivery: Delivery, stack: StackName, { by }: Standing): Promise<StackFacts> {
  const run = (await openOrNewest(delivery, stack)) ?? by;
  const { source } = by;
  const content = (await deliveredContent(delivery, run)) ?? (await contentOf(delivery, source));
  if (content !== null) return judgedFacts(delivery, { stack, content, run, source });
  const commit = source.kind === "pull-request" ? source.head : source.commit;
  return { ...(await ownFacts(delivery, stack, run)), commit, source };
}

/** The run on a stack that may still be applied, or else the last one. */
export async function openOrNewest({ store }: Delivery, stack: StackName): Promise<Run | null> {
  const runs = await store.runs({ stack, modes: ["normal", "destroy"], limit: 20 });
  return runs.find(({ state }) => isOpen(state) || state === "planning") ?? runs[0] ?? null;
}
