import type { Action, Decision } from "../domain/decision.ts";
import { InternalError } from "../domain/errors.ts";
import type { Event } from "../domain/event.ts";
import type { Holder, Run } from "../domain/run.ts";
import { decide } from "../engine/index.ts";
import type { Delivery } from "./delivery.ts";
import { observe } from "./observe/index.ts";
import { perform } from "./perform/index.ts";
import { currentRun, leaseEnd, moveRun, recordDecision } from "./record.ts";

/** One decision of a delivery, with the event it answers. */
export interface Delivered {
  readonly event: Event;
  readonly decision: Decision;
}

/** More than any change leads to: beyond it, decisions are going round in a circle. */
const mostEvents = 10_000;

/** What one event led to: its decision, and the events that wait to be delivered. */
export interface DeliveredOne extends Delivered {
  readonly events: readonly Event[];
}

/** Called with each action before it is performed, and again with what follows from it. */
export interface Watcher {
  readonly decided?: (delivered: Delivered) => void;
  readonly performing?: (action: Action) => void;
  /**
   * Whether this process has the rights for an action. What it lacks them for is left, and told to `left`: the decision is
   * on the record, and whoever takes the event up with those rights decides anew.
   */
  readonly mayPerform?: (action: Action) => boolean;
  readonly left?: (action: Action, event: Event) => void;
  /** Turns a failure of an action into what follows from it, or throws it on. */
  readonly failed?: (error: unknown, action: Action) => Promise<readonly Event[]>;
}

/** Delivers one event: observe, decide, record, perform. The decision is on the record before anything is done about it. */
export async function deliverOne(delivery: Delivery, event: Event, watcher: Watcher = {}): Promise<DeliveredOne> {
  if (event.kind !== "apply-ready") return follow(delivery, event, watcher);
  try {
    return await follow(delivery, event, watcher);
  } catch (error) {
    // When even that fails, the run is found lost later; what failed first is what people have to know.
    await letGo(delivery, event.run, error).catch(() => undefined);
    throw error;
  }
}

async function follow(delivery: Delivery, event: Event, watcher: Watcher): Promise<DeliveredOne> {
  const facts = await observe(delivery, event);
  const decision = decide(delivery.flow, facts, event);
  await recordDecision(delivery, event, facts, decision);
  watcher.decided?.({ event, decision });
  const events: Event[] = [];
  for (const action of decision.actions) {
    if (watcher.mayPerform?.(action) === false) {
      watcher.left?.(action, event);
      continue;
    }
    watcher.performing?.(action);
    events.push(...(await performWatched(delivery, action, watcher)));
  }
  return { event, decision, events };
}

/** A run that took its stack and could not begin gives it back: nothing was started, and it may be asked for again. */
async function letGo(delivery: Delivery, id: Run["id"], error: unknown): Promise<void> {
  const run = await currentRun(delivery, id);
  if (run.state !== "approved" || !isSameHolder(run.holder, delivery.holder)) return;
  const lease = await leaseEnd(delivery, run);
  await moveRun(delivery, id, "waiting", {
    code: "fact-unknown",
    why: `nothing was started: ${error instanceof Error ? error.message : String(error)}`,
    due: run.due?.kind === "local" ? null : run.due,
    with: { ...lease.change, ledger: lease.ledger },
  });
}

function isSameHolder(left: Holder | null, right: Holder): boolean {
  return left?.host === right.host && left.pid === right.pid && left.startedAt === right.startedAt;
}

async function performWatched(delivery: Delivery, action: Action, { failed }: Watcher): Promise<readonly Event[]> {
  if (failed === undefined) return perform(delivery, action);
  return perform(delivery, action).catch((error: unknown) => failed(error, action));
}

/** Delivers an event and everything that follows from it, first come first served, until nothing is left. */
export async function deliver(delivery: Delivery, event: Event, watcher: Watcher = {}): Promise<readonly Delivered[]> {
  const queue: Event[] = [event];
  const delivered: Delivered[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (delivered.length > mostEvents) throw new InternalError(`delivering ${event.kind} does not come to an end`);
    const { decision, events } = await deliverOne(delivery, next, watcher);
    delivered.push({ event: next, decision });
    queue.push(...events);
  }
  return delivered;
}
