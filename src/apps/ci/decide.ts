import { join } from "node:path";
import type { Store } from "../../delivery/ports.ts";
import { mustWrite } from "../../delivery/record.ts";
import { type JobHost, type Left, openJob } from "../../hosts/actions/index.ts";
import { type Deciding, inDecidingHost } from "./deciding.ts";
import { giveWork } from "./give-work.ts";
import { happenedIn } from "./happened.ts";
import { leave } from "./leave.ts";
import { type Ci, type CiResult, mustBeTrusted, type OpenJob, withJob } from "./open-job.ts";
import { isGoing } from "./still-there.ts";
import { tellDelivered } from "./tell-delivered.ts";
import { isBorneOut, type LeftEntry, readWorkLeft, takeWork } from "./work-left.ts";

/** Takes up what happened and what other jobs left, and decides. Plans that are not at hand are ordered. */
export function decideCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async (opened) => {
    mustBeTrusted(ci, opened);
    const store = await ci.outside.store();
    try {
      const forge = await ci.outside.forge({ ...opened, store });
      return await decide(ci, opened, { store, forge });
    } finally {
      await store.close();
    }
  });
}

async function decide(ci: Ci, opened: OpenJob, deciding: Deciding): Promise<CiResult> {
  const { outside, progress } = ci;
  const happened = await happenedIn(ci, { ...opened, forge: deciding.forge });
  for (const note of happened.notes) progress(note);
  const { taken, entries } = await leftFor(ci, deciding.store, happened.leftOf);
  const seen = new Map(taken.flatMap(({ states }) => states.map(({ stack, state }) => [stack, state] as const)));
  const handedOver =
    happened.plansOf === null
      ? []
      : await outside.workflows.plansOf(happened.plansOf, {
          prefix: "plangate-plan-",
          into: join(opened.home, "handed-over"),
        });
  const done = await inDecidingHost(ci, opened, { ...deciding, handedOver, seen }, async ({ delivery }) => {
    const job = openJob(delivery, { kind: "decide" }, ci.watching);
    const events = await takeUp(ci, { delivery, taken });
    await job.recover((holder) => isGoing(ci, holder));
    for (const event of [...events, ...happened.events]) await job.take(event);
    const { delivered, left: own } = job.done();
    const left: Left = { ...own, states: [...seen].map(([stack, state]) => ({ stack, state })) };
    const given = await giveWork(ci, { flow: opened.flow, store: deciding.store, left, entries });
    await leave(ci, delivery, { kind: "decide", left: { ...left, applies: given.applying } });
    return { delivered, given };
  });
  ci.outputs.output("plans", JSON.stringify(done.given.plans));
  ci.outputs.output("applies", JSON.stringify(done.given.applies));
  return tellDelivered(ci, done.delivered);
}

/** Work that other runs left: that of the run that is named, and that of runs which are over and told nobody. */
async function leftFor(
  ci: Ci,
  store: Store,
  named: number | null,
): Promise<{ readonly taken: readonly LeftEntry[]; readonly entries: readonly LeftEntry[] }> {
  const entries = await readWorkLeft(store);
  const taken: LeftEntry[] = [];
  for (const entry of entries) {
    if (entry.events.length === 0) continue;
    const holder = { ...ci.job.holder, pid: entry.run, startedAt: String(entry.attempt) };
    if (entry.run === named || !(await isGoing(ci, holder))) taken.push(entry);
  }
  return { taken, entries };
}

/** Takes work over before anything is done about it; gives the events of what this job has now that the record bears out. */
async function takeUp(
  ci: Ci,
  { delivery, taken }: { readonly delivery: JobHost["delivery"]; readonly taken: readonly LeftEntry[] },
) {
  const events: LeftEntry["events"][number][] = [];
  for (const left of taken) {
    if (!(await takeWork(delivery.store, left, { by: ci.job.holder, at: delivery.clock.now() }))) {
      ci.progress(`what run ${left.run} left is taken up by another job already`);
      continue;
    }
    for (const event of left.events) {
      if (!(await isBorneOut(event, delivery.store))) {
        ci.progress(`${event.kind} of run ${left.run} is not borne out by the record, so nothing follows from it`);
        continue;
      }
      if (event.kind === "apply-ready") await takeOver(delivery, event.run);
      events.push(event);
    }
  }
  return events;
}

/** A run that holds its stack is ours from here on: whoever led it so far is over. */
async function takeOver(delivery: JobHost["delivery"], id: Parameters<Store["run"]>[0]): Promise<void> {
  const run = await delivery.store.run(id);
  if (run !== undefined) await mustWrite(delivery, { updateRuns: [{ ...run, holder: delivery.holder }], ledger: [] });
}
