import { lookAgain } from "../../compile/names.ts";
import { handedOverText } from "./handed-over.ts";
import type { Ci, CiResult } from "./open-job.ts";
import { untoldPullRequests } from "./told-outcomes.ts";
import { isForOthers, readWorkLeft } from "./work-left.ts";

/**
 * Starts the workflow anew where jobs of this run left something to be decided, or where something ended that no comment
 * tells: who applies may not comment, and nobody else may come for hours.
 */
export async function goOnCommand({ job, outside }: Ci): Promise<CiResult> {
  const store = await outside.store();
  try {
    const left = (await readWorkLeft(store)).filter((entry) => entry.run === job.run && isForOthers(entry));
    const events = [
      ...left.flatMap((entry) => [
        ...entry.events.map(({ kind }) => kind),
        ...entry.later.map(() => "a plan to be made"),
      ]),
      ...(await untoldPullRequests(store)).map((number) => `what became of pull request ${number}`),
    ];
    if (events.length > 0)
      await outside.workflows.start({ job: lookAgain, event: handedOverText({ kind: "left" }), run: String(job.run) });
    return {
      exitCode: 0,
      text: events.length === 0 ? "Nothing is left." : `Started anew for what is left: ${events.join(", ")}.`,
      fields: { left: events },
    };
  } finally {
    await store.close();
  }
}
