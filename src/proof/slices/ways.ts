import type { StackName } from "../../domain/names.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import type { WorldStep } from "../../worlds/step.ts";
import { branchOf, originOf } from "../branch-names.ts";
import { playersFor, trunksOf, type UpTo, type Way, walk } from "../good-story.ts";
import type { Offer } from "../moves.ts";
import * as moves from "../moves.ts";
import { playAll, startPlaying } from "../play.ts";
import { type Decide, pathsOf, type Stage, stageOf } from "../scene.ts";
import * as steps from "../steps.ts";
import { anHour, chosenWays, type Slice, sliceOf, stacksIn } from "./slice.ts";

/** How far a way is walked before anything may happen. */
export function beginningOf({ row, chain }: Way): UpTo {
  return row.on === "merge" || chain.length < 2 ? "opened" : "merged";
}

/**
 * The way to an environment, searched three times with what belongs together: who says yes, how things come in, and what
 * moves meanwhile.
 */
export function waySlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  return chosenWays(flow, environment).flatMap((way) => {
    const name = `${environment.name} ${way.row.job === null ? `on ${way.row.on}` : `by ${way.row.job}`} from ${way.chain.map((of) => of.name).join(", ")}`;
    const [member = stage.cast.stranger] = stage.cast.members;
    const branch = way.chain[0] === undefined ? undefined : branchOf(flow, way.chain[0]);
    const head = way.chain.at(-2) ?? way.chain[0];
    const headBranch = head === undefined ? undefined : branchOf(flow, head);
    const [base = ""] = stage.bases;
    const more = pathsOf(stage, base, "more.tf");
    const begin = (author: typeof member) => {
      const [players] = playersFor(stage, author);
      return players === undefined ? startPlaying(stage.setting) : walk(stage, way, players, beginningOf(way));
    };
    const start = startOffers(stage, way);
    const pushes =
      branch === undefined
        ? []
        : [
            moves.pushOn(branch, more),
            ...(headBranch === branch || headBranch === undefined ? [] : [moves.pushOn(headBranch, more)]),
          ];
    const trunks = trunksOf(flow);
    const yes = [
      moves.approve,
      moves.object,
      moves.merge,
      moves.gates,
      moves.say("approve", "take-back", "reject"),
      ...pushes,
      ...start,
    ];
    // Where no pull request is needed, pushing is what sets things off.
    const again = way.chain.length < 2 ? pushes : [];
    const into = [
      ...pushes,
      moves.approve,
      moves.merge,
      moves.forceMerge,
      moves.closeAndReopen,
      moves.pushDirectly(trunks.slice(-2), more),
      moves.accept(trunks.slice(-2)),
      moves.gates,
      moves.editText,
      ...start,
    ];
    const meanwhile = [
      ...again,
      moves.approve,
      moves.merge,
      moves.gates,
      moves.mishaps(stacksIn(stage, environment)),
      moves.wait(flow.apply.maxAge + anHour),
      moves.rerun,
      moves.say("plan"),
      ...start,
    ];
    return [
      sliceOf({ name: `${name}: who says yes`, stage, playing: begin(member), offers: yes }),
      sliceOf({
        name: `${name}: how it comes in`,
        stage,
        playing: begin(stage.cast.stranger),
        offers: into,
        most: { accept: 2 },
      }),
      sliceOf({ name: `${name}: what moves meanwhile`, stage, playing: begin(stage.cast.stranger), offers: meanwhile }),
    ];
  });
}

/** What is started by hand on a way: its own job, and the release that it delivers. */
export function startOffers(stage: Stage, { row, chain, ref }: Way): readonly Offer[] {
  const { flow } = stage.setting;
  if (row.on !== "dispatch" && row.on !== "release") return [];
  const last = chain.at(-1);
  const branch = last === undefined ? undefined : branchOf(flow, last);
  const refs = branch === undefined ? [] : [branch];
  const release = flow.releases.find(({ id }) => id === ref);
  const jobs = flow.when.flatMap((one) =>
    one.job !== null && (one.job === row.job || (release !== undefined && one.do.includes("release"))) ? [one.job] : [],
  );
  const byHand = release === undefined ? [] : [moves.releaseByHand(release.tag.replace("{version}", "9.0.0"), refs)];
  return [moves.dispatch([...new Set(jobs)], refs), ...byHand];
}

/** Two stacks, and one environment before the other. */
export function orderSlices(flow: Flow, environment: Environment, decide: Decide | undefined): readonly Slice[] {
  const stage = stageOf(flow, { stacks: 2, decide });
  const way = chosenWays(flow, environment).at(-1);
  const [players] = playersFor(stage, stage.cast.stranger);
  if (way === undefined || players === undefined) return [];
  const before = flow.environments.filter(({ name }) => environment.after.includes(name));
  const first = before.map((one) => ({ place: one.name, stacks: stacksIn(stage, one).slice(0, 2) }));
  const stacks = first.flatMap((one) => one.stacks);
  const mishaps = first.flatMap(({ place, stacks: there }) =>
    wentWrong(there).map((one) => (first.length > 1 ? { ...one, where: `${one.where} in ${place}` } : one)),
  );
  const chain = way.chain.flatMap((of) => branchOf(flow, of) ?? []);
  const [head = "", base = "", ...further] = chain;
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({
      by: players.author,
      branch: head,
      ...(way.chain[0] === undefined ? {} : { from: originOf(flow, way.chain[0]) }),
      paths: stage.bases.flatMap((one) => pathsOf(stage, one)),
    }),
    steps.open(flow, { by: players.author, head, base, as: "pr-1" }),
    ...stage.cast.members.map((login) => steps.review(login, "pr-1", "approve")),
  ]);
  const opens = further.map((next, index) => moves.open(chain[index + 1] ?? base, next, `pr-${index + 2}`));
  const crashes: Offer = (at) =>
    moves
      .mishaps(stacks)(at)
      .filter(({ step }) => step.kind === "crash" || step.kind === "replan");
  const offers = [
    moves.merge,
    moves.approve,
    moves.gates,
    ...opens,
    crashes,
    moves.spoil(stacks),
    ...startOffers(stage, way),
  ];
  const name = `${environment.name} after ${environment.after.join(", ")}`;
  return [
    sliceOf({ name, stage, playing: begun, offers, most: { dispatch: 2 } }),
    ...mishaps.map(({ where, steps: wrong }) =>
      sliceOf({
        name: `${name}, where ${where}`,
        stage,
        playing: walk(stage, way, { ...players, begun: playAll(startPlaying(stage.setting), wrong) }, beginningOf(way)),
        offers,
        most: { dispatch: 2 },
        applies: false,
      }),
    ),
  ];
}

/** What happens to the applies in one of the environments that come first, on the way up to the last pull request. */
function wentWrong(
  stacks: readonly StackName[],
): readonly { readonly where: string; readonly steps: readonly WorldStep[] }[] {
  return [
    { where: "an apply broke off", steps: stacks.map((stack) => ({ kind: "crash", stack, during: "apply" })) },
    {
      where: "a verification failed",
      steps: stacks.map((stack) => ({ kind: "outside", stack, change: "drift", during: "apply" })),
    },
  ];
}
