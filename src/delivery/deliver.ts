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
import { type ActionWatcher, mayBegin, performAll, todoOf } from "./perform-all.ts";
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

/** Told what is decided, and of each action. */
export interface Watcher extends ActionWatcher {
  readonly decided?: (delivered: Delivered) => void;
  /** Nothing is applied here: whoever does looks at everything again, so runs that are ready are judged by one look at the forge. */
  readonly appliesNothing?: boolean;
}

/** Delivers one event: observe, decide, record, perform. The decision is on the record before anything is done about it. */
export async function deliverOne(delivery: Delivery, event: Event, watcher: Watcher = {}): Promise<DeliveredOne> {
  return deliverLooking(delivery, { event, looking: lookOnce(delivery) }, watcher);
}

async function deliverLooking(delivery: Delivery, { event, looking }: Looked, watcher: Watcher): Promise<DeliveredOne> {
  if (event.kind !== "apply-ready") return follow(delivery, { event, looking }, watcher);
  try {
    return await follow(delivery, { event, looking }, watcher);
  } catch (error) {
    // When even that fails, the run is found lost later; what failed first is what people have to know.
    await letGo(delivery, event.run, error).catch(() => undefined);
    throw error;
  }
}

/** An event, and what is asked for it: a delivery that asks everything once. */
interface Looked {
  readonly event: Event;
  readonly looking: Delivery;
}

async function follow(delivery: Delivery, { event, looking }: Looked, watcher: Watcher): Promise<DeliveredOne> {
  const decision = await decideOn(delivery, { event, looking }, watcher);
  // What an action asks of the forge was asked for its decision.
  const doing = { ...delivery, forge: looking.forge };
  return { event, decision, events: (await performAll(doing, todoOf(event, decision.actions), watcher)).flat() };
}

async function decideOn(delivery: Delivery, { event, looking }: Looked, watcher: Watcher): Promise<Decision> {
  const facts = await observe(looking, event);
  const decision = decide(delivery.flow, facts, event);
  await recordDecision(delivery, event, facts, decision);
  watcher.decided?.({ event, decision });
  return decision;
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
    const followed = (await performAll(delivery, todoOf(event, first), watcher)).flat();
    const isShown = comment?.kind === "comment" && mayBegin(comment, event, watcher);
    begun.push({ event, decision, events: followed, comment: isShown ? comment : null, rest });
  }
  const failures = await performComments(
    delivery,
    begun.flatMap(({ comment }) => comment ?? []),
  );
  const shown = begun.filter(({ comment }) => comment === null || !failures.has(comment));
  const rest = shown.flatMap((one) => todoOf(one.event, one.rest));
  const followed = await performAll(delivery, rest, watcher);
  const delivered = shown.map(({ event, decision, events: before }): DeliveredOne => {
    const after = followed.filter((_, index) => rest[index]?.event === event);
    return { event, decision, events: [...before, ...after.flat()] };
  });
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
    const round = await nextRound(delivery, queue, watcher);
    const done = isAllPlanned(round)
      ? await deliverPlanned(delivery, round, watcher)
      : await deliverByOneLook(delivery, round, watcher);
    queue.splice(0, round.length);
    for (const { event, decision, events } of done) {
      delivered.push({ event, decision });
      queue.push(...events);
    }
    if (delivered.length > mostEvents) throw new InternalError("delivering does not come to an end");
  }
  return delivered;
}

/** One event, or runs that are ready and of which nothing is applied here. */
async function deliverByOneLook(
  delivery: Delivery,
  round: readonly Event[],
  watcher: Watcher,
): Promise<readonly DeliveredOne[]> {
  const looking = lookOnce(delivery);
  const delivered: DeliveredOne[] = [];
  for (const event of round) delivered.push(await deliverLooking(delivery, { event, looking }, watcher));
  return delivered;
}

/** The events of the queue that are delivered by one look: the first, and of some kinds those of other stacks right behind it. */
async function nextRound(
  { store }: Delivery,
  queue: readonly Event[],
  { appliesNothing = false }: Watcher,
): Promise<readonly Event[]> {
  const [first, ...others] = queue;
  const together = first?.kind === "run-planned" || (first?.kind === "apply-ready" && appliesNothing);
  if (first === undefined || !together) return queue.slice(0, 1);
  const round: Event[] = [first];
  const stacks = new Set<StackName | undefined>([(await store.run(first.run))?.stack]);
  for (const event of others) {
    if (event.kind !== first.kind) break;
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
