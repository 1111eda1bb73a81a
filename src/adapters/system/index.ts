/** The machine itself: its clock, its processes, what tells runs apart, and where their logs are kept. */
export { systemClock, systemIds } from "./clock.ts";
export { isThere, ownHolder } from "./holder.ts";
export { openRunLogs, readRunLog } from "./logs.ts";
export { programsAtOnce } from "./processors.ts";
export { keepState } from "./salvage.ts";
