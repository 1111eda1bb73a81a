import type { Login } from "../../domain/names.ts";
import type { BranchClass, Environment, Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { branchOf, originOf } from "../branch-names.ts";
import { openGates, playersFor, releasedFor, type Way, walk, waysTo } from "../good-story.ts";
import * as moves from "../moves.ts";
import { branchSettings, gateSettings, openFromFork } from "../moves-past-the-forge.ts";
import { type Playing, playAll, startPlaying } from "../play.ts";
import { ownedBy, pathsOf, type Stage } from "../scene.ts";
import * as steps from "../steps.ts";
import { chosenWays, type Slice, sliceOf } from "./slice.ts";
import { startOffers } from "./ways.ts";

/**
 * What people have a say in, at the last pull request on the way to an environment that a merge applies to: everybody but
 * those whom the slice is about has said yes to it.
 */
export function peopleSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const ways = chosenWays(stage.setting.flow, environment);
  const ends = ways.flatMap((way) => endOf(stage, way) ?? []);
  const [end] = ends;
  if (end === undefined) return ways.flatMap((way) => heldStartSlices(stage, way)).slice(0, 1);
  const owned = ends.find(({ into }) => into.reviews?.codeOwners === true);
  const { flow } = stage.setting;
  return [
    settingsSlice(stage, end),
    elsewhereSlice(stage, end),
    heldByWordSlice(stage, end),
    goneSlice(stage, end),
    ...(flow.require.deletions === "acknowledged" ? [deletionsSlice(stage, end)] : []),
    ...(owned === undefined ? [] : [ownedSlice(stage, owned)]),
  ];
}

/** An environment per pull request, and pull requests of which nothing is tried: a fork's, and one that changes what governs delivery. */
export function triedSlices(stage: Stage, environment: Environment): readonly Slice[] {
  const { flow } = stage.setting;
  const [work, into] = waysTo(flow, environment)[0]?.chain ?? [];
  const [head, base] = [work, into].map((of) => (of === undefined ? undefined : branchOf(flow, of)));
  if (work === undefined || head === undefined || base === undefined) return [];
  const by = stage.cast.stranger;
  const pushed = { by, branch: head, from: originOf(flow, work), paths: pathsOf(stage, stage.bases[0] ?? "") };
  const governing = [".github/workflows/deliver.yml"];
  return [
    sliceOf({
      name: `${environment.name}: what is not tried`,
      stage,
      playing: playAll(startPlaying(stage.setting), [steps.push(pushed), steps.push({ ...pushed, fork: by })]),
      offers: [
        moves.open(head, base, "pr-1"),
        openFromFork(by, { head, base, as: "pr-2" }),
        moves.pushOn(head, governing),
        moves.editText,
        moves.closeAndReopen,
        moves.say("plan"),
      ],
    }),
  ];
}

/** Where a way ends that is one pull request long. */
export interface End {
  readonly environment: string;
  readonly work: BranchClass;
  readonly head: string;
  readonly from: string;
  readonly into: BranchClass;
  readonly base: string;
}

export function endOf({ setting }: Stage, { environment, row, chain }: Way): End | undefined {
  const [work, into, more] = chain;
  if (row.on !== "merge" || work === undefined || into === undefined || more !== undefined) return undefined;
  const [head, base] = [branchOf(setting.flow, work), branchOf(setting.flow, into)];
  if (head === undefined || base === undefined) return undefined;
  return { environment: environment.name, work, head, from: originOf(setting.flow, work), into, base };
}

interface Opened {
  readonly by?: Login;
  /** What the stack's main file holds from then on. */
  readonly text?: string;
  /** What happened before. */
  readonly begun?: Playing;
}

/** A pull request by somebody who is in no team where nobody else is named, so that everybody in one may review it. */
export function opened(stage: Stage, { head, from, base }: End, about: Opened = {}): Playing {
  const { by = stage.cast.stranger, text, begun = startPlaying(stage.setting) } = about;
  const paths = pathsOf(stage, stage.bases[0] ?? "");
  return playAll(begun, [
    steps.push({ by, branch: head, from, paths, ...(text === undefined ? {} : { text }) }),
    steps.open(stage.setting.flow, { by, head, base, as: "pr-1" }),
  ]);
}

export function reviewed(so: Playing, by: readonly Login[], prs: readonly string[] = ["pr-1"]): Playing {
  return playAll(
    so,
    prs.flatMap((pr) => by.map((login) => steps.review(login, pr, "approve"))),
  );
}

/** The forge's protections are off for a while, and nobody tells plangate. */
function settingsSlice(stage: Stage, end: End): Slice {
  const more = pathsOf(stage, stage.bases[0] ?? "", "more.tf");
  return sliceOf({
    name: `${end.environment}: the forge's settings`,
    stage,
    playing: opened(stage, end, { by: stage.cast.members[0] ?? stage.cast.stranger }),
    offers: [
      branchSettings(end.base),
      gateSettings,
      moves.approve,
      moves.merge,
      moves.gates,
      moves.pushDirectly([end.base], more),
    ],
    most: { settings: 2 },
  });
}

/**
 * Pull requests from branches that the base does not take, each approved by everybody: from one of another class, and from
 * a fork's that is called like a protected one. Whoever has the fork may open one from a branch that is called as it should.
 */
