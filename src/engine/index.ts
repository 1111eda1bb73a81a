/**
 * The decision: facts in, actions and reasons out. Pure and total, so that production, simulation, stories and proof
 * call the very same function. Rules are one file each under `rules/`; what an event leads to is under `on/`.
 */
export { decide } from "./decide.ts";
export { type GivenAt, givenOn, type Standing } from "./given.ts";
export { whyUnheard } from "./heard.ts";
export { applyNeeds, applyRules, judgeApply } from "./judge-apply.ts";
export { problemsOf } from "./problems.ts";
export { gatesOf, rowOf, rowsInto, rowsOfCron, rowsOfJob, rowsOfPush, rowsOfRelease } from "./rows.ts";
export type { ApplyCase, Rule } from "./rule.ts";
export { whyNotFromHere } from "./rules/local.ts";
