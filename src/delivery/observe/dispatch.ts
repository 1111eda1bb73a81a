import type { Event } from "../../domain/event.ts";
import type { Facts, RefFacts, StackFacts } from "../../domain/facts.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import type { Content } from "./content.ts";
import { applyFacts, planFacts } from "./stack-facts.ts";

/** The ref that somebody wants released or delivered, and every stack of the environments that the row names. */
export async function dispatchFacts(
  delivery: Delivery,
  event: Event & { kind: "dispatch" },
): Promise<Omit<Facts, "now">> {
  const row = delivery.flow.when.find((candidate) => candidate.on === "dispatch" && candidate.job === event.job);
  const ref = await delivery.forge.ref(event.ref);
  if (row === undefined || ref === undefined) return { stacks: [], ...(ref === undefined ? {} : { ref }) };
  const content: Content = { commit: ref.commit, base: null, tree: await delivery.repository.treeOf(ref.commit) };
  const releases = row.do.includes("release");
  const environments = new Set(releases ? row.needs.map((need) => need.environment) : [row.environment]);
  const stacks: StackFacts[] = [];
  for (const [name, stack] of await delivery.configuration.stacks(content.tree)) {
    if (!environments.has(stack.environment)) continue;
    const run = await storedFor(delivery, name, releases);
    if (releases) stacks.push(await planFacts(delivery, { stack: name, content, run }));
    else
      stacks.push(
        await deliveredStack(delivery, { stack: name, content, run, source: sourceOf(event, ref), ref: ref.ref }),
      );
  }
  return { stacks, ref, latestRelease: await delivery.forge.latestRelease() };
}

function sourceOf(event: Event & { kind: "dispatch" }, ref: RefFacts): RunSource {
  return { kind: "dispatch", by: event.by, ref: ref.ref, commit: ref.commit };
}

async function deliveredStack(delivery: Delivery, subject: Parameters<typeof planFacts>[1]): Promise<StackFacts> {
  const facts = await planFacts(delivery, subject);
  return facts.affected === true && subject.run !== null ? applyFacts(delivery, subject) : facts;
}

/** The newest run that was planned for delivery: an ended one tells a release that nothing was to be done, and is no plan for an apply. */
async function storedFor(delivery: Delivery, stack: Run["stack"], ended: boolean): Promise<Run | null> {
  const runs = await delivery.store.runs({ stack, limit: 50 });
  const planned = runs.filter((run) => run.source.kind === "merge" || run.source.kind === "dispatch");
  return planned.find((run) => ended || isOpen(run.state) || run.state === "planning") ?? null;
}
