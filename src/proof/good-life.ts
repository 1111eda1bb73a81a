import type { Login } from "../domain/names.ts";
import type { BranchClass, Environment, Flow, Transition } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { branchClassOf } from "../flow/match.ts";
import { branchOf, chainsTo, originOf } from "./branch-names.ts";
import { openGates, type Players, playersFor, reached, type Way, walk, waysTo } from "./good-story.ts";
import type { Moment } from "./past.ts";
import { type Playing, play, startPlaying } from "./play.ts";
import { pathsOf, type Stage } from "./scene.ts";
import * as steps from "./steps.ts";
import { shutTimes } from "./times.ts";

/** A good story that was tried for one author: everybody does what is asked of them. */
export interface GoodStory {
  /** As people call it: `a change by ann to prod, on merge from feature, main`. */
  readonly name: string;
  readonly environment: Environment;
  readonly row: Transition;
  readonly completes: boolean;
  readonly playing: Playing;
}

/** Every good story of a flow, once with somebody of each role as its author, and begun while the environment is shut too. */
export function goodStories(stage: Stage): readonly GoodStory[] {
  const { flow, at } = stage.setting;
  const authors = stage.cast.roles.flatMap((role) => role.slice(0, 1));
  return flow.environments.flatMap((environment) => {
    const ways = waysTo(flow, environment);
    return authors.flatMap((author) => [
      ...ways.map((way) => deliveredBy(stage, way, { author })),
      ...(flow.require.deletions === "free" ? [] : ways).map((way) =>
        deliveredBy(stage, way, { author, deletes: true }),
      ),
      ...shutTimes(environment, at).flatMap((shut) =>
        ways.map((way) => {
          const story = deliveredBy({ ...stage, setting: { ...stage.setting, at: shut.at } }, way, { author });
          return { ...story, name: `${story.name}, begun ${shut.when}` };
        }),
      ),
      ...tearDowns(flow, environment).map((row) => tornDownBy(stage, environment, row, author)),
    ]);
  });
}

function deliveredBy(stage: Stage, way: Way, about: Pick<Players, "author" | "deletes">): GoodStory {
  const { environment, row, chain } = way;
  const { author, deletes } = about;
  const told = attempts(
    stage,
    author,
    (players) => walk(stage, way, { ...players, ...about }),
    (so) => reached(so, way) !== undefined,
  );
  const change = deletes === true ? "a change that deletes" : "a change";
  const by = row.job === null ? `on ${row.on}` : `by ${row.job}`;
  const name = `${change} by ${author} to ${environment.name}, ${by}, from ${chain.map((of) => of.name).join(" over ")}`;
  return { name, environment, row, ...told };
}

/** The first attempt that comes to a good end, by whoever starts what is started by hand; else the first of all. */
function attempts(
  stage: Stage,
  author: Login,
  tell: (players: Players) => Playing,
  isGood: (so: Playing) => boolean,
): Pick<GoodStory, "completes" | "playing"> {
  let first: Playing | undefined;
  for (const players of playersFor(stage, author)) {
    const playing = tell(players);
    if (isGood(playing)) return { completes: true, playing };
    first ??= playing;
  }
  return { completes: false, playing: first ?? startPlaying(stage.setting) };
}

function tearDowns(flow: Flow, environment: Environment): readonly Transition[] {
  return flow.when.filter(
    (row) => row.on === "dispatch" && row.environment === environment.name && row.do.includes("destroy"),
  );
}

/** What stands there from the start is torn down from a branch that the environment takes. */
function tornDownBy(stage: Stage, environment: Environment, row: Transition, author: Login): GoodStory {
  const { flow } = stage.setting;
  const of = flow.branches.find(({ name }) => environment.appliesFrom.includes(name));
  const tell = (players: Players): Playing => {
    const branch = of === undefined ? undefined : branchOf(flow, of);
    if (of === undefined || branch === undefined || row.job === null) return startPlaying(stage.setting);
    const [base = ""] = stage.bases;
    const cut = of.protected
      ? startPlaying(stage.setting)
      : play(
          startPlaying(stage.setting),
          steps.push({ by: author, branch, from: originOf(flow, of), paths: pathsOf(stage, base) }),
        );
    return openGates(play(cut, steps.dispatch(players.starter, row.job, branch)), players);
  };
  const isGone = (so: Playing) => so.destroyed.some((stack) => placeOf(flow, stack)?.environment === environment);
  const told = attempts(stage, author, tell, isGone);
  return {
    name: `everything of ${environment.name} destroyed by ${row.job}, started by ${author}`,
    environment,
    row,
    ...told,
  };
}

