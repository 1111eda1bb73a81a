/**
 * A look-alike of GitHub on real Git: state, rules and refusals, acts in and webhook-like events out. No HTTP, and no
 * knowledge of plangate: `forge-port.ts` beside it translates.
 */

export type { ActName, ActRequest, ActValue } from "./acts.ts";
export type { CheckState, ForgeEvent } from "./events.ts";
export type { LocalCommit } from "./local-commit.ts";
export type { ActAbout, Forge, ForgeAbout } from "./open.ts";
export { openForge } from "./open.ts";
export type { Blocked, Outcome } from "./outcome.ts";
export type * from "./state.ts";
