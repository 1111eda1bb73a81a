import type { StackName } from "../../domain/names.ts";
import type { Environment } from "../../flow/flow.ts";
import { branchOf, originOf } from "../branch-names.ts";
import { trunksOf, waysTo } from "../good-story.ts";
import * as moves from "../moves.ts";
import { play, playAll, startPlaying } from "../play.ts";
import { promotionsOf } from "../properties/branches.ts";
import { pathsOf, type Stage } from "../scene.ts";
import * as steps from "../steps.ts";
import { anHour, chosenWays, type Slice, sliceOf, stacksIn } from "./slice.ts";

/** Everything that can be destroyed by hand, and what can be applied beside it. */
export function destroySlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const jobs = flow.when.filter(
    (row) => row.environment === environment.name && row.on === "dispatch" && row.do.includes("destroy"),
  );
  if (jobs.length === 0) return [];
  const way = chosenWays(flow, environment)[0];
  const work = way?.chain[0];
  const branch = work === undefined ? undefined : branchOf(flow, work);
  const begun =
    work === undefined || branch === undefined
      ? startPlaying(stage.setting)
      : playAll(startPlaying(stage.setting), [
          steps.push({
            by: stage.cast.stranger,
            branch,
            ...(work.protected ? {} : { from: originOf(flow, work) }),
            paths: pathsOf(stage, stage.bases[0] ?? ""),
          }),
        ]);
  const all = flow.when.flatMap((row) => (row.environment === environment.name && row.job !== null ? [row.job] : []));
  const refs = [...(branch === undefined ? [] : [branch]), ...trunksOf(flow).slice(-1)];
  const offers = [
    moves.dispatch([...new Set(all)], refs),
    moves.gates,
    moves.mishaps(stacksIn(stage, environment).slice(0, 1)),
    moves.rerun,
  ];
  return [
    sliceOf({ name: `${environment.name}: destroyed by hand`, stage, playing: begun, offers, most: { dispatch: 2 } }),
  ];
}

/** Two pull requests that meet on one stack, both approved by everybody who can. */
export function twoChanges(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const way = chosenWays(flow, environment).find(({ row, chain }) => row.on === "merge" && chain.length === 2);
  const [work, into] = way?.chain ?? [];
  if (way === undefined || work === undefined || into === undefined) return [];
  const [one, two] = [branchOf(flow, work, 1), branchOf(flow, work, 2)];
  const base = branchOf(flow, into);
  if (one === undefined || two === undefined || base === undefined) return [];
  const from = originOf(flow, work);
  const [member = stage.cast.stranger] = stage.cast.members;
  const [name = ""] = stage.bases;
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({ by: member, branch: one, from, paths: pathsOf(stage, name) }),
    steps.open(flow, { by: member, head: one, base, as: "pr-1" }),
    steps.push({ by: stage.cast.stranger, branch: two, from, paths: pathsOf(stage, name, "more.tf") }),
    steps.open(flow, { by: stage.cast.stranger, head: two, base, as: "pr-2" }),
    ...["pr-1", "pr-2"].flatMap((pr) => stage.cast.members.map((login) => steps.review(login, pr, "approve"))),
  ]);
  const offers = [moves.approve, moves.merge, moves.gates, moves.closeAndReopen, moves.say("plan"), moves.updateBranch];
  return [sliceOf({ name: `${environment.name}: two pull requests`, stage, playing: begun, offers })];
}

/** Two branches that want one stack of an environment that is held by branch. */
export function heldSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const work = flow.branches.find(({ name, protected: guarded }) => !guarded && environment.appliesFrom.includes(name));
  const [one, two] = work === undefined ? [] : [branchOf(flow, work, 1), branchOf(flow, work, 2)];
  const [stack] = stacksIn(stage, environment);
  const into = flow.branches.find(({ accepts }) => work !== undefined && accepts.includes(work.name));
  const base = into === undefined ? undefined : branchOf(flow, into);
  if (work === undefined || one === undefined || two === undefined || stack === undefined) return [];
  const from = originOf(flow, work);
  const [name = ""] = stage.bases;
  const [member = stage.cast.stranger] = stage.cast.members;
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({ by: member, branch: one, from, paths: pathsOf(stage, name) }),
    ...(base === undefined ? [] : [steps.open(flow, { by: member, head: one, base, as: "pr-1" })]),
  ]);
  const jobs = flow.when.flatMap((row) => (row.environment === environment.name && row.job !== null ? [row.job] : []));
  const offers = [
    moves.pushOn(one, pathsOf(stage, name, "more.tf")),
    moves.pushOn(two, pathsOf(stage, name, "other.tf"), from),
    ...(base === undefined ? [] : [moves.open(two, base, "pr-2")]),
    moves.dispatch([...new Set(jobs)], [one, two]),
    moves.say(`take ${stack}`, `release ${stack}`),
    moves.approve,
    moves.merge,
    moves.deleteBranch(one),
    moves.mishaps([stack]),
  ];
  return [
    sliceOf({ name: `${environment.name}: held by branch`, stage, playing: begun, offers, most: { push: 2, word: 2 } }),
  ];
}

