import type { Action, Decision } from "../domain/decision.ts";
import { InternalError } from "../domain/errors.ts";
import type { Event } from "../domain/event.ts";
import type { StackName } from "../domain/names.ts";
import type { Holder, Run } from "../domain/run.ts";
import { decide } from "../engine/index.ts";
import type { Delivery } from "./delivery.ts";
import { observe } from "./observe/index.ts";
import { lookOnce } from "./observe/look-once.ts";
import { performComments } from "./perform/comment.ts";
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
  const looking = lookOnce(delivery);
  const decision = await decideOn(delivery, { event, looking }, watcher);
  // What an action asks of the forge was asked for its decision.
  const doing = { ...delivery, forge: looking.forge };
  return { event, decision, events: await performAll(doing, event, decision.actions, watcher) };
}

async function decideOn(
  delivery: Delivery,
  { event, looking }: { readonly event: Event; readonly looking: Delivery },
  watcher: Watcher,
): Promise<Decision> {
  const facts = await observe(looking, event);
  const decision = decide(delivery.flow, facts, event);
  await recordDecision(delivery, event, facts, decision);
  watcher.decided?.({ event, decision });
  return decision;
}

async function performAll(
  delivery: Delivery,
  event: Event,
  actions: readonly Action[],
  watcher: Watcher,
): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (const action of actions) {
    if (!mayBegin(action, event, watcher)) continue;
    events.push(...(await performWatched(delivery, action, watcher)));
  }
  return events;
}

/** Tells whoever watches that an action begins, or that it is left. */
function mayBegin(action: Action, event: Event, watcher: Watcher): boolean {
  if (watcher.mayPerform?.(action) === false) {
    watcher.left?.(action, event);
    return false;
  }
  watcher.performing?.(action);
  return true;
}

/** News of a plan whose stack no other news of the same round is about. */
type Planned = Event & { readonly kind: "run-planned" };

/** A decision that is performed up to where its plan is shown, and what comes behind that. */
interface UpToShowing extends Delivered {
  readonly events: readonly Event[];
  readonly comment: (Action & { readonly kind: "comment" }) | null;
  readonly rest: readonly Action[];
}

/**
 * Delivers news of plans as if one after the other, each of a stack of its own, so that no decision hangs on another one
 * of them. The forge is asked once for all, and what they show goes out together. What follows a showing begins when the
 * plan really stands there: one that could not be shown stays as it is, the others go on, and then it is told.
 */
async function deliverPlanned(
  delivery: Delivery,
  events: readonly Planned[],
  watcher: Watcher,
): Promise<readonly DeliveredOne[]> {
  const looking = lookOnce(delivery);
  const begun: UpToShowing[] = [];
  for (const event of events) {
    const decision = await decideOn(delivery, { event, looking }, watcher);
    const { actions } = decision;
    const at = actions.findIndex(({ kind }) => kind === "comment");
    const [first, comment, rest] =
      at < 0 ? [actions, undefined, []] : [actions.slice(0, at), actions[at], actions.slice(at + 1)];
    const followed = await performAll(delivery, event, first, watcher);
    const isShown = comment?.kind === "comment" && mayBegin(comment, event, watcher);
    begun.push({ event, decision, events: followed, comment: isShown ? comment : null, rest });
  }
  const failures = await performComments(
    delivery,
    begun.flatMap(({ comment }) => comment ?? []),
  );
  const delivered: DeliveredOne[] = [];
  for (const { event, decision, events: followed, comment, rest } of begun) {
    if (comment !== null && failures.has(comment)) continue;
    const more = await performAll(delivery, event, rest, watcher);
    delivered.push({ event, decision, events: [...followed, ...more] });
  }
  for (const failure of failures.values()) throw failure;
  return delivered;
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

/**
 * Delivers events and everything that follows from them, first come first served, until nothing is left. News of plans that
 * come in a row are delivered together.
 */
export async function deliver(
  delivery: Delivery,
  first: Event | readonly Event[],
  watcher: Watcher = {},
): Promise<readonly Delivered[]> {
  const queue: Event[] = "kind" in first ? [first] : [...first];
  const delivered: Delivered[] = [];
  while (queue.length > 0) {
    const round = await nextRound(delivery, queue);
    const done = isAllPlanned(round)
      ? await deliverPlanned(delivery, round, watcher)
      : [await deliverOne(delivery, round[0], watcher)];
    queue.splice(0, round.length);
    for (const { event, decision, events } of done) {
      delivered.push({ event, decision });
      queue.push(...events);
    }
    if (delivered.length > mostEvents) throw new InternalError("delivering does not come to an end");
  }
  return delivered;
}

/** The events of the queue that are delivered at once: the first, and where that is news of a plan, those of other stacks behind it. */
async function nextRound({ store }: Delivery, queue: readonly Event[]): Promise<readonly [Event, ...Event[]]> {
  const [first, ...others] = queue;
  if (first === undefined) throw new InternalError("nothing is to be delivered");
  const round: [Event, ...Event[]] = [first];
  if (first.kind !== "run-planned") return round;
  const stacks = new Set<StackName | undefined>([(await store.run(first.run))?.stack]);
  for (const event of others) {
    if (event.kind !== "run-planned") break;
    const stack = (await store.run(event.run))?.stack;
    if (stacks.has(stack)) break;
    stacks.add(stack);
    round.push(event);
  }
  return round;
}

function isAllPlanned(round: readonly Event[]): round is readonly Planned[] {
  return round.every(({ kind }) => kind === "run-planned");
}
