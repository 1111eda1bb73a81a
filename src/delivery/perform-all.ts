import type { Action } from "../domain/decision.ts";
import type { Event } from "../domain/event.ts";
import type { StackName } from "../domain/names.ts";
import type { Run } from "../domain/run.ts";
import type { Delivery } from "./delivery.ts";
import { inOrder } from "./in-order.ts";
import { perform } from "./perform/index.ts";
import { makeFor, type Planning, performPlanOf, runFor, speculativeOf } from "./perform/plan.ts";

/** Called with each action before it is performed, and again with what follows from it. */
export interface ActionWatcher {
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

/** An action, with the event that led to it. */
export interface Todo<Kind extends Action = Action> {
  readonly event: Event;
  readonly action: Kind;
}

export function todoOf(event: Event, actions: readonly Action[]): readonly Todo[] {
  return actions.map((action) => ({ event, action }));
}

/**
 * Performs actions one after the other and gives what follows from each. Starts of different stacks that come in a row are
 * made in one moment, since a store that is far away takes them at once then; plans of different stacks are made at once
 * where that may be, and recorded one after the other.
 */
export async function performAll(
  delivery: Delivery,
  todo: readonly Todo[],
  watcher: ActionWatcher,
): Promise<readonly (readonly Event[])[]> {
  const followed: (readonly Event[])[] = [];
  for (let at = 0; at < todo.length; ) {
    const rest = todo.slice(at);
    const plans = inARow(
      rest,
      (action): action is Planning => isPlanning(action) && watcher.mayPerform?.(action) !== false,
    );
    if (plans.length > 1 && (delivery.plansAtOnce ?? 1) > 1) {
      followed.push(...(await performPlans(delivery, plans, watcher)));
      at += plans.length;
      continue;
    }
    const round = atOnce(rest);
    at += round.length;
    const done = await Promise.allSettled(
      round.map(async ({ event, action }) =>
        mayBegin(action, event, watcher) ? watched(action, watcher, () => perform(delivery, action)) : [],
      ),
    );
    for (const one of done) {
      if (one.status === "rejected") throw one.reason;
      followed.push(one.value);
    }
  }
  return followed;
}

/** The first, and where that is a start, those of other stacks right behind it. */
function atOnce(todo: readonly Todo[]): readonly Todo[] {
  const starts = inARow(todo, (action) => action.kind === "start");
  return starts.length > 0 ? starts : todo.slice(0, 1);
}

/** What comes first, as long as it is of one kind and each of another stack. */
function inARow<Kind extends Action & { readonly stack: StackName }>(
  todo: readonly Todo[],
  isKind: (action: Action) => action is Kind,
): readonly Todo<Kind>[] {
  const found: Todo<Kind>[] = [];
  const stacks = new Set<StackName>();
  for (const { event, action } of todo) {
    if (!isKind(action) || stacks.has(action.stack)) break;
    stacks.add(action.stack);
    found.push({ event, action });
  }
  return found;
}

function isPlanning(action: Action): action is Planning {
  return action.kind === "plan" || action.kind === "drift";
}

/** Plans of different stacks: nothing of one is written before the one before it is recorded. */
async function performPlans(
  delivery: Delivery,
  todo: readonly Todo<Planning>[],
  watcher: ActionWatcher,
): Promise<readonly (readonly Event[])[]> {
  const runs = new Map(todo.map(({ action }) => [action, runFor(delivery, action)]));
  const runOf = (action: Planning) => runs.get(action) as Run;
  return inOrder(todo, delivery.plansAtOnce ?? 1, {
    begin: ({ action }) => makeFor(delivery, runOf(action), speculativeOf(action)),
    finish: ({ action }, begun) => {
      watcher.performing?.(action);
      return watched(action, watcher, () => performPlanOf(delivery, action, { run: runOf(action), begun }));
    },
  });
}

/** Tells whoever watches that an action begins, or that it is left. */
export function mayBegin(action: Action, event: Event, watcher: ActionWatcher): boolean {
  if (watcher.mayPerform?.(action) === false) {
    watcher.left?.(action, event);
    return false;
  }
  watcher.performing?.(action);
  return true;
}

async function watched(
  action: Action,
  { failed }: ActionWatcher,
  work: () => Promise<readonly Event[]>,
): Promise<readonly Event[]> {
  if (failed === undefined) return work();
  return work().catch((error: unknown) => failed(error, action));
}
