import type { Login } from "../domain/names.ts";
import type { Offer } from "./moves.ts";
import * as steps from "./steps.ts";

/** What the forge asks before a merge, or a push, is changed behind plangate's back; nobody hears of it. */
export const branchSettings =
  (branch: string): Offer =>
  () =>
    [steps.settings(branch, { reviews: "off" }), steps.settings(branch, { pushes: "open" })].map((step) => ({
      step,
      limit: "settings",
    }));

/** The forge lets anybody answer at the gates, whoever the flow names. */
export const gateSettings: Offer = ({ flow }) =>
  [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])].map(({ name }) => ({
    step: { kind: "settings", branch: null, environment: name, set: { reviewers: "anybody" } },
    limit: "settings",
  }));

/** A pull request from a branch of somebody's own fork, opened by them. */
export const openFromFork =
  (fork: Login, about: { readonly head: string; readonly base: string; readonly as: string }): Offer =>
  ({ flow, state }) =>
    state.world.pullRequests.some(({ name }) => name === about.as)
      ? []
      : [{ step: steps.open(flow, { ...about, by: fork, fork }), limit: null }];
