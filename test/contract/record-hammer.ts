/**
 * Writes to a record on a branch as fast as it can, as a process of its own: `record-hammer.ts REMOTE FOLDER NAME ROUNDS`.
 * Each round creates a run, asks for the one lease, and ends it when it got it; prints how often it did.
 */
import { writeSync } from "node:fs";
import { openRemoteBranch } from "../../src/adapters/git/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
import { aRun, holder, network, start } from "./store-samples.ts";

const [url = "", dir = "", name = "", rounds = "0"] = process.argv.slice(2);
const author = { name: "plangate", email: "plangate@example.com" };
const branch = await openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
const store = await openRecordBranch({ branch, clock: { now: () => start } });
let won = 0;
for (let round = 0; round < Number(rounds); round++) {
  const run = aRun(`${name}${String(round).padStart(7, "0")}`);
  const body = { name, round };
  await store.write({ createRuns: [run], ledger: [{ at: start, kind: "run-created", body }] });
  const taken = await store.write({
    takeLease: { stack: network, run: run.id, holder, since: start },
    ledger: [{ at: start, kind: "lease-taken", body }],
  });
  if (!taken.ok) continue;
  won++;
  const ended = await store.write({
    endLease: { stack: network, run: run.id },
    ledger: [{ at: start, kind: "lease-ended", body }],
  });
  if (!ended.ok) throw new Error("somebody else had the lease as well");
}
await store.close();
branch.close();
writeSync(1, `${won}\n`);
