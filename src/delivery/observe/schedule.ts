import type { Event } from "../../domain/event.ts";
import type { AppliedFacts, Facts, StackFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { rowsOfCron } from "../../engine/index.ts";
import { placeOf } from "../../flow/instances.ts";
import { onlyBranchOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import { environmentsOf } from "./altered.ts";
import { appliedTo } from "./applied.ts";
import { contentAt } from "./content.ts";
import { planFacts } from "./stack-facts.ts";

/** Every stack in which something is applied, where the clock has the flow look; seen from what is applied there. */
export async function scheduleFacts(
  delivery: Delivery,
  { cron }: Event & { kind: "schedule" },
): Promise<Omit<Facts, "now">> {
  const environments = environmentsOf(rowsOfCron(delivery.flow, cron));
  const stacks: StackFacts[] = [];
  for (const stack of await delivery.store.stacks()) {
    const place = placeOf(delivery.flow, stack);
    // What stands for a pull request alone is gone before anybody could look for drift there.
    if (place === undefined || place.instance !== null || !environments.has(place.environment.name)) continue;
    const applied = await appliedTo(delivery, stack, null);
    if (applied !== null) stacks.push(await lookedAt(delivery, { stack, applied, cron }));
  }
  return { stacks };
}

async function lookedAt(
  delivery: Delivery,
  { stack, applied, cron }: { readonly stack: StackName; readonly applied: AppliedFacts; readonly cron: string },
): Promise<StackFacts> {
  const { commit } = applied;
  const source: RunSource = { kind: "schedule", cron, ref: await refOf(delivery, applied), commit };
  const runs = await delivery.store.runs({ stack, limit: 100 });
  const run = runs.find(
    ({ source: { kind }, state }) => kind === "schedule" && (isOpen(state) || state === "planning"),
  );
  return planFacts(delivery, { stack, content: await contentAt(delivery, commit), run: run ?? null, source });
}

/** The branch or tag that what is applied was delivered from; of what a person applied, the first branch that the environment is applied from. */
async function refOf({ flow, store }: Delivery, { run, commit }: AppliedFacts): Promise<string> {
  const applied: Run | undefined = await store.run(run);
  if (applied?.due != null && applied.due.kind !== "local") return applied.due.ref;
  const { appliesFrom = [] } = applied === undefined ? {} : (placeOf(flow, applied.stack)?.environment ?? {});
  const branches = flow.branches.filter(({ name }) => appliesFrom.includes(name));
  return branches.flatMap((branch) => onlyBranchOf(branch) ?? [])[0] ?? commit;
}
