/** The machine itself: its clock, its processes, what tells runs apart, and where their logs are kept. */
export { systemClock, systemIds } from "./clock.ts";
export { isThere, ownHolder } from "./holder.ts";
export { openRunLogs, readRunLog } from "./logs.ts";
export { pause } from "./pause.ts";
export { programsAtOnce } from "./processors.ts";
export { keepProof, keepState } from "./salvage.ts";
