import type { Digest } from "../../domain/digest.ts";
import type { Instant, RunId } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import { hasEnded, isSpent, type Run } from "../../domain/run.ts";
import type { BranchState } from "./state-text.ts";

const day = 24 * 3_600_000;

/** Below so many runs nothing is forgotten. */
const plenty = 2_000;
/** Of a stack's runs of one mode that may be forgotten, the newest stay. */
const stayPerStack = 50;
const stayFor = 14 * day;

/**
 * Leaves out of `state.json` what nobody decides on any more, which is most of it after a while: old plans of pull requests
 * and old looks for drift, of which nothing was ever to be delivered. All that was to be delivered stays, whatever came of
 * it, since what is counted as reviewed starts from there; and whatever else names stays. The ledger tells of all of them.
 */
export function forgetOld(state: BranchState, now: Instant): BranchState {
  const { runs, plans } = state.record;
  if (runs.size <= plenty) return state;
  const named = namedByOthers(runs.values(), plans.values());
  const gone = new Set<RunId>();
  for (const group of Map.groupBy([...runs.values()].filter(mayGo), ({ stack, mode }) => `${mode} ${stack}`).values())
    for (const run of group.sort((left, right) => right.createdAt - left.createdAt).slice(stayPerStack))
      if (now - run.updatedAt > stayFor && !named.has(run.id)) gone.add(run.id);
  if (gone.size === 0) return state;
  const stay = new Map([...plans].filter(([, { manifest }]) => !gone.has(manifest.run)));
  return {
    record: { ...state.record, runs: new Map([...runs].filter(([id]) => !gone.has(id))), plans: stay },
    bundles: new Map([...state.bundles].filter(([plan]) => stay.has(plan))),
  };
}

function mayGo({ state, due, mode, source, plan }: Run): boolean {
  if (!hasEnded(state) || due !== null || (isSpent(state) && plan !== null)) return false;
  return mode === "refresh-only" || source.kind === "pull-request";
}

/** Runs whose plans another run, or the plan of another run, names. */
function namedByOthers(runs: Iterable<Run>, plans: Iterable<StoredPlan>): ReadonlySet<RunId> {
  const madeBy = new Map<Digest, RunId>();
  const named = new Set<RunId>();
  const all = [...plans];
  for (const { digest, manifest } of all) madeBy.set(digest, manifest.run);
  const name = (by: RunId, plan: Digest | null) => {
    const made = plan === null ? undefined : madeBy.get(plan);
    if (made !== undefined && made !== by) named.add(made);
  };
  for (const { id, plan } of runs) name(id, plan);
  for (const { manifest, carriedFrom } of all) name(manifest.run, carriedFrom);
  return named;
}
