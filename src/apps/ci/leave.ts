import type { Delivery } from "../../delivery/delivery.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import { type Env, mayHave } from "./job.ts";
import type { Ci } from "./open-job.ts";
import { isForOthers, type Leaving, workLeftOf } from "./work-left.ts";

/** What a job is called on the record: in a workflow of several jobs that people start, each has its own. */
export function jobNamed(kind: "decide" | "present" | "apply", env: Env): string {
  const name = mayHave(env, "PLANGATE_JOB") ?? mayHave(env, "PLANGATE_ENVIRONMENT");
  return name === null ? kind : `${kind} ${name}`;
}

/** Tells on the record what this job leaves; gives whether another workflow run is to take any of it up. */
export async function leave(
  { job, env }: Ci,
  delivery: Delivery,
  {
    kind,
    left,
    later = [],
  }: Pick<Leaving, "left"> & Partial<Pick<Leaving, "later">> & { readonly kind: Parameters<typeof jobNamed>[0] },
): Promise<boolean> {
  const { run, attempt } = job;
  const entries = workLeftOf({ left, later, by: { run, attempt, job: jobNamed(kind, env) } });
  if (entries.length > 0)
    await mustWrite(delivery, { ledger: entries.map((one) => entry(delivery, "work-left", one)) });
  return entries.some(isForOthers);
}
