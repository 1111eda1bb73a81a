import type { Event } from "../domain/event.ts";
import type { StackName } from "../domain/names.ts";
import { deliver, type ModelWorld, type Setting, startWorld, takeStep } from "../worlds/model/index.ts";
import type { WorldStep } from "../worlds/step.ts";
import type { State } from "./canonical.ts";
import { afterMoment, afterStep, type Moment, nothingPast, type Past } from "./past.ts";

/** A story as it goes on: each step is played until nothing follows from it. */
export interface Playing {
  readonly setting: Setting;
  readonly world: ModelWorld;
  readonly past: Past;
  /** The steps that were let through. */
  readonly steps: readonly WorldStep[];
  readonly moments: readonly Moment[];
  /** Stacks to which something was applied, and from which everything was destroyed, one after the other. */
  readonly applied: readonly StackName[];
  readonly destroyed: readonly StackName[];
}

export function startPlaying(setting: Setting): Playing {
  const world = startWorld(setting);
  return { setting, world, past: nothingPast, steps: [], moments: [], applied: [], destroyed: [] };
}

/** A step that the forge refuses is left out, as if nobody had tried. */
export function play(so: Playing, step: WorldStep): Playing {
  const change = takeStep(so.setting, so.world, step);
  if (change.outcomes.some(({ kind }) => kind === "blocked")) return so;
  const queue: Event[] = [...change.events];
  const moments: Moment[] = [];
  const applied: StackName[] = [];
  const destroyed: StackName[] = [];
  let world = change.world;
  let past = afterStep(so.past, step, world, null);
  for (let index = 0; index < queue.length && index < mostEvents; index++) {
    const event = queue[index];
    if (event === undefined) break;
    const delivered = deliver(so.setting, world, event);
    const { decision } = delivered;
    moments.push({ setting: so.setting, past, before: world, event, decision, after: delivered.world });
    for (const news of delivered.news) {
      if (!("outcome" in news)) continue;
      if (news.outcome.kind === "applied") applied.push(news.outcome.stack);
      if (news.outcome.kind === "destroyed") destroyed.push(news.outcome.stack);
    }
    past = afterMoment(past, { setting: so.setting, event, before: world, decision });
    world = delivered.world;
    queue.push(...delivered.events);
  }
  return {
    setting: so.setting,
    world,
    past,
    steps: [...so.steps, step],
    moments: [...so.moments, ...moments],
    applied: [...so.applied, ...applied],
    destroyed: [...so.destroyed, ...destroyed],
  };
}

/** More events than any step leads to. */
const mostEvents = 100;

export function playAll(so: Playing, steps: readonly WorldStep[]): Playing {
  return steps.reduce(play, so);
}

export function stateOf({ world, past }: Playing): State {
  return { world, past, queue: [] };
}
