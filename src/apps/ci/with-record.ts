import type { Store } from "../../delivery/ports.ts";
import { type Ci, mustBeTrusted, type OpenJob, withJob } from "./open-job.ts";

/**
 * Opens the job's repository and the record side by side, since each waits for Git, and closes both after `use`. Nothing of
 * the record is looked at, and nothing of it told, before the job is found to be a trusted one with the keys of the branch.
 */
export async function withRecord<Value>(
  ci: Ci,
  use: (opened: OpenJob, store: Store) => Promise<Value>,
): Promise<Value> {
  const opening = ci.outside.store();
  // What is wrong with the job itself is told first.
  opening.catch(() => undefined);
  let isUsed = false;
  try {
    return await withJob(ci, async (opened) => {
      mustBeTrusted(ci, opened);
      const store = await opening;
      isUsed = true;
      try {
        return await use(opened, store);
      } finally {
        await store.close();
      }
    });
  } finally {
    if (!isUsed) await opening.then((store) => store.close()).catch(() => undefined);
  }
}
