import { gateAt } from "../../compile/settings/environments.ts";
import { type PlanOrder, planOrderKey } from "../../delivery/plan-order.ts";
import type { Store } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Run } from "../../domain/run.ts";
import { rowOf } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Left, OrderedRun } from "../../hosts/actions/index.ts";
import { mayHave } from "./job.ts";
import { type ApplyOrder, group, type Matrix, mostJobsIn, placeKeyOf } from "./matrix.ts";
import type { Ci } from "./open-job.ts";
import { isAtWork, isGoing } from "./still-there.ts";
import { type LeftEntry, readWorkLeft } from "./work-left.ts";

/** What the jobs after this one are handed, and what is left to other workflow runs. */
export interface Given {
  readonly plans: Matrix<PlanOrder>;
  readonly applies: Matrix<ApplyOrder>;
  /** Everything of `applies`. */
  readonly applying: readonly ApplyOrder[];
  /** Runs whose plans are not among `plans`. */
  readonly later: readonly OrderedRun[];
  /** What asks for those that go on in no job of `applies`. */
  readonly events: readonly Event[];
}

interface Giving {
  readonly flow: Flow;
  readonly store: Pick<Store, "run" | "runs" | "ledger" | "ledgerHead">;
  readonly left: Pick<Left, "plans" | "applies">;
}

/**
 * Groups what this job leaves into jobs; runs that only an environment of GitHub's can have answered are among them. What is
 * more than one workflow run takes, or belongs where its workflow has no job, is left to another.
 */
export async function giveWork(ci: Ci, { flow, store, left }: Giving): Promise<Given> {
  const [here, most] = [placesHere(ci, flow), mostJobsIn(flow)];
  const [planned, elsewhere] = parted(left.plans, ({ order }) => here.plans(planPlace(flow, order)));
  const plans = group(forOneAnother(planned), { placeFor: (order) => planPlace(flow, order), most });
  const asking = await runsToAskFor(ci, { flow, store });
  const runs = new Map<string, Run>();
  for (const run of [...left.applies.map((order) => order.run), ...asking.map(({ id }) => id)]) {
    const found = await store.run(run);
    if (found !== undefined) runs.set(run, found);
  }
  const asked = asking.filter((run) => here.applies(placeKeyOf(flow, run)));
  const placed = unique([...left.applies, ...asked.map(({ id, stack }) => ({ run: id, stack }))]).filter(
    ({ run }) => placeKey(flow, runs.get(run)) !== undefined,
  );
  const [applied, notHere] = parted(placed, ({ run }) => here.applies(placeKey(flow, runs.get(run))));
  const applies = group(applied, { placeFor: ({ run }) => placeKey(flow, runs.get(run)) ?? "", most });
  for (const { stack } of [...plans.over, ...applies.over])
    ci.progress(`${stack}: more is to be done than one run can, so a later one goes on with it`);
  const [over, overPlans] = [new Set(applies.over), new Set(plans.over.map(planOrderKey))];
  return {
    plans: plans.matrix,
    applies: applies.matrix,
    applying: applied.filter((order) => !over.has(order)),
    later: [...elsewhere, ...planned.filter(({ order }) => overPlans.has(planOrderKey(order)))],
    events: [...notHere, ...over].map(({ run }) =>
      runs.get(run)?.state === "approved" ? { kind: "apply-ready", run } : { kind: "tick" },
    ),
  };
}

/** Which plans and applies this workflow has jobs for: that of a job which people start has its own alone. */
function placesHere({ env }: Ci, flow: Flow) {
  const name = mayHave(env, "PLANGATE_JOB");
  if (name === null) return { plans: () => true, applies: () => true };
  const rows = flow.when.filter(({ on, job, workflow }) => on === "dispatch" && job === name && workflow !== null);
  const places = rows.map(({ environment, gate }) => (gate === null ? environment : `${environment}/${gate}`));
  return {
    plans: (key: string) => rows.some(({ environment }) => environment === key),
    applies: (key: string | undefined) => key !== undefined && places.includes(key),
  };
}

function planPlace(flow: Flow, { stack }: PlanOrder): string {
  return placeOf(flow, stack)?.environment.name ?? "";
}

function parted<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function placeKey(flow: Flow, run: Run | undefined): string | undefined {
  if (run === undefined) throw new InternalError("a run that is to be applied is not on the record");
  return placeKeyOf(flow, run);
}

/** Waiting runs that GitHub's own gate asks about, unless a job waits there for them already. */
async function runsToAskFor(ci: Ci, { flow, store }: Pick<Giving, "flow" | "store">): Promise<readonly Run[]> {
  const waiting = (await store.runs({ states: ["waiting"] })).filter(
    (run) => run.code === "approval-missing" && isAskedByGitHub(flow, run),
  );
  if (waiting.length === 0) return [];
  // What other workflow runs ask for may have been told while this job was at work.
  const entries = await readWorkLeft(store);
  const found: Run[] = [];
  for (const run of waiting) if (!(await isAskedAlready(ci, run, entries))) found.push(run);
  return found.reverse();
}

function isAskedByGitHub(flow: Flow, { stack, due, mode }: Run): boolean {
  const environment = placeOf(flow, stack)?.environment;
  if (environment === undefined || due === null) return false;
  return rowOf(flow, { environment, due, mode })?.gate != null || gateAt(flow, environment) !== undefined;
}

async function isAskedAlready(ci: Ci, waiting: Run, entries: readonly LeftEntry[]): Promise<boolean> {
  for (const entry of entries) {
    if (entry.run === ci.job.run) continue;
    const holder = { ...ci.job.holder, pid: entry.run, startedAt: String(entry.attempt) };
    if (entry.applies.some(({ run }) => run === waiting.id) && (await isGoing(ci, holder))) return true;
    // Its job that shows what it planned may have shown this run already, and has not told yet for what it asks.
    const isShown = entry.plans.some(({ run }) => run === waiting.id) && !hasShown(entry, entries);
    if (isShown && (await isAtWork(ci, holder, waiting))) return true;
  }
  return false;
}

/** Whether the job that shows what a deciding job ordered told what it leaves. */
function hasShown({ run, attempt, job }: LeftEntry, entries: readonly LeftEntry[]): boolean {
  const shows = job.replace(/^decide/, "present");
  return entries.some((entry) => entry.run === run && entry.attempt >= attempt && entry.job === shows);
}

/** A plan for each content that is planned: runs of the same one take up the same plan, whatever people call it. */
function forOneAnother(planned: readonly OrderedRun[]): readonly PlanOrder[] {
  const orders = planned.map(({ order }) => [planOrderKey(order), order] as const);
  return [...new Map(orders.toReversed()).values()].toReversed();
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
