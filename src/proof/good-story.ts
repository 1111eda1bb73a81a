import type { Login, StackName } from "../domain/names.ts";
import type { BranchClass, Environment, Flow, Transition } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { branchClassOf } from "../flow/match.ts";
import type { ModelWorld } from "../worlds/model/index.ts";
import { branchOf, chainsTo, longLived, originOf } from "./branch-names.ts";
import { type Playing, play, playAll, startPlaying } from "./play.ts";
import { pathsOf, type Stage } from "./scene.ts";
import * as steps from "./steps.ts";
import { longestWait } from "./times.ts";

/** A way by which a change gets to an environment: the pull requests that it goes through, and what starts its apply. */
export interface Way {
  readonly environment: Environment;
  readonly row: Transition;
  /** From the branch that somebody cuts to the one that is delivered; one branch alone where no pull request is needed. */
  readonly chain: readonly BranchClass[];
  /** What a dispatch delivers: a branch of this class, or a release. */
  readonly ref: string | null;
}

/** Every way that the flow has to an environment. */
export function waysTo(flow: Flow, environment: Environment): readonly Way[] {
  const rows = flow.when.filter((row) => row.environment === environment.name && row.do.includes("apply"));
  return rows.flatMap((row): readonly Way[] => {
    const find = (name: string | null) => flow.branches.filter((branch) => name === null || branch.name === name);
    switch (row.on) {
      case "merge":
        return find(row.into).flatMap((into) =>
          chainsTo(flow, into).map((chain) => ({ environment, row, chain, ref: null })),
        );
      case "pull_request":
        return find(row.into).flatMap((into) =>
          chainsTo(flow, into).map((chain) => ({ environment, row, chain, ref: null })),
        );
      case "push":
        return find(row.to).map((to) => ({ environment, row, chain: [to], ref: null }));
      case "dispatch":
      case "release":
        return environment.appliesFrom
          .filter((name) => row.ref === null || row.ref === name)
          .flatMap((name): readonly Way[] => {
            const release = flow.releases.find(({ id }) => id === name);
            const [of] = find(release?.from ?? name);
            if (of === undefined) return [];
            const chains = of.protected ? chainsTo(flow, of) : [[of]];
            return chains.map((chain) => ({ environment, row, chain, ref: name }));
          });
      default:
        return [];
    }
  });
}

/** Who plays a good story: who writes it, and everybody else who helps in turn. */
export interface Players {
  readonly author: Login;
  /** The author last, if at all. */
  readonly members: readonly Login[];
  /** Who starts what is started by hand. */
  readonly starter: Login;
  /** What happened before; nothing without it. */
  readonly begun?: Playing;
  /** The change takes out of the stack what it has, and somebody who may says that this is meant. */
  readonly deletes?: boolean;
}

/** The author may start things, which leaves the others free to approve; where that is of no use, somebody else starts them. */
export function playersFor({ cast }: Stage, author: Login): readonly Players[] {
  const own = cast.members.filter((login) => login === author);
  const members = [...cast.members.filter((login) => login !== author), ...own];
  return [...new Set([...own, ...members])].map((starter) => ({ author, members, starter }));
}

/** How far a way is walked. */
export type UpTo =
  /** The last pull request is open, or the branch pushed, and nobody has said anything about it. */
  | "opened"
  /** Merged, reviewed by everybody who could. */
  | "merged"
  | "end";

/** Walks a way with everybody doing what is asked of them. What the forge refuses is left out. */
export function walk(stage: Stage, way: Way, players: Players, upTo: UpTo = "end"): Playing {
  const { flow } = stage.setting;
  let so = players.begun ?? startPlaying(stage.setting);
  const [work, ...further] = way.chain;
  if (work === undefined) return so;
  const branch = branchOf(flow, work);
  if (branch === undefined) return so;
  const isNew = so.world.branches[branch] === undefined;
  const paths = stage.bases.slice(0, 1).flatMap((base) => pathsOf(stage, base));
  const text = players.deletes === true ? { text: steps.emptiedRoot } : {};
  const from = isNew ? { from: originOf(flow, work) } : {};
  so = play(so, steps.push({ by: players.author, branch, ...from, paths, ...text }));
  so = waitForTime(openGates(so, players));
  let [head, last] = [branch, null as string | null];
  for (const [index, into] of further.entries()) {
    const base = branchOf(flow, into);
    if (base === undefined) return so;
    const pr = `pr-${index + 1}`;
    // Who opens a promotion has a part in it: opened by its author, it leaves everybody else free to approve.
    so = play(so, steps.open(flow, { by: players.author, head, base, as: pr }));
    const isLast = index === further.length - 1;
    if (isLast && upTo === "opened") return so;
    so = playAll(so, [...reviewsBy(stage, players, pr), ...meantBy(players, pr)]);
    so = playAll(
      so,
      players.members.slice(0, 1).map((login) => steps.merge(login, pr)),
    );
    // What is planned after the merge is shown only then.
    so = playAll(so, meantBy(players, pr));
    if (!isLast || upTo === "end") so = openGates(so, players);
    so = waitForTime(so);
    [head, last] = [base, pr];
  }
  if (upTo !== "end") return so;
  const done = seeThrough(startByHand(so, way, players, head), players);
  const inTime = isTooOld(done, way) ? seeThrough(askAgain(done, way, players, last), players) : done;
  return reached(inTime, way) === undefined ? seeThrough(broughtBack(inTime, stage, players), players) : inTime;
}

