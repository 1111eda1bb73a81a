import { lookAgain } from "../../compile/names.ts";
import { handedOverText } from "./handed-over.ts";
import type { Ci, CiResult } from "./open-job.ts";
import { readWorkLeft } from "./work-left.ts";

/** Starts the workflow anew where the apply jobs of this run left something to be decided. */
export async function goOnCommand({ job, outside }: Ci): Promise<CiResult> {
  const store = await outside.store();
  try {
    const left = (await readWorkLeft(store)).filter(({ run, events }) => run === job.run && events.length > 0);
    const events = left.flatMap((entry) => entry.events.map(({ kind }) => kind));
    if (left.length > 0)
      await outside.workflows.start({ job: lookAgain, event: handedOverText({ kind: "left" }), run: String(job.run) });
    return {
      exitCode: 0,
      text: left.length === 0 ? "Nothing is left." : `Started anew for what is left: ${events.join(", ")}.`,
      fields: { left: events },
    };
  } finally {
    await store.close();
  }
}
