import type { Action, Decision } from "../domain/decision.ts";
import { InternalError } from "../domain/errors.ts";
import type { Event } from "../domain/event.ts";
import { decide } from "../engine/index.ts";
import type { Delivery } from "./delivery.ts";
import { observe } from "./observe/index.ts";
import { perform } from "./perform/index.ts";
import { recordDecision } from "./record.ts";

/** One decision of a delivery, with the event it answers. */
export interface Delivered {
  readonly event: Event;
  readonly decision: Decision;
}

/** More than any change leads to: beyond it, decisions are going round in a circle. */
const mostEvents = 10_000;

/**
 * Delivers an event and everything that follows from it: observe, decide, record, perform, until nothing is left. The
 * decision is on the record before anything is done about it.
 */
export async function deliver(
  delivery: Delivery,
  event: Event,
  done: (delivered: Delivered, action: Action | null) => void = () => undefined,
): Promise<readonly Delivered[]> {
  const queue: Event[] = [event];
  const delivered: Delivered[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (delivered.length > mostEvents) throw new InternalError(`delivering ${event.kind} does not come to an end`);
    const facts = await observe(delivery, next);
    const decision = decide(delivery.flow, facts, next);
    await recordDecision(delivery, next, facts, decision);
    const step: Delivered = { event: next, decision };
    delivered.push(step);
    done(step, null);
    for (const action of decision.actions) {
      queue.push(...(await perform(delivery, action)));
      done(step, action);
    }
  }
  return delivered;
}
