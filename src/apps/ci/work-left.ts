import * as z from "zod";
import type { Store } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Json, LedgerEntry } from "../../domain/ledger.ts";
import { type Instant, parseRunId, parseStackName, type RunId, type StackName } from "../../domain/names.ts";
import type { StateVersion, StoredPlan } from "../../domain/plan.ts";
import type { Holder, Run } from "../../domain/run.ts";
import type { Left } from "../../hosts/actions/index.ts";

/**
 * What a job could not do is told on the record, since jobs share nothing else that no change's code can write to: an
 * artifact of the same run can be replaced by any of its jobs, and an output is lost where a matrix has several.
 */
export interface WorkLeft {
  /** The workflow run and its attempt, and the job of it. */
  readonly run: number;
  readonly attempt: number;
  readonly job: string;
  /** Runs whose plans jobs of this very workflow run make. */
  readonly plans: readonly { readonly run: RunId; readonly speculative: StoredPlan["speculative"] }[];
  readonly applies: readonly { readonly run: RunId; readonly stack: StackName }[];
  readonly events: readonly LeftEvent[];
  /** Runs whose plans no job of this workflow run makes. */
  readonly later: WorkLeft["plans"];
  readonly states: readonly { readonly stack: StackName; readonly state: StateVersion }[];
}

/** More entries than anything that is still going wrote. */
const mostEntries = 4_000;

const runId = z.string().transform((text, context): RunId => {
  const found = parseRunId(text);
  if (found !== undefined) return found;
  context.issues.push({ code: "custom", message: "it is no run", input: text });
  return z.NEVER;
});
const stackName = z.string().transform((text, context): StackName => {
  const found = parseStackName(text);
  if (found !== undefined) return found;
  context.issues.push({ code: "custom", message: "it is no stack", input: text });
  return z.NEVER;
});

/** What jobs leave, and nothing else: plangate's own news about its own work. */
const leftEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("apply-ready"), run: runId }),
  z.object({ kind: z.literal("run-applied"), run: runId, outcome: z.enum(["applied", "failed", "refused"]) }),
  z.object({ kind: z.literal("run-verified"), run: runId, outcome: z.enum(["verified", "failed"]) }),
  z.object({ kind: z.literal("lease-ended"), stack: stackName }),
  /** What people answered is asked for anew, so nobody is named; who is gone is found out, and not told. */
  z.object({ kind: z.literal("tick") }),
]);

type LeftEvent = z.output<typeof leftEvent>;

const planned = z.array(
  z.object({ run: runId, speculative: z.enum(["dirty-checkout", "trusted-path", "fork", "local"]).nullable() }),
);

const workLeft = z.object({
  run: z.int().min(1),
  attempt: z.int().min(1),
  job: z.string().max(300),
  plans: planned,
  applies: z.array(z.object({ run: runId, stack: stackName })),
  events: z.array(leftEvent).max(10_000),
  later: planned.default([]),
  states: z.array(
    z.object({ stack: stackName, state: z.object({ lineage: z.string().nullable(), serial: z.int().min(0) }) }),
  ),
});

const workTaken = z.object({ left: z.int().min(1) });

/** An entry of work that was left, with its place in the ledger. */
export interface LeftEntry extends WorkLeft {
  readonly seq: number;
}

/** What a job leaves to the jobs behind it and what to other workflow runs, and who it is. */
export interface Leaving {
  readonly left: Left;
  /** Of the runs whose plans are ordered, those that no job of this workflow run plans. */
  readonly later: WorkLeft["later"];
  readonly by: Pick<WorkLeft, "run" | "attempt" | "job">;
}

/**
 * What a job leaves, in the form that others read: an entry for the jobs behind it, and one for whoever takes it up in
 * another workflow run. Anything else than news of its own work is left as a look at whatever waits.
 */
