import type { BranchClass, Environment } from "../../flow/flow.ts";
import { branchOf, longLived } from "../branch-names.ts";
import { trunksOf } from "../good-story.ts";
import * as moves from "../moves.ts";
import { play, playAll, startPlaying } from "../play.ts";
import { pathsOf, type Stage } from "../scene.ts";
import * as steps from "../steps.ts";
import { type End, endOf, opened, reviewed } from "./people.ts";
import { chosenWays, type Slice, sliceOf } from "./slice.ts";

/** What a pull request may have in it besides its own change, where the flow says that it has not: everybody approved it all the same. */
export function historySlices(stage: Stage, environment: Environment): readonly Slice[] {
  const ends = chosenWays(stage.setting.flow, environment).flatMap((way) => endOf(stage, way) ?? []);
  const linear = ends.filter(({ into }) => into.linear).slice(0, 1);
  return [
    ...linear.flatMap((end) => mergedInto(stage, end)),
    ...ends.flatMap((end) => startedElsewhere(stage, end)).slice(0, 1),
  ];
}

/** The base went on, and was merged into the branch where it was to be rebased. */
function mergedInto(stage: Stage, end: End): readonly Slice[] {
  const { flow } = stage.setting;
  const { members, stranger: by } = stage.cast;
  const second = branchOf(flow, end.work, 2);
  const [merger = by] = members;
  if (second === undefined || second === end.head) return [];
  const paths = pathsOf(stage, stage.bases[0] ?? "", "more.tf");
  const first = reviewed(opened(stage, end), members);
  const begun = playAll(first, [
    steps.push({ by, branch: second, from: end.from, paths }),
    steps.open(flow, { by, head: second, base: end.base, as: "pr-2" }),
    steps.merge(merger, "pr-1"),
    { kind: "update-branch", by, pr: "pr-2" },
  ]);
  return [
    sliceOf({
      ...about(stage, `${end.environment}: a merge in a branch`),
      playing: reviewed(begun, members, ["pr-2"]),
    }),
  ];
}

/** The branch is cut from another long-lived branch than its class says, and brings what nobody promoted. */
function startedElsewhere(stage: Stage, end: End): readonly Slice[] {
  const { flow } = stage.setting;
  const { members, stranger: by } = stage.cast;
  const other = longLived(flow).find(({ branch, of }) => branch !== end.base && branch !== end.from && isPushable(of));
  const [pusher = by] = members;
  if (end.work.cutFrom === null || other === undefined) return [];
  const more = pathsOf(stage, stage.bases[0] ?? "", "more.tf");
  const name = `${end.environment}: a branch started on ${other.branch}`;
  const pushed = play(startPlaying(stage.setting), steps.push({ by: pusher, branch: other.branch, paths: more }));
  const elsewhere = opened(stage, { ...end, from: other.branch }, { begun: pushed });
  return [sliceOf({ ...about(stage, name), playing: reviewed(elsewhere, members) })];
}

function isPushable({ directPush }: BranchClass): boolean {
  return directPush !== "never";
}

function about(stage: Stage, name: string) {
  const offers = [
    moves.approve,
    moves.merge,
    moves.forceMerge,
    moves.gates,
    moves.accept(trunksOf(stage.setting.flow)),
  ];
  return { name, stage, offers, applies: false };
}
