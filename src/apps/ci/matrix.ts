import * as z from "zod";
import { type PlanOrder, parsePlanOrders } from "../../delivery/plan-order.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { parseRunId, parseStackName, type RunId, type StackName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { rowOf } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";

/** A run that goes on in an apply job. */
export interface ApplyOrder {
  readonly run: RunId;
  readonly stack: StackName;
}

interface Bundle<Order> {
  /** What GitHub shows behind its job's name: nothing for the first of a place, then `2`, `3`. */
  readonly label: string;
  readonly orders: readonly Order[];
}

/** For each place that has something to do, and for no other, what its jobs are to do. */
export type Matrix<Order> = Readonly<Record<string, readonly Bundle<Order>[]>>;

/** GitHub makes no more jobs in one run of a workflow, those that are skipped among them. */
const mostJobsOfRun = 500;
/** GitHub makes 256 of one matrix; more than this many at once, few runners there are for. */
const mostJobsOfKind = 200;
/** What is in any workflow besides those that plan and apply: guard, checks, what decides, presents and reports. */
const otherJobs = 20;
/** So many jobs are made before one gets a second stack: runners that start cost more than a plan. */
const enoughJobs = 20;
/** Linux passes 128 KiB on in one variable, and quotes grow on the way. */
const mostBundleBytes = 90_000;
/** GitHub takes 1 MiB of outputs from a job. */
const mostBytes = 900_000;

export interface Grouped<Order> {
  readonly matrix: Matrix<Order>;
  /** What no job is made for in this run; a later one finds it. */
  readonly over: readonly Order[];
}

/** So many jobs may plan in one run of a workflow, over all places, and so many apply: each place has one of either, be it skipped. */
export function mostJobsIn({ environments, gates }: Pick<Flow, "environments" | "gates">): number {
  const left = mostJobsOfRun - otherJobs - 2 * environments.length - gates.length;
  return Math.min(mostJobsOfKind, Math.floor(left / 2));
}

/**
 * Groups orders into the jobs of each place, no more than `most` over all places. What would be more than GitHub takes is
 * left over. No two commits are planned in one job: planning runs what a change brings, which could alter what is handed
 * over of another one.
 */
export function group<Order extends object>(
  orders: readonly Order[],
  { placeFor, most }: { readonly placeFor: (order: Order) => string; readonly most: number },
): Grouped<Order> {
  const over: Order[] = [];
  const taken: Order[] = [];
  let bytes = 0;
  for (const order of orders) {
    const size = JSON.stringify(order).length + 40;
    bytes += size;
    (bytes > mostBytes ? over : taken).push(order);
  }
  const matrix: Record<string, Bundle<Order>[]> = {};
  const places = [...Map.groupBy(taken, placeFor)].map(([place, list]) => ({
    place,
    list,
    wanted: Math.min(most, jobsWanted(list)),
  }));
  const all = places.reduce((sum, { wanted }) => sum + wanted, 0);
  for (const [at, { place, list, wanted }] of places.entries()) {
    const jobs = all <= most ? wanted : Math.max(1, Math.floor((wanted * (most - places.length)) / all));
    const { bundles, rest } = at < most ? bundlesOf(list, jobs) : { bundles: [], rest: list };
    if (bundles.length > 0)
      matrix[place] = bundles.map((part, index) => ({ label: index === 0 ? "" : String(index + 1), orders: part }));
    over.push(...rest);
  }
  return { matrix, over };
}

/** So many jobs a place would have, were it alone; each change at least one of its own. */
function jobsWanted(orders: readonly object[]): number {
  const enough = Math.max(enoughJobs, Math.ceil(orders.length / enoughJobs), new Set(orders.map(commitIn)).size);
  return Math.min(orders.length, enough);
}

interface Bundles<Order> {
  readonly bundles: readonly (readonly Order[])[];
  readonly rest: readonly Order[];
}

function bundlesOf<Order extends object>(orders: readonly Order[], jobs: number): Bundles<Order> {
  const changes = [...Map.groupBy(orders, commitIn).values()];
  const found = changes
    .slice(0, jobs)
    .map((own) => bundlesAmong(own, jobsFor(own.length, { jobs, all: orders.length, changes: changes.length })));
  return {
    bundles: found.flatMap(({ bundles }) => bundles),
    rest: [...found.flatMap(({ rest }) => rest), ...changes.slice(jobs).flat()],
  };
}

