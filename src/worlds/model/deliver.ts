import type { Decision } from "../../domain/decision.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import { decide } from "../../engine/index.ts";
import type { News } from "../happened.ts";
import { observe } from "./observe.ts";
import { perform } from "./perform.ts";
import type { Setting } from "./setting.ts";
import type { ModelWorld } from "./world.ts";

/** What one event led to: the world after its actions, and the events that wait to be delivered. */
export interface Delivered {
  readonly world: ModelWorld;
  readonly events: readonly Event[];
  readonly decision: Decision;
  readonly news: readonly News[];
}

/** Delivers one event: observe, decide, perform. What follows from it is left to the caller, who may let others act in between. */
export function deliver(setting: Setting, world: ModelWorld, event: Event): Delivered {
  const decision = (setting.decide ?? decide)(setting.flow, observe(setting, world, event), event);
  const events: Event[] = [];
  const news: News[] = [{ reasons: decision.reasons }];
  let next = world;
  for (const action of decision.actions) {
    const change = perform(setting, next, action);
    next = change.world;
    events.push(...change.events);
    news.push({ action }, ...change.outcomes.map((outcome) => ({ outcome })));
  }
  return { world: next, events, decision, news };
}

/** More than any change leads to: beyond it, decisions are going round in a circle. */
const mostEvents = 1_000;

/** Delivers an event and everything that follows from it, first come first served, until nothing is left. */
export function settle(
  setting: Setting,
  world: ModelWorld,
  event: Event,
): { readonly world: ModelWorld; readonly news: readonly News[] } {
  const queue: Event[] = [event];
  const news: News[] = [];
  let next = world;
  for (let index = 0; index < queue.length; index++) {
    if (index >= mostEvents) throw new InternalError(`delivering ${event.kind} does not come to an end`);
    const delivered = deliver(setting, next, queue[index] as Event);
    next = delivered.world;
    queue.push(...delivered.events);
    news.push(...delivered.news);
  }
  return { world: next, news };
}
