import type { Event } from "../../domain/event.ts";
import type { RunId } from "../../domain/names.ts";
import { advance, newRun, type Run, type RunState } from "../../domain/run.ts";
import type { Outcome } from "../happened.ts";
import { type ModelWorld, runOf } from "./world.ts";

/** What doing something comes to: another world, the events that follow, and what there is to tell. */
export interface Change {
  readonly world: ModelWorld;
  readonly events: readonly Event[];
  readonly outcomes: readonly Outcome[];
}

export function nothing(world: ModelWorld): Change {
  return { world, events: [], outcomes: [] };
}

export function blocked(world: ModelWorld, why: string): Change {
  return { world, events: [], outcomes: [{ kind: "blocked", why }] };
}

/** A run that is there, in another form. */
export function putRun(world: ModelWorld, run: Run): ModelWorld {
  const at = world.runs.findIndex((known) => known.id === run.id);
  return { ...world, runs: world.runs.with(at, { ...run, revision: run.revision + 1 }) };
}

export function moveRun(
  world: ModelWorld,
  id: RunId,
  to: { readonly state: RunState } & Partial<Pick<Run, "code" | "why" | "plan" | "due">>,
): ModelWorld {
  const { state, ...change } = to;
  return putRun(world, advance(runOf(world, id), state, { ...change, at: world.now }));
}

/** A new run, `planning`. Runs are numbered in order, so that one world always calls them the same. */
export function addRun(
  world: ModelWorld,
  about: Pick<Run, "stack" | "source" | "mode" | "due">,
): { world: ModelWorld; run: Run } {
  const id = `run-${(world.runs.length + 1).toString(36).padStart(8, "0")}` as RunId;
  const run = newRun({ ...about, id, at: world.now, holder: null });
  return { world: { ...world, runs: [...world.runs, run] }, run };
}

/** Ends the lease that the run holds, if it holds one. */
export function endLease(world: ModelWorld, run: Run): { world: ModelWorld; events: readonly Event[] } {
  if (world.leases[run.stack]?.run !== run.id) return { world, events: [] };
  const { [run.stack]: _ended, ...leases } = world.leases;
  return { world: { ...world, leases }, events: [{ kind: "lease-ended", stack: run.stack }] };
}