/** Of which commit a plan is; an apply is of a run, whose plan people approved. */
function commitIn(order: object): unknown {
  return "commit" in order ? order.commit : undefined;
}

/** One for each change, and its share of what is left beside that. */
function jobsFor(
  own: number,
  about: { readonly jobs: number; readonly all: number; readonly changes: number },
): number {
  const spare = Math.max(0, about.jobs - about.changes);
  return Math.min(own, 1 + Math.floor((spare * own) / about.all));
}

function bundlesAmong<Order>(orders: readonly Order[], jobs: number): Bundles<Order> {
  const bundles = Array.from({ length: jobs }, () => ({ orders: [] as Order[], bytes: 0 }));
  const rest: Order[] = [];
  for (const [index, order] of orders.entries()) {
    const bundle = bundles[index % jobs];
    const size = JSON.stringify(order).length + 1;
    if (bundle === undefined || bundle.bytes + size > mostBundleBytes) rest.push(order);
    else {
      bundle.orders.push(order);
      bundle.bytes += size;
    }
  }
  return { bundles: bundles.map((bundle) => bundle.orders), rest };
}

/** Where the run is applied: its environment, and the gate of its row behind that where it has one. */
export function placeKeyOf(flow: Flow, run: Pick<Run, "stack" | "due" | "mode">): string | undefined {
  const environment = placeOf(flow, run.stack)?.environment;
  if (environment === undefined) return undefined;
  const gate = run.due === null ? null : (rowOf(flow, { environment, due: run.due, mode: run.mode })?.gate ?? null);
  return gate === null ? environment.name : `${environment.name}/${gate}`;
}

/** The environment of the flow that is applied to where GitHub's environment of that name holds the identity. */
export function environmentHeldBy(flow: Flow, held: string): string | undefined {
  if (flow.environments.some(({ name }) => name === held)) return held;
  return flow.when.find(({ gate, environment }) => gate === held && environment !== null)?.environment ?? undefined;
}

const applyOrders = z
  .array(
    z.object({
      run: z.string().transform((text, context): RunId => parseRunId(text) ?? wrong(context, "run")),
      stack: z.string().transform((text, context): StackName => parseStackName(text) ?? wrong(context, "stack")),
    }),
  )
  .min(1)
  .max(5_000);

function wrong(context: z.RefinementCtx<string>, what: string): never {
  context.issues.push({ code: "custom", message: `it is no ${what}`, input: context.value });
  return z.NEVER;
}

/** What a plan job is to plan: stacks of its own environment and of no other, whose identity it holds. */
export function planOrdersIn(text: string, flow: Flow, environment: string): readonly PlanOrder[] {
  const orders = parsePlanOrders(text);
  if (orders === undefined || orders.length === 0 || orders.length > 5_000) throw noOrders();
  for (const { stack } of orders) mustBeOf(flow, stack, environment);
  return orders;
}

/** What an apply job is to apply, likewise. */
export function applyOrdersIn(text: string, flow: Flow, environment: string): readonly ApplyOrder[] {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    throw noOrders();
  }
  const parsed = applyOrders.safeParse(written);
  if (!parsed.success) throw noOrders();
  for (const { stack } of parsed.data) mustBeOf(flow, stack, environment);
  return parsed.data;
}

function mustBeOf(flow: Flow, stack: StackName, environment: string): void {
  if (placeOf(flow, stack)?.environment.name === environment) return;
  throw new DeliveryError({
    code: "orders-refused",
    message: `reading PLANGATE_ORDERS: ${stack} is no stack of ${environment}, whose identity this job has`,
    reaction: "stop",
    hint: "Look at who changed the workflow: plangate's own jobs are handed the stacks of their environment alone.",
  });
}

function noOrders(): DeliveryError {
  return new DeliveryError({
    code: "orders-refused",
    message: "reading PLANGATE_ORDERS: it is no list of orders as plangate writes it",
    reaction: "stop",
    hint: "Compile the workflows again with `plangate compile`, and look at what stands at the step.",
  });
}