/** Stories that make every row have its trigger, besides the good ones: pull requests, schedules, releases. */
export function storiesOfRows(stage: Stage): readonly Playing[] {
  const { flow } = stage.setting;
  const [players] = playersFor(stage, stage.cast.stranger);
  return players === undefined ? [] : flow.when.flatMap((row) => storiesOf(row, stage, players));
}

function storiesOf(row: Transition, stage: Stage, players: Players): readonly Playing[] {
  const { flow } = stage.setting;
  const environment = flow.environments.find(({ name }) => name === row.environment);
  switch (row.on) {
    case "pull_request":
    case "merge":
      return flow.branches
        .filter(({ name, protected: guarded }) => (row.into === null ? guarded : name === row.into))
        .flatMap((into) => chainsTo(flow, into).slice(0, 1))
        .flatMap((chain) => {
          const [way] = environment === undefined ? flow.environments : [environment];
          return way === undefined ? [] : [walk(stage, { environment: way, row, chain, ref: null }, players, "merged")];
        });
    case "push":
      return flow.branches
        .filter(({ name, protected: guarded }) => (row.to === null ? !guarded : name === row.to))
        .flatMap((to) => pushedTo(stage, to, players));
    case "schedule":
      return row.cron === null ? [] : [driftedBefore(stage, row.environment, row.cron, players)];
    case "dispatch":
      return environment === undefined ? [] : [startedAgain(stage, environment, row, players)];
    case "release":
      return [];
  }
}

function pushedTo(stage: Stage, to: BranchClass, { author }: Players): readonly Playing[] {
  const { flow } = stage.setting;
  const branch = branchOf(flow, to);
  if (branch === undefined) return [];
  const from = branchClassOf(flow, branch)?.protected === true ? {} : { from: originOf(flow, to) };
  const paths = pathsOf(stage, stage.bases[0] ?? "");
  return [play(startPlaying(stage.setting), steps.push({ by: author, branch, ...from, paths }))];
}

function driftedBefore(stage: Stage, environment: string | null, cron: string, players: Players): Playing {
  const drifted = stage.setting.stacks.filter((stack) => stack.environment === environment).slice(0, 1);
  const begun = drifted.reduce(
    (so, { name }) => play(so, { kind: "outside", stack: name, change: "drift" }),
    startPlaying(stage.setting),
  );
  return openGates(play(begun, { kind: "schedule", cron }), players);
}

/** What a push applies by itself is started by hand where that apply broke off. */
function startedAgain(stage: Stage, environment: Environment, row: Transition, { author, starter }: Players): Playing {
  const { flow } = stage.setting;
  const of = flow.branches.find(({ name, protected: guarded }) => !guarded && environment.appliesFrom.includes(name));
  const branch = of === undefined ? undefined : branchOf(flow, of);
  const begun = startPlaying(stage.setting);
  if (of === undefined || branch === undefined || row.job === null) return begun;
  const stacks = stage.setting.stacks.filter((stack) => stack.environment === environment.name).slice(0, 1);
  const crashed = stacks.reduce((so, { name }) => play(so, { kind: "crash", stack: name, during: "apply" }), begun);
  const paths = pathsOf(stage, stage.bases[0] ?? "");
  const pushed = play(crashed, steps.push({ by: author, branch, from: originOf(flow, of), paths }));
  return play(pushed, steps.dispatch(starter, row.job, branch));
}

/** Whether a decision did what a row says, for its own trigger. */
export function fires({ event, decision }: Moment, row: Transition, flow: Flow): boolean {
  if (!isTrigger(event, row, flow)) return false;
  const inPlace = (stack: string | null) =>
    row.environment === null || (stack !== null && placeOf(flow, stack as never)?.environment.name === row.environment);
  return decision.actions.some((action) => {
    switch (action.kind) {
      case "release":
        return row.do.includes("release");
      case "check":
        return row.do.every((step) => step === "check");
      case "plan":
      case "start":
      case "drift":
      case "wait":
        return inPlace(action.stack);
      default:
        return false;
    }
  });
}

function isTrigger(event: Moment["event"], row: Transition, flow: Flow): boolean {
  const isOf = (branch: string, name: string | null) => name === null || branchClassOf(flow, branch)?.name === name;
  switch (event.kind) {
    case "pull-request":
      return row.on === "pull_request";
    case "merge":
      return row.on === "merge" && isOf(event.branch, row.into);
    case "push":
      return row.on === "push" && isOf(event.branch, row.to);
    case "dispatch":
      return row.on === "dispatch" && event.job === row.job;
    case "release":
      return row.on === "release";
    case "schedule":
      return row.on === "schedule" && event.cron === row.cron;
    default:
      return false;
  }
}
