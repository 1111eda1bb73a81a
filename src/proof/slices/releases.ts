import type { Environment, ReleaseClass } from "../../flow/flow.ts";
import { onlyBranchOf } from "../../flow/match.ts";
import { ofProject } from "../../flow/releases.ts";
import { fill } from "../../flow/templates.ts";
import { branchOf, originOf } from "../branch-names.ts";
import { openGates, type Players, playersFor, releasedFor, walk } from "../good-story.ts";
import * as moves from "../moves.ts";
import { type Playing, play, playAll, startPlaying } from "../play.ts";
import { pathsOf, type Stage } from "../scene.ts";
import * as steps from "../steps.ts";
import { chosenWays, type Slice, sliceOf } from "./slice.ts";
import { startOffers } from "./ways.ts";

/** Releases that an environment gets: made of what nobody merged, and their tags moved, after more came to the branch. */
export function releaseSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const way = chosenWays(flow, environment).find(({ ref }) => flow.releases.some(({ id }) => id === ref));
  const release = flow.releases.find(({ id }) => id === way?.ref);
  const [work, into] = way?.chain.slice(-2) ?? [];
  const [players] = playersFor(stage, stage.cast.stranger);
  if (way === undefined || release === undefined || work === undefined || into === undefined || players === undefined)
    return [];
  const [second, third] = [2, 3].map((nth) => branchOf(flow, work, nth));
  const base = branchOf(flow, into);
  if (second === undefined || third === undefined || base === undefined) return [];
  const from = originOf(flow, work);
  const paths = pathsOf(stage, stage.bases[0] ?? "", "more.tf");
  const merged = openGates(walk(stage, way, players, "merged"), players);
  const released = releasedFor(merged, way, players);
  const opened = mergedToo(stage, released, players, { branch: second, from, base, paths });
  const begun = play(
    openGates(opened, players),
    steps.push({ by: players.author, branch: third, from, paths: pathsOf(stage, stage.bases[0] ?? "", "other.tf") }),
  );
  const offers = [
    moves.moveTag([base, third]),
    moves.releaseByHand(release.tag.replace("{version}", "9.0.0"), [base, third]),
    ...startOffers(stage, way).slice(0, 1),
    moves.gates,
  ];
  const name = `${environment.name}: releases that are moved and made by hand`;
  return [sliceOf({ name, stage, playing: begun, offers, most: { dispatch: 2 } })];
}

interface Another {
  readonly branch: string;
  readonly from: string;
  readonly base: string;
  readonly paths: readonly string[];
}

/** Another change goes the same way. */
function mergedToo(
  stage: Stage,
  so: Playing,
  { author, members }: Players,
  { branch, from, base, paths }: Another,
): Playing {
  return playAll(so, [
    steps.push({ by: author, branch, from, paths }),
    steps.open(stage.setting.flow, { by: author, head: branch, base, as: "pr-next" }),
    ...members.map((login) => steps.review(login, "pr-next", "approve")),
    ...members.slice(0, 1).map((login) => steps.merge(login, "pr-next")),
  ]);
}

/** A module that two pull requests change and one does not, and the branch that its versions are made from. */
export function moduleSlices(stage: Stage): readonly Slice[] {
  return stage.setting.flow.releases
    .filter((release) => !ofProject(release))
    .flatMap((release) => moduleSlice(stage, release));
}

function moduleSlice(stage: Stage, release: ReleaseClass): readonly Slice[] {
  const { flow } = stage.setting;
  const into = flow.branches.find(({ name }) => name === release.from);
  const base = into === undefined ? undefined : onlyBranchOf(into);
  const work = flow.branches.find(({ name, protected: guarded }) => !guarded && into?.accepts.includes(name) === true);
  const [one, two, three] = work === undefined ? [] : [1, 2, 3].map((nth) => branchOf(flow, work, nth));
  if (base === undefined || work === undefined || one === undefined || two === undefined || three === undefined)
    return [];
  const folder = fill(release.of, { module: "net" });
  const from = originOf(flow, work);
  const { stranger } = stage.cast;
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({ by: stranger, branch: one, from, paths: [`${folder}/main.tf`] }),
    steps.open(flow, { by: stranger, head: one, base, as: "pr-1" }),
    steps.push({ by: stranger, branch: two, from, paths: [`${folder}/more.tf`] }),
    steps.open(flow, { by: stranger, head: two, base, as: "pr-2" }),
    steps.push({ by: stranger, branch: three, from, paths: pathsOf(stage, stage.bases[0] ?? "") }),
    steps.open(flow, { by: stranger, head: three, base, as: "pr-3" }),
  ]);
  const jobs = flow.when.flatMap((row) => (row.on === "dispatch" && row.do.includes("release") ? (row.job ?? []) : []));
  const offers = [
    moves.approve,
    moves.merge,
    moves.forceMerge,
    moves.pushOn(one, [`${folder}/other.tf`]),
    moves.pushDirectly([base], [`${folder}/direct.tf`]),
    moves.accept([base]),
    ...(release.on === "dispatch" ? [moves.dispatch([...new Set(jobs)], [base, one])] : []),
  ];
  return [sliceOf({ name: `${release.id}: modules released`, stage, playing: begun, offers, applies: false })];
}