/** Everybody lets in what plangate opened to bring a change back: what comes first may wait for it. */
function broughtBack(so: Playing, stage: Stage, players: Players): Playing {
  const { people } = so.setting;
  const ways = so.world.pullRequests.filter(({ state, opener }) => state === "open" && !people.has(opener));
  const [merger = players.starter] = players.members;
  return playAll(
    so,
    ways.flatMap(({ name }) => [
      ...reviewsBy(stage, players, name),
      ...meantBy(players, name),
      steps.merge(merger, name),
    ]),
  );
}

/** Everybody says yes, and waits for the time at which that may be applied. */
function seeThrough(so: Playing, players: Players): Playing {
  return waitForTime(openGates(waitForTime(so), players));
}

/** What waited for longer than plans live. */
function isTooOld({ setting, world }: Playing, { environment }: Way): boolean {
  const isHere = ({ stack }: ModelWorld["runs"][number]) => placeOf(setting.flow, stack)?.environment === environment;
  return world.runs.findLast(isHere)?.code === "plan-expired";
}

/** What was started by hand is started again; of what was merged a new plan is asked for. */
function askAgain(so: Playing, way: Way, players: Players, pr: string | null): Playing {
  const [asker = players.starter] = players.members;
  const started = so.steps.findLast(({ kind }) => kind === "dispatch");
  if (way.row.on === "dispatch" && started !== undefined) return play(so, started);
  return pr === null ? so : play(so, steps.comment(asker, pr, "plan"));
}

function reviewsBy({ cast }: Stage, { members }: Players, pr: string) {
  const everybody = [
    ...members,
    ...[...cast.people.keys()].filter((login) => login !== cast.stranger && !members.includes(login)),
  ];
  return everybody.map((login) => steps.review(login, pr, "approve"));
}

function meantBy({ members, deletes }: Players, pr: string) {
  return deletes === true ? members.slice(0, 1).map((login) => steps.comment(login, pr, "acknowledge")) : [];
}

/** Everybody says yes at every gate where something waits, and on pull requests whose plan was shown only after the merge. */
export function openGates(so: Playing, { members }: Players): Playing {
  const { flow } = so.setting;
  const gates = [
    ...flow.gates.map(({ name }) => name),
    ...flow.environments.flatMap((one) => one.approvals?.name ?? []),
  ];
  let next = so;
  for (const name of gates) {
    for (const login of members) {
      if (waitsForPeople(next.world)) next = play(next, steps.gate(login, name));
    }
  }
  return next;
}

function waitsForPeople(world: ModelWorld): boolean {
  return world.runs.some((run) => run.state === "waiting" && run.code === "approval-missing");
}

const aMinute = 60_000;

/** Until everything may be changed that waits for it. */
function waitForTime(so: Playing): Playing {
  const waits = (world: ModelWorld) =>
    world.runs.some((run) => run.state === "waiting" && (run.code === "outside-window" || run.code === "frozen"));
  let next = so;
  for (let count = 0; count < mostWaits && waits(next.world); count++) {
    const until = next.moments
      .flatMap(({ decision }) => decision.actions)
      .findLast((action) => action.kind === "wait" && action.until !== null);
    const duration =
      until?.kind === "wait" && until.until !== null
        ? Math.max(1, Math.ceil((until.until - next.world.now) / aMinute)) * aMinute
        : 12 * 60 * aMinute;
    if (duration > longestWait) return next;
    next = play(next, { kind: "wait", duration });
  }
  return next;
}

const mostWaits = 20;

/** The release that a way delivers, made by whoever starts things; nothing where it delivers none. */
export function releasedFor(so: Playing, { ref }: Pick<Way, "ref">, { starter: by }: Players): Playing {
  const { flow } = so.setting;
  const release = flow.releases.find(({ id }) => id === ref);
  const from = flow.branches.find(({ name }) => name === release?.from);
  const onto = from === undefined ? undefined : branchOf(flow, from);
  if (release === undefined || onto === undefined) return so;
  const job = flow.when.find((one) => one.on === "dispatch" && one.do.includes("release") && one.job !== null)?.job;
  const next = job == null ? so : play(so, steps.dispatch(by, job, onto));
  const tag = release.tag.replace("{version}", "1.0.0");
  return next.world.releases.length > 0 ? next : play(next, { kind: "release", by, tag, ref: onto });
}

/** A dispatch, and before it the release that it delivers. */
function startByHand(so: Playing, way: Way, players: Players, head: string): Playing {
  const { row, ref } = way;
  if (row.on !== "dispatch" && row.on !== "release") return so;
  const release = so.setting.flow.releases.find(({ id }) => id === ref);
  const next = releasedFor(so, way, players);
  if (row.on === "release" || row.job === null) return next;
  const tag = next.world.releases.find(
    ({ tag: name }) => release !== undefined && name.startsWith(release.tag.split("{")[0] ?? ""),
  )?.tag;
  return play(next, steps.dispatch(players.starter, row.job, release === undefined ? head : (tag ?? head)));
}

/** The stack that a way's change is applied to, by any of its names there. */
export function reached(so: Playing, { environment }: Pick<Way, "environment">): StackName | undefined {
  return so.applied.find((stack) => placeOf(so.setting.flow, stack)?.environment === environment);
}

/** The long-lived branches, as a story may name them. */
export function trunksOf(flow: Flow): readonly string[] {
  return longLived(flow).map(({ branch }) => branch);
}

export function isProtected(flow: Flow, branch: string): boolean {
  return branchClassOf(flow, branch)?.protected === true;
}
