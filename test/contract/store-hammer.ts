/**
 * Writes to a store as fast as it can, as a process of its own: `store-hammer.ts FILE NAME ROUNDS`. Each round creates
 * a run with an entry and asks for the one lease; prints a line per round that was written, and then what it won.
 */
import { writeSync } from "node:fs";
import { openSqliteStore } from "../../src/adapters/store/index.ts";
import { aRun, holder, network, start } from "./store-samples.ts";

const [file = "", name = "", rounds = "0"] = process.argv.slice(2);
const store = await openSqliteStore(file, { clock: { now: () => start }, busyTimeout: 60_000 });
let won = 0;
for (let round = 0; round < Number(rounds); round++) {
  const run = aRun(`${name}${String(round).padStart(7, "0")}`);
  const body = { name, round };
  await store.write({
    createRuns: [run],
    ledger: [
      { at: start, kind: "run-created", body },
      { at: start, kind: "decided", body },
    ],
  });
  writeSync(1, `${round}\n`);
  const { ok } = await store.write({
    takeLease: { stack: network, run: run.id, holder, since: start },
    ledger: [{ at: start, kind: "lease-taken", body }],
  });
  if (ok) won++;
}
writeSync(1, `won ${won}\n`);
await store.close();
