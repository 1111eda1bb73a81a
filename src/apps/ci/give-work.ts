import { gateAt } from "../../compile/settings/environments.ts";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import type { Store } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Run } from "../../domain/run.ts";
import { rowOf } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Left } from "../../hosts/actions/index.ts";
import { type ApplyOrder, group, type Matrix, placeKeyOf } from "./matrix.ts";
import type { Ci } from "./open-job.ts";
import { isGoing } from "./still-there.ts";
import type { LeftEntry } from "./work-left.ts";

/** What the jobs after this one are handed. */
export interface Given {
  readonly plans: Matrix<PlanOrder>;
  readonly applies: Matrix<ApplyOrder>;
  /** Everything of `applies`. */
  readonly applying: readonly ApplyOrder[];
}

interface Giving {
  readonly flow: Flow;
  readonly store: Pick<Store, "run" | "runs">;
  readonly left: Pick<Left, "plans" | "applies">;
  /** Work of other runs, to tell who waits at a gate already. */
  readonly entries: readonly LeftEntry[];
}

/** Groups what this job leaves into jobs; runs that only an environment of GitHub's can have answered are among them. */
export async function giveWork(ci: Ci, { flow, store, left, entries }: Giving): Promise<Given> {
  const plans = group(
    unique(left.plans.map(({ order }) => order)),
    ({ stack }) => placeOf(flow, stack)?.environment.name ?? "",
  );
  const asking = await runsToAskFor(ci, { flow, store, entries });
  const wanted = unique([...left.applies, ...asking.map(({ id, stack }) => ({ run: id, stack }))]);
  const runs = new Map<string, Run>();
  for (const { run } of wanted) {
    const found = await store.run(run);
    if (found !== undefined) runs.set(run, found);
  }
  const placed = wanted.filter(({ run }) => placeKey(flow, runs.get(run)) !== undefined);
  const applies = group(placed, ({ run }) => placeKey(flow, runs.get(run)) ?? "");
  for (const { stack } of [...plans.over, ...applies.over])
    ci.progress(`${stack}: more is to be done than one run can, so a later one goes on with it`);
  const over = new Set(applies.over);
  return { plans: plans.matrix, applies: applies.matrix, applying: placed.filter((order) => !over.has(order)) };
}

function placeKey(flow: Flow, run: Run | undefined): string | undefined {
  if (run === undefined) throw new InternalError("a run that is to be applied is not on the record");
  return placeKeyOf(flow, run);
}

/** Waiting runs that GitHub's own gate asks about, unless a job waits there for them already. */
async function runsToAskFor(
  ci: Ci,
  { flow, store, entries }: Pick<Giving, "flow" | "store" | "entries">,
): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (const run of await store.runs({ states: ["waiting"] })) {
    if (run.code !== "approval-missing" || !isAskedByGitHub(flow, run)) continue;
    if (!(await isAskedAlready(ci, run, entries))) found.push(run);
  }
  return found.reverse();
}

function isAskedByGitHub(flow: Flow, { stack, due, mode }: Run): boolean {
  const environment = placeOf(flow, stack)?.environment;
  if (environment === undefined || due === null) return false;
  return rowOf(flow, { environment, due, mode })?.gate != null || gateAt(flow, environment) !== undefined;
}

async function isAskedAlready(ci: Ci, { id }: Run, entries: readonly LeftEntry[]): Promise<boolean> {
  for (const { run, attempt, applies } of entries) {
    const holder = { ...ci.job.holder, pid: run, startedAt: String(attempt) };
    if (run !== ci.job.run && applies.some((one) => one.run === id) && (await isGoing(ci, holder))) return true;
  }
  return false;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
