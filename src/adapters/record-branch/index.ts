/**
 * The store on a branch of a Git remote: `state.json`, `ledger/000001.jsonl` and on, and `head.json`. Every write is a
 * commit on what was read; whoever is late reads again. What is in the branch is believed when its parts agree, and may
 * forbid things only.
 */

export { checkRecord, type Differing, type RecordFile } from "./check-record.ts";
export { readLedgerFiles } from "./ledger-files.ts";
export { openRecordBranch, type RecordBranchOptions, type RecordStore } from "./store.ts";