function elsewhereSlice(stage: Stage, end: End): Slice {
  const { flow } = stage.setting;
  const { base, from } = end;
  const by = stage.cast.stranger;
  const paths = pathsOf(stage, stage.bases[0] ?? "");
  const ways = [
    ...notTaken(flow, base).map((head) => ({ head })),
    ...namedLikeProtected(flow, base).map((head) => ({ head, fork: by })),
  ].map((way, index) => ({ ...way, as: `pr-${index + 1}` }));
  const forked = { head: end.head, base, as: `pr-${ways.length + 1}` };
  const begun = playAll(startPlaying(stage.setting), [
    ...ways.flatMap(({ as, head, ...whose }) => [
      steps.push({ by, branch: head, from, paths, ...whose }),
      steps.open(flow, { by, head, base, as, ...whose }),
    ]),
    steps.push({ by, branch: forked.head, from, paths, fork: by }),
  ]);
  const prs = ways.map(({ as }) => as);
  return sliceOf({
    name: `${end.environment}: from elsewhere`,
    stage,
    playing: reviewed(begun, stage.cast.members, prs),
    offers: [openFromFork(by, forked), moves.approve, moves.forceMerge, moves.merge, moves.gates, moves.say("plan")],
    applies: false,
  });
}

/** What a fork may call its branch so that it looks like one that the base takes and that is protected in the repository. */
function namedLikeProtected(flow: Flow, base: string): readonly string[] {
  const takes = flow.branches.find((of) => branchOf(flow, of) === base)?.accepts ?? [];
  const [guarded] = flow.branches.filter((of) => of.protected && takes.includes(of.name));
  const name = guarded === undefined ? undefined : branchOf(flow, guarded);
  return name === undefined ? [] : [name];
}

/** Branches that nobody protects and that the base does not take: of another class, else of none; and one that lacks the ticket of its class. */
function notTaken(flow: Flow, base: string): readonly string[] {
  const takes = flow.branches.find((of) => branchOf(flow, of) === base)?.accepts ?? [];
  const other = flow.branches.find((of) => !of.protected && !takes.includes(of.name));
  const named = flow.branches.find(({ name, ticket }) => takes.includes(name) && ticket === "required");
  const untold = (named?.match ?? []).map((pattern) => pattern.replaceAll(/\*+/g, "untold"));
  return [
    (other === undefined ? undefined : branchOf(flow, other, 2)) ?? "stray/1",
    ...untold.filter((name) => !name.includes("{") && branchClassOf(flow, name) === undefined).slice(0, 1),
  ];
}

/** Somebody holds what everybody approved, and lets it go. */
function heldByWordSlice(stage: Stage, end: End): Slice {
  return sliceOf({
    name: `${end.environment}: held by word`,
    stage,
    playing: reviewed(opened(stage, end), stage.cast.members),
    offers: [moves.approve, moves.merge, moves.gates, moves.say("hold", "release-hold", "plan")],
    most: { word: 3 },
  });
}

/** What came in by a pull request is started by hand, and somebody holds it there. */
function heldStartSlices(stage: Stage, way: Way): readonly Slice[] {
  const [players] = playersFor(stage, stage.cast.stranger);
  const isByHand = way.row.on === "dispatch" || way.row.on === "release";
  if (!isByHand || way.chain.length < 2 || players === undefined) return [];
  const begun = openGates(walk(stage, way, players, "merged"), players);
  return [
    sliceOf({
      name: `${way.environment.name}: held by word`,
      stage,
      playing: releasedFor(begun, way, players),
      offers: [moves.gates, moves.say("hold", "release-hold"), ...startOffers(stage, way)],
      most: { word: 2, dispatch: 2 },
      applies: false,
    }),
  ];
}

/** The plan deletes what the stack has, and everybody approved it without a word about that. */
function deletionsSlice(stage: Stage, end: End): Slice {
  const more = pathsOf(stage, stage.bases[0] ?? "", "more.tf");
  return sliceOf({
    name: `${end.environment}: what a plan deletes`,
    stage,
    playing: reviewed(opened(stage, end, { text: steps.emptiedRoot }), stage.cast.members),
    offers: [
      moves.merge,
      moves.approve,
      moves.gates,
      moves.say("acknowledge", "plan"),
      moves.pushOn(end.head, more),
      moves.editText,
    ],
    most: { word: 2 },
  });
}

/** The code of a stack goes, with everybody's approval, and what stands of it does not. */
function goneSlice(stage: Stage, end: End): Slice {
  const { flow } = stage.setting;
  const by = stage.cast.stranger;
  const [base = ""] = stage.bases;
  const stacks = stage.setting.stacks.filter(({ name, environment }) => name === `${environment}/${base}`);
  const words = stacks.filter(({ environment }) => environment === end.environment).map(({ name }) => `forget ${name}`);
  const begun = playAll(startPlaying(stage.setting), [
    steps.push({ by, branch: end.head, from: end.from, paths: [], remove: stacks.map(({ root }) => root) }),
    steps.open(flow, { by, head: end.head, base: end.base, as: "pr-1" }),
  ]);
  return sliceOf({
    name: `${end.environment}: what goes`,
    stage,
    playing: reviewed(begun, stage.cast.members),
    offers: [
      moves.approve,
      moves.merge,
      moves.closeAndReopen,
      moves.gates,
      moves.say(...words, "plan"),
      moves.pushOn(end.head, pathsOf(stage, base)),
    ],
    applies: false,
  });
}

/** Everybody but the owner of what changes approved it. */
function ownedSlice(stage: Stage, end: End): Slice {
  const owner = stage.cast.members.at(-1) ?? stage.cast.stranger;
  const owned = ownedBy(stage, owner);
  const others = stage.cast.members.filter((login) => login !== owner);
  return sliceOf({
    name: `${end.environment}: what somebody owns`,
    stage: owned,
    playing: reviewed(opened(owned, end), others),
    offers: [
      moves.approve,
      moves.object,
      moves.merge,
      moves.forceMerge,
      moves.gates,
      moves.pushOn(end.head, [".github/CODEOWNERS"]),
      branchSettings(end.base),
    ],
  });
}