export function workLeftOf({ left, later, by }: Leaving): readonly WorkLeft[] {
  const known = left.events.map((event) => leftEvent.safeParse(event).data ?? ({ kind: "tick" } as const));
  const ticks = known.filter(({ kind }) => kind === "tick").slice(0, 1);
  const events = [...known.filter(({ kind }) => kind !== "tick"), ...ticks];
  const { applies, states } = left;
  const ordered = (all: WorkLeft["plans"]) => all.map(({ run, speculative }) => ({ run, speculative }));
  const plans = ordered(left.plans.filter(({ run }) => !later.some((one) => one.run === run)));
  const behind: WorkLeft = { ...by, plans, applies, events: [], later: [], states };
  const elsewhere: WorkLeft = { ...by, plans: [], applies: [], events, later: ordered(later), states };
  return [...(plans.length + applies.length === 0 ? [] : [behind]), ...(isForOthers(elsewhere) ? [elsewhere] : [])];
}

/** Whether another workflow run is to take it up. */
export function isForOthers({ events, later }: Pick<WorkLeft, "events" | "later">): boolean {
  return events.length + later.length > 0;
}

export function bodyOf(left: WorkLeft): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(left)) as { readonly [key: string]: Json };
}

/** The newest entries of work that was left and that nobody took up, oldest first. What cannot be read is none. */
export async function readWorkLeft(store: Pick<Store, "ledger" | "ledgerHead">): Promise<readonly LeftEntry[]> {
  const { seq } = await store.ledgerHead();
  const found = new Map<number, LeftEntry>();
  for await (const entry of store.ledger(Math.max(0, seq - mostEntries))) {
    const left = entryOf(entry);
    if (left !== undefined) found.set(entry.seq, left);
    const taken = takenBy(entry);
    if (taken !== undefined) found.delete(taken);
  }
  return [...found.values()];
}

/**
 * Takes work over, before anything is done about it. Of several jobs that do so at once exactly one has it: all of them
 * say so, and whose entry stands first in the ledger, which has one order for everybody, is told `true`.
 */
export async function takeWork(
  store: Pick<Store, "write" | "ledger">,
  { seq: left }: Pick<LeftEntry, "seq">,
  about: { readonly by: Holder; readonly at: Instant },
): Promise<boolean> {
  const body = { left, by: { ...about.by } };
  const written = await store.write({ ledger: [{ at: about.at, kind: "work-taken", body }] });
  if (!written.ok) throw new InternalError("an entry of the ledger alone conflicts with nothing");
  const [own] = written.entries;
  for await (const entry of store.ledger(left)) if (takenBy(entry) === left) return entry.seq === own?.seq;
  throw new InternalError(`entry ${own?.seq} of the ledger was written and is not in it`);
}

function takenBy({ kind, body }: LedgerEntry): number | undefined {
  return kind === "work-taken" ? workTaken.safeParse(body).data?.left : undefined;
}

function entryOf({ kind, body, seq }: LedgerEntry): LeftEntry | undefined {
  const parsed = kind === "work-left" ? workLeft.safeParse(body) : undefined;
  return parsed?.success === true ? { ...parsed.data, seq } : undefined;
}

/** Whether the record bears an event out: it may forbid what follows and never permits what it does not show. */
export async function isBorneOut(event: LeftEvent, store: Pick<Store, "run" | "lease">): Promise<boolean> {
  if (event.kind === "tick") return true;
  if (event.kind === "lease-ended") return (await store.lease(event.stack)) === undefined;
  const run = await store.run(event.run);
  if (run === undefined) return false;
  switch (event.kind) {
    case "apply-ready":
      return run.state === "approved" && (await store.lease(run.stack))?.run === run.id;
    case "run-applied":
      return appliedStates[event.outcome].has(run.state);
    case "run-verified":
      return run.state === (event.outcome === "verified" ? "verified" : "verify-failed");
  }
}

const appliedStates: Readonly<Record<(LeftEvent & { kind: "run-applied" })["outcome"], ReadonlySet<Run["state"]>>> = {
  applied: new Set(["applied", "verifying", "verified", "verify-failed"]),
  failed: new Set(["failed"]),
  refused: new Set(["refused", "discarded", "superseded"]),
};
