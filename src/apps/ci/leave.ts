import type { Delivery } from "../../delivery/delivery.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import type { Left } from "../../hosts/actions/index.ts";
import { type Env, mayHave } from "./job.ts";
import type { Ci } from "./open-job.ts";
import { isNothing, workLeftOf } from "./work-left.ts";

/** What a job is called on the record: in a workflow of several jobs that people start, each has its own. */
export function jobNamed(kind: "decide" | "present" | "apply", env: Env): string {
  const name = mayHave(env, "PLANGATE_JOB") ?? mayHave(env, "PLANGATE_ENVIRONMENT");
  return name === null ? kind : `${kind} ${name}`;
}

/** Tells on the record what this job leaves to others; nothing where it leaves nothing. */
export async function leave(
  { job, env }: Ci,
  delivery: Delivery,
  about: { readonly kind: Parameters<typeof jobNamed>[0]; readonly left: Left },
): Promise<void> {
  const { run, attempt } = job;
  const work = workLeftOf(about.left, { run, attempt, job: jobNamed(about.kind, env) });
  if (!isNothing(work)) await mustWrite(delivery, { ledger: [entry(delivery, "work-left", work)] });
}
