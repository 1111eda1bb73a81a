import { type Delivered, deliver, type Watcher } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import { inOrder } from "../../delivery/in-order.ts";
import type { Made } from "../../delivery/perform/make-plan.ts";
import { makeFor, planFor } from "../../delivery/perform/plan.ts";
import { plangate } from "../../delivery/perform/plangate.ts";
import { settleNone } from "../../delivery/perform/run.ts";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import { type IsThere, recover } from "../../delivery/recover.ts";
import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { RunId, StackName } from "../../domain/names.ts";
import type { StateVersion, StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import { PlanOrdered } from "./deciding-host.ts";

/** A run whose plan another job makes; it is taken up again where that plan is at hand. */
export interface OrderedRun {
  readonly run: RunId;
  readonly order: PlanOrder;
  readonly speculative: StoredPlan["speculative"];
}

/** What a job leaves for others, each of which decides anew before it does anything. */
export interface Left {
  readonly plans: readonly OrderedRun[];
  /** Runs that hold their stack and go on in an apply job. */
  readonly applies: readonly { readonly run: RunId; readonly stack: StackName }[];
  /** Events that led to something this job may not do: a job that may takes them up, and decides anew. */
  readonly events: readonly Event[];
  /** The states that were looked at here, for jobs that cannot look. */
  readonly states: readonly { readonly stack: StackName; readonly state: StateVersion }[];
}

export interface JobDelivered {
  readonly delivered: readonly Delivered[];
  readonly left: Left;
}

type Applying = Action & { readonly kind: "apply" | "destroy" | "verify" };

function isApplying(action: Action): action is Applying {
  return action.kind === "apply" || action.kind === "destroy" || action.kind === "verify";
}

/**
 * What an apply job does besides about a run of its own. Everything else is for a job that presents: also to end a run whose
 * place a new plan takes, since that job decides anew, and would find nothing left to plan for.
 */
const besideApplying: ReadonlySet<Action["kind"]> = new Set(["start", "wait", "refuse", "interrupt"]);

/** What a job may do: everything that takes no identity, or applying these runs in one environment. */
export type JobRights =
  | { readonly kind: "decide" }
  | { readonly kind: "apply"; readonly environment: string; readonly runs: readonly RunId[] };

/** A decision about other runs is left as a whole, since what follows from half of it would be lost. */
function mayPerform({ flow }: Delivery, rights: JobRights, action: Action): boolean {
  if (rights.kind === "decide") return !isApplying(action);
  if (!isApplying(action) && !besideApplying.has(action.kind)) return false;
  if (!("run" in action) || action.run === null || !rights.runs.includes(action.run)) return false;
  return action.stack !== null && placeOf(flow, action.stack)?.environment.name === rights.environment;
}

/** Delivers events as far as this kind of job may, and says what is left. */
export function openJob(host: Delivery, rights: JobRights, watching: Pick<Watcher, "decided" | "performing"> = {}) {
  const delivered: Delivered[] = [];
  const plans = new Map<RunId, OrderedRun>();
  const applies = new Map<RunId, StackName>();
  const events: Event[] = [];
  const states = new Map<StackName, StateVersion>();
  const stateVersion: Delivery["roles"]["stateVersion"] = async (order) => {
    const state = await host.roles.stateVersion(order);
    states.set(order.stack.name, state);
    return state;
  };
  const apply: Delivery["roles"]["apply"] = (order, plan, steps) => {
    // What it was before says nothing any more.
    states.delete(order.stack.name);
    return host.roles.apply(order, plan, steps);
  };
  const delivery: Delivery =
    rights.kind === "apply" ? { ...host, roles: { ...host.roles, stateVersion, apply } } : host;
  const watcher: Watcher = {
    ...watching,
    appliesNothing: rights.kind === "decide",
    mayPerform: (action) => mayPerform(delivery, rights, action),
    left: (action, event) => {
      if (rights.kind === "decide" && isApplying(action)) applies.set(action.run, action.stack);
      else if (!events.includes(event)) events.push(event);
    },
    failed: async (error, action) => {
      if (!(error instanceof PlanOrdered)) throw error;
      const speculative = action.kind === "plan" ? action.speculative : null;
      plans.set(error.run, { run: error.run, order: error.order, speculative });
      return [];
    },
  };
  const take = async (events: Event | readonly Event[]): Promise<void> => {
    delivered.push(...(await deliver(delivery, events, watcher)));
  };
  return {
    take,
    /** Leads on what jobs that are gone left behind. */
    recover: async (isThere: IsThere): Promise<void> => {
      delivered.push(...(await recover(delivery, isThere, watcher)));
    },
    /**
     * Goes on with runs whose plans were ordered, now that these should be at hand: they are read first, and then shown
     * together. Where one is not at hand, whoever was to make it is gone, and it is ordered again; at the last try the run
     * fails instead. What an attempt before this one read and could not show is looked at anew.
     */
    takeUp: async (
      ordered: readonly Pick<OrderedRun, "run" | "speculative">[],
      { lastTry }: { readonly lastTry: boolean },
    ): Promise<void> => {
      let news: Event[] = [];
      const again = new Set<number>();
      const stacks = new Set<StackName>();
      await inOrder(ordered, delivery.plansAtOnce ?? 1, {
        begin: (one) => makeOrdered(delivery, one),
        finish: async (one, begun) => {
          const run = await delivery.store.run(one.run);
          if (run === undefined) return;
          if (stacks.has(run.stack)) {
            // The plan that is made next takes the place of the one before only once that is there.
            await take(news);
            news = [];
            stacks.clear();
          }
          stacks.add(run.stack);
          news.push(...(await takenUp(delivery, one, { lastTry, begun })));
          const unseen = await neverShownOn(delivery, run);
          if (unseen !== null) again.add(unseen);
        },
      });
      await take(news);
      for (const pullRequest of again)
        await take({ kind: "pull-request", action: "synchronized", pullRequest, by: plangate });
    },
    /** Goes on with a run in a job that may apply it: with what people answered meanwhile, or where it stopped. */
    goOn: async (id: RunId): Promise<void> => {
      const run = await delivery.store.run(id);
      const environment = run === undefined ? undefined : placeOf(delivery.flow, run.stack)?.environment.name;
      if (run?.state === "waiting" && environment !== undefined)
        await take({ kind: "answer", by: plangate, pullRequest: null, environment });
      if (run?.state === "approved") await take({ kind: "apply-ready", run: id });
      if (run?.state === "applied" || run?.state === "verifying") await take({ kind: "run-lost", run: id });
    },
    /** Leaves a run to a job that decides anew, and begins nothing. */
    putOff: async (id: RunId): Promise<void> => {
      const run = await delivery.store.run(id);
      events.push(run?.state === "approved" ? { kind: "apply-ready", run: id } : { kind: "tick" });
    },
    done: (): JobDelivered => ({
      delivered,
      left: {
        plans: [...plans.values()],
        applies: [...applies].map(([run, stack]) => ({ run, stack })),
        events,
        states: [...states].map(([stack, state]) => ({ stack, state })),
      },
    }),
  };
}

/** The pull request that was to show the plan of a run and does not; null where there is none. */
async function neverShownOn({ store }: Delivery, { state, plan, source }: Run): Promise<number | null> {
  if (state !== "planned" || plan === null || source.kind !== "pull-request") return null;
  return (await store.plan(plan))?.shown.length === 0 ? source.pullRequest : null;
}

/** What is made of a plan that was ordered; null where the run no longer waits for it. */
async function makeOrdered(
  delivery: Delivery,
  { run: id, speculative }: Pick<OrderedRun, "run" | "speculative">,
): Promise<Made | null> {
  const run = await delivery.store.run(id);
  return run?.state === "planning" ? makeFor(delivery, run, speculative) : null;
}

/** What follows from a run whose plan was ordered. */
async function takenUp(
  delivery: Delivery,
  { run: id, speculative }: Pick<OrderedRun, "run" | "speculative">,
  { lastTry, begun }: { readonly lastTry: boolean; readonly begun: Promise<Made | null> },
): Promise<readonly Event[]> {
  const run = await delivery.store.run(id);
  if (run?.state === "approved") return [{ kind: "apply-ready", run: id }];
  if (run?.state !== "planning") return [];
  try {
    return await planFor(delivery, run, { speculative, begun });
  } catch (error) {
    if (!(error instanceof PlanOrdered)) throw error;
    if (!lastTry) return [{ kind: "run-lost", run: id }];
    const why = "the job that was to plan it left no plan; its log says why";
    return settleNone(delivery, run, { kind: "none", code: "plan-failed", why });
  }
}
