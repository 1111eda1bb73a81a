import { join } from "node:path";
import type { Store } from "../../delivery/ports.ts";
import { mustWrite } from "../../delivery/record.ts";
import { type JobHost, type Left, openJob } from "../../hosts/actions/index.ts";
import { bringApplied } from "./applied-commits.ts";
import { decidingAnew, willBeAnew } from "./decide-anew.ts";
import { type Deciding, inDecidingHost } from "./deciding.ts";
import { giveWork } from "./give-work.ts";
import { happenedIn } from "./happened.ts";
import { mayHave } from "./job.ts";
import { leave } from "./leave.ts";
import { lostPushes } from "./lost-pushes.ts";
import type { Ci, CiResult, OpenJob } from "./open-job.ts";
import { isAtWork } from "./still-there.ts";
import { tellDelivered, tellPassedOver } from "./tell-delivered.ts";
import { tellBegun, tellEnded } from "./told-applies.ts";
import { answerComment, answerFailure } from "./told-commands.ts";
import { tellForks } from "./told-forks.ts";
import { tellOutcomes } from "./told-outcomes.ts";
import { notingOrders } from "./unordered-plans.ts";
import { whatWasPushed } from "./what-was-pushed.ts";
import { withRecord } from "./with-record.ts";
import { isBorneOut, isForOthers, type LeftEntry, readWorkLeft, takeWork } from "./work-left.ts";

/** Takes up what happened and what other jobs left, and decides. Plans that are not at hand are ordered. */
export function decideCommand(ci: Ci): Promise<CiResult> {
  return decidingAnew(ci.progress, () =>
    withRecord(ci, async (opened, store) => {
      await bringApplied(ci, opened, store);
      const forge = await ci.outside.forge({ ...opened, store });
      return decide(ci, opened, { store, forge });
    }),
  );
}

async function decide(ci: Ci, opened: OpenJob, deciding: Deciding): Promise<CiResult> {
  const { outside, progress } = ci;
  const since = (await deciding.store.ledgerHead()).seq;
  const happened = await happenedIn(ci, { ...opened, ...deciding });
  for (const note of happened.notes) progress(note);
  for (const line of happened.passedOver) tellPassedOver(ci, line);
  const entries = await readWorkLeft(deciding.store);
  // The workflow of a job that people start has no jobs for what others left.
  const alone = mayHave(ci.env, "PLANGATE_JOB") !== null;
  const taken = alone ? [] : entries.filter(isForOthers);
  const seen = new Map(taken.flatMap(({ states }) => states.map(({ stack, state }) => [stack, state] as const)));
  const handedOver =
    happened.plansOf === null
      ? []
      : await outside.workflows.plansOf(happened.plansOf, {
          prefix: "plangate-plan-",
          into: join(opened.home, "handed-over"),
        });
  const done = await inDecidingHost(ci, opened, { ...deciding, handedOver, seen }, async (host) => {
    const { delivery, unordered } = notingOrders(host.delivery, handedOver);
    const job = openJob(delivery, { kind: "decide" }, ci.watching);
    const { events, later } = await takeUp(ci, { delivery, taken });
    if (!alone) await job.recover((holder, run) => isAtWork(ci, holder, run));
    await job.takeUp(later, { lastTry: false });
    for (const event of [...events, ...happened.events]) await job.take(event);
    if (!alone && happened.mayLack) {
      const { store, forge } = deciding;
      const lost = await lostPushes({ ...opened, store, forge, now: delivery.clock.now() });
      for (const push of lost) {
        progress(`nobody was told of the push of ${push.commit?.slice(0, 12)} to ${push.branch}: it is delivered now`);
        for (const event of await whatWasPushed(push, { ...opened, store, forge })) await job.take(event);
      }
    }
    const others = await unordered();
    if (others > 0) progress(`${others} of the plans that run ${happened.plansOf} handed over are of no use here`);
    const { delivered, left } = job.done();
    const given = await giveWork(ci, { flow: opened.flow, store: deciding.store, left });
    const states = [...seen].map(([stack, state]) => ({ stack, state }));
    const leaving: Left = { ...left, applies: given.applying, events: [...left.events, ...given.events], states };
    const isLeft = await leave(ci, delivery, { kind: "decide", left: leaving, later: given.later });
    if (!alone) await tellEnded(ci, delivery);
    await tellBegun(ci, delivery, given.applies);
    await tellOutcomes(ci, delivery, { delivered, others: !alone });
    if (ci.job.event.name === "schedule") await tellForks(ci, delivery);
    await answerComment(ci, opened, { delivery, said: happened.said, delivered, since });
    return { delivered, given, isLeft };
  }).catch(async (error: unknown) => {
    // Whoever asked sees nothing else of a job that failed.
    if (!willBeAnew(error)) await answerFailure(ci, deciding.forge, happened.said);
    throw error;
  });
  ci.outputs.output("plans", JSON.stringify(done.given.plans));
  ci.outputs.output("applies", JSON.stringify(done.given.applies));
  ci.outputs.output("left", String(done.isLeft));
  return tellDelivered(ci, done.delivered);
}

/**
 * Takes work over before anything is done about it, whether or not the workflow run that left it goes on: a job leaves it at
 * its end. Gives of what this job has now the events that the record bears out, and the runs whose plans are to be ordered.
 */
async function takeUp(
  ci: Ci,
  { delivery, taken }: { readonly delivery: JobHost["delivery"]; readonly taken: readonly LeftEntry[] },
) {
  const events: LeftEntry["events"][number][] = [];
  const later: LeftEntry["later"][number][] = [];
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
    for (const one of left.later) {
      const run = await delivery.store.run(one.run);
      // Whoever led it since has it, and says so by their own name.
      if (run?.holder?.pid !== left.run || run.holder.startedAt !== String(left.attempt)) continue;
      await takeOver(delivery, one.run);
      later.push(one);
    }
  }
  return { events, later };
}

/** A run that holds its stack is ours from here on: whoever led it so far is over. */
async function takeOver(delivery: JobHost["delivery"], id: Parameters<Store["run"]>[0]): Promise<void> {
  const run = await delivery.store.run(id);
  if (run !== undefined) await mustWrite(delivery, { updateRuns: [{ ...run, holder: delivery.holder }], ledger: [] });
}
