/** Every slice of a flow: the ways to its environments, and the scenes that its rows and branches call for. */
import type { Flow } from "../../flow/flow.ts";
import { type Decide, stageOf } from "../scene.ts";
import { historySlices } from "./histories.ts";
import { peopleSlices, triedSlices } from "./people.ts";
import { moduleSlices, releaseSlices } from "./releases.ts";
import { branchSlices, destroySlices, driftSlices, heldSlices, instanceSlices, twoChanges } from "./scenes.ts";
import type { Slice } from "./slice.ts";
import { timeSlices } from "./times.ts";
import { orderSlices, waySlices } from "./ways.ts";

export type { Slice };

/** Every slice that a flow gives, each derived from its own environments, rows and branches. */
export function slicesOf(flow: Flow, decide?: Decide): readonly Slice[] {
  const stage = stageOf(flow, { stacks: 1, decide });
  const shared = flow.environments.filter(({ perPullRequest }) => !perPullRequest);
  return [
    ...shared.flatMap((environment) => waySlices(stage, environment)),
    ...shared.flatMap((environment) => destroySlices(stage, environment)),
    ...shared.filter(({ after }) => after.length > 0).flatMap((environment) => orderSlices(flow, environment, decide)),
    ...shared.flatMap((environment) => twoChanges(stage, environment)),
    ...shared.flatMap((environment) => peopleSlices(stage, environment)),
    ...shared.flatMap((environment) => historySlices(stage, environment)),
    ...shared.filter(({ heldByBranch }) => heldByBranch).flatMap((environment) => heldSlices(stage, environment)),
    ...flow.environments.filter(({ perPullRequest }) => perPullRequest).flatMap((one) => instanceSlices(stage, one)),
    ...flow.environments.filter(({ perPullRequest }) => perPullRequest).flatMap((one) => triedSlices(stage, one)),
    ...shared.flatMap((environment) => timeSlices(flow, environment, decide)),
    ...shared.flatMap((environment) => releaseSlices(stage, environment)),
    ...moduleSlices(stage),
    ...branchSlices(stage),
    ...shared.flatMap((environment) => driftSlices(stage, environment)),
  ];
}
