/**
 * The embedded store: runs, plans, answers, leases and the ledger in one SQLite file. What is written is on the disk,
 * whole, with its ledger entries.
 */
export { openSqliteStore } from "./store.ts";
