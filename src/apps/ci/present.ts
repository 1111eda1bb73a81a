import { join } from "node:path";
import type { StackName } from "../../domain/names.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { type Left, openJob } from "../../hosts/actions/index.ts";
import { bringApplied, bringPlanned } from "./applied-commits.ts";
import { inDecidingHost } from "./deciding.ts";
import { giveWork } from "./give-work.ts";
import { jobNamed, leave } from "./leave.ts";
import type { Ci, CiResult } from "./open-job.ts";
import { tellDelivered, tellPassedOver } from "./tell-delivered.ts";
import { tellBegun } from "./told-applies.ts";
import { tellOutcomes } from "./told-outcomes.ts";
import { notingOrders } from "./unordered-plans.ts";
import { withRecord } from "./with-record.ts";
import { isForOthers, type LeftEntry, readWorkLeft } from "./work-left.ts";

/** Takes up the plans that the deciding job of this run ordered: opens, compares, shows and signs them, and decides. */
export function presentCommand(ci: Ci): Promise<CiResult> {
  return withRecord(ci, async (opened, store) => {
    await bringApplied(ci, opened, store);
    const forge = await ci.outside.forge({ ...opened, store });
    const entries = await readWorkLeft(store);
    const decided = ownEntry(ci, entries);
    const ordered = decided?.plans ?? [];
    await bringPlanned(ci, opened, await Promise.all(ordered.map(({ run }) => store.run(run))));
    const seen = new Map<StackName, StateVersion>(decided?.states.map(({ stack, state }) => [stack, state]));
    const into = join(opened.home, "handed-over");
    const handedOver = await ci.outside.workflows.plansOf(ci.job.run, { prefix: "plangate-plan-", into });
    const done = await inDecidingHost(ci, opened, { store, forge, handedOver, seen }, async (host) => {
      const { delivery, unordered } = notingOrders(host.delivery, handedOver);
      const job = openJob(delivery, { kind: "decide" }, ci.watching);
      await job.takeUp(ordered, { lastTry: true });
      const others = await unordered();
      if (others > 0 && !hasOthers(ci, entries))
        tellPassedOver(ci, `${others} of the plans among this run's artifacts were ordered by nobody`);
      const { delivered, left } = job.done();
      const applies = [...(decided?.applies ?? []), ...left.applies];
      // No job behind this one plans.
      const given = await giveWork(ci, { flow: opened.flow, store, left: { plans: [], applies } });
      const leaving: Left = { ...left, applies: given.applying, events: [...left.events, ...given.events] };
      const isLeft = await leave(ci, delivery, { kind: "present", left: leaving, later: left.plans });
      await tellBegun(ci, delivery, given.applies);
      await tellOutcomes(ci, delivery, { delivered, others: false });
      return { delivered, given, isLeft };
    });
    ci.outputs.output("applies", JSON.stringify(done.given.applies));
    ci.outputs.output("left", String(done.isLeft));
    return tellDelivered(ci, done.delivered);
  });
}

/** Whether another deciding job of this run ordered plans too: theirs are among its artifacts, and none of this job's business. */
function hasOthers({ job, env }: Ci, entries: readonly LeftEntry[]): boolean {
  const own = jobNamed("decide", env);
  return entries.some((entry) => entry.run === job.run && entry.job !== own && entry.plans.length > 0);
}

/** What the deciding job before this one left; a rerun of this job alone finds that of the attempt before. */
function ownEntry({ job, env }: Ci, entries: readonly LeftEntry[]): LeftEntry | undefined {
  return entries.findLast(
    (entry) => entry.run === job.run && entry.job === jobNamed("decide", env) && !isForOthers(entry),
  );
}
