import type { Holder, Run } from "../../domain/run.ts";
import type { Ci } from "./open-job.ts";
import type { SeenRun } from "./outside.ts";

const asked = new WeakMap<Ci, Map<number, Promise<SeenRun | undefined>>>();

/**
 * Whether a workflow run that worked on something still may. Another attempt of it is another one; whoever is no run of
 * this repository cannot be asked about and counts as there: only a person who knows may say that they are gone.
 */
export async function isGoing(ci: Ci, holder: Holder): Promise<boolean> {
  const own = ci.job.holder;
  if (holder.host !== own.host) return true;
  if (holder.pid === own.pid && holder.startedAt === own.startedAt) return true;
  const seen = await seenRun(ci, holder.pid);
  return seen?.going === true && String(seen.attempt) === holder.startedAt;
}

/**
 * Whether it still works on a run. A workflow run that only waits for people, for weeks perhaps, works on none; what is
 * approved may be what it waits for.
 */
export async function isAtWork(ci: Ci, holder: Holder, { state }: Pick<Run, "state">): Promise<boolean> {
  if (!(await isGoing(ci, holder))) return false;
  const { host, pid } = ci.job.holder;
  if (state === "approved" || holder.host !== host || holder.pid === pid) return true;
  return !(await ci.outside.workflows.onlyWaits(holder.pid));
}

function seenRun(ci: Ci, id: number): Promise<SeenRun | undefined> {
  const known = asked.get(ci) ?? new Map<number, Promise<SeenRun | undefined>>();
  asked.set(ci, known);
  const found = known.get(id) ?? ci.outside.workflows.run(id);
  known.set(id, found);
  return found;
}
