import { lookAgain } from "../../compile/names.ts";
import { inertLine } from "../../views/inert.ts";
import { handedOverOf, handedOverText } from "./handed-over.ts";
import type { Ci, CiResult } from "./open-job.ts";

/** Starts plangate's workflow on the default branch and tells it which run to look at. */
export async function handOverCommand({ job, outside, payload }: Ci): Promise<CiResult> {
  const handed = handedOverOf(job.event.name, payload);
  if (handed === undefined)
    return { exitCode: 0, text: "There is nothing to hand over.", fields: { event: null, run: job.run } };
  const event = handedOverText(handed);
  await outside.workflows.start({ job: lookAgain, event, run: String(job.run) });
  return { exitCode: 0, text: `Handed over: ${inertLine(event)}.`, fields: { event, run: job.run } };
}
