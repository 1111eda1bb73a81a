/**
 * A look-alike of GitHub on real Git: state, rules and refusals, acts in and webhook-like events out. No HTTP, and no
 * knowledge of plangate: `forge-port.ts` beside it translates.
 */

export type { ActName, ActRequest, ActValue } from "./acts.ts";
export { isOn, longestBody } from "./comment.ts";
export type { CheckState, ForgeEvent } from "./events.ts";
export type { Commit } from "./git.ts";
export { commitsBetween, isAncestor, mergeBases, reachableFrom } from "./history.ts";
export type { LocalCommit } from "./local-commit.ts";
export { trailerPeople } from "./merge-message.ts";
export type { ActAbout, Forge, ForgeAbout, Look } from "./open.ts";
export { openForge } from "./open.ts";
export type { Blocked, Outcome } from "./outcome.ts";
export { hasRole, isAmong, userByEmail, webFlow } from "./people.ts";
export { isAbout, mayPush, protectionsOf, whyNotMerged } from "./protection.ts";
export { branchOf, tagOf } from "./ref-names.ts";
export type * from "./state.ts";