/** An environment of one pull request, from the first plan until nothing stands there, and from when something stands there. */
export function instanceSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const [way] = waysTo(flow, environment);
  const [work, into] = way?.chain ?? [];
  const branch = work === undefined ? undefined : branchOf(flow, work);
  const base = into === undefined ? undefined : branchOf(flow, into);
  if (work === undefined || branch === undefined || base === undefined) return [];
  const [member = stage.cast.stranger] = stage.cast.members;
  const [root = ""] = stage.bases;
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({ by: member, branch, from: originOf(flow, work), paths: pathsOf(stage, root) }),
  ]);
  const instance = `${environment.name}-1/${root}` as StackName;
  const ttl = (environment.ttl ?? 4 * anHour) + anHour;
  const offers = [
    moves.open(branch, base, "pr-1"),
    moves.pushOn(branch, pathsOf(stage, root, "more.tf")),
    moves.mishaps([instance]),
    moves.closeAndReopen,
    moves.editText,
    moves.approve,
    moves.merge,
    moves.gates,
    moves.wait(ttl),
    moves.say("plan"),
  ];
  const name = `${environment.name}: one for each pull request`;
  const standing = playAll(begun, [
    { kind: "crash", stack: instance, during: "apply" },
    steps.open(flow, { by: member, head: branch, base, as: "pr-1" }),
    ...stage.cast.members.map((login) => steps.review(login, "pr-1", "approve")),
  ]);
  return [
    sliceOf({ name, stage, playing: begun, offers, most: { wait: 2 } }),
    sliceOf({
      name: `${name}, where trying it broke off`,
      stage,
      playing: standing,
      offers: [...offers, moves.forceMerge, moves.deleteBranch(branch)],
      most: { wait: 2 },
    }),
  ];
}

/** The long-lived branches, with what comes to one of them past the other. */
export function branchSlices(stage: Stage): readonly Slice[] {
  const { flow } = stage.setting;
  return promotionsOf(flow).flatMap(({ from, into }) => {
    const hotfix = flow.branches.find(({ name, protected: guarded }) => !guarded && into.of.accepts.includes(name));
    const [member = stage.cast.stranger] = stage.cast.members;
    const [name = ""] = stage.bases;
    const branch = hotfix === undefined ? undefined : branchOf(flow, hotfix);
    const begun =
      hotfix === undefined || branch === undefined
        ? startPlaying(stage.setting)
        : playAll(startPlaying(stage.setting), [
            steps.push({ by: stage.cast.stranger, branch, from: originOf(flow, hotfix), paths: pathsOf(stage, name) }),
            steps.open(flow, { by: stage.cast.stranger, head: branch, base: into.branch, as: "pr-1" }),
            steps.review(member, "pr-1", "approve"),
          ]);
    const offers = [
      moves.approve,
      moves.merge,
      moves.forceMerge,
      moves.closeAndReopen,
      moves.open(from, into.branch, "pr-up"),
      moves.pushDirectly([from, into.branch], pathsOf(stage, name, "more.tf")),
    ];
    const title = `${from} and ${into.branch} stay one history`;
    const picked = { branch: from, paths: pathsOf(stage, name, "picked.tf"), text: "# Picked.\n", force: true };
    const most = { direct: 2, force: 2 };
    return [
      sliceOf({ name: title, stage, playing: begun, offers, applies: false, most }),
      sliceOf({
        name: `${title}, when a change is picked`,
        stage,
        playing: play(startPlaying(stage.setting), steps.push({ by: member, ...picked })),
        offers: [...offers, moves.pickInto(into.branch, picked)],
        applies: false,
        most,
      }),
    ];
  });
}

/** Objects that somebody changed by hand, and the schedule that looks for it. */
export function driftSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const rows = flow.when.filter((row) => row.on === "schedule" && row.environment === environment.name);
  if (rows.length === 0) return [];
  const offers = [
    moves.schedule,
    moves.gates,
    moves.mishaps(stacksIn(stage, environment)),
    moves.rerun,
    moves.wait(anHour),
  ];
  const applies = rows.some(({ drift }) => drift === "apply");
  return [
    sliceOf({
      name: `${environment.name}: drift`,
      stage,
      playing: startPlaying(stage.setting),
      offers,
      applies,
      most: { schedule: 3, outside: 2 },
    }),
  ];
}
