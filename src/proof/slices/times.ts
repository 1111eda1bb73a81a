import type { Environment, Flow } from "../../flow/flow.ts";
import { playersFor, walk } from "../good-story.ts";
import * as moves from "../moves.ts";
import { type Playing, play } from "../play.ts";
import { type Decide, stageOf } from "../scene.ts";
import { aMoment, firstAt, isShut, shutTimes } from "../times.ts";
import { anHour, chosenWays, type Slice, sliceOf } from "./slice.ts";
import { beginningOf, startOffers } from "./ways.ts";

const aMinute = 60_000;

/** What is wanted of an environment while its windows are shut, and while it is frozen. */
export function timeSlices(flow: Flow, environment: Environment, decide: Decide | undefined): readonly Slice[] {
  return shutTimes(environment, stageOf(flow, { stacks: 1 }).setting.at).flatMap(({ when, at }) => {
    const stage = stageOf(flow, { stacks: 1, decide, at });
    const way = chosenWays(flow, environment).at(-1);
    const [players] = playersFor(stage, stage.cast.stranger);
    if (way === undefined || players === undefined) return [];
    const begun = shutAgain(walk(stage, way, players, beginningOf(way)), environment);
    const { label } = environment.emergency ?? {};
    const offers = [
      moves.approve,
      moves.merge,
      moves.gates,
      moves.wait(...waits(begun, environment)),
      ...(label === undefined ? [] : [moves.label(label), moves.label(`not ${label}`)]),
      ...startOffers(stage, way),
    ];
    const name = `${environment.name}: begun ${when}`;
    return [sliceOf({ name, stage, playing: begun, offers, most: { wait: 2, label: 1 } })];
  });
}

/** On the way other environments may have had to be waited for. */
function shutAgain(so: Playing, environment: Environment): Playing {
  const { now } = so.world;
  if (isShut(environment, now)) return so;
  const shut = firstAt([environment], now, (at) => isShut(environment, at));
  return shut === undefined ? so : play(so, { kind: "wait", duration: inMinutes(shut - now) + aMoment });
}

/** Until it opens, from then until it is shut again, and for some hours. */
function waits({ world }: Playing, environment: Environment): readonly number[] {
  const opens = firstAt([environment], world.now, (at) => !isShut(environment, at));
  if (opens === undefined) return [anHour];
  const shuts = firstAt([environment], opens, (at) => isShut(environment, at));
  return [inMinutes(opens - world.now) + aMoment, ...(shuts === undefined ? [] : [shuts - opens]), anHour];
}

function inMinutes(duration: number): number {
  return Math.ceil(duration / aMinute) * aMinute;
}
