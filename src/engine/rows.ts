import type { PlanMode } from "../domain/plan.ts";
import type { Due } from "../domain/run.ts";
import type { Environment, Flow, Gate, Transition } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";
import { releaseClassOf } from "../flow/releases.ts";

/** The rows of a flow by trigger and what they are for: every decision asks, and a flow does not change. */
const found = new WeakMap<Flow, Map<string, readonly Transition[]>>();

/** `of` is what the flow itself names, so that strangers cannot make it remember more. */
function rowsBy(
  flow: Flow,
  on: Transition["on"],
  of: string,
  takes: (row: Transition) => boolean,
): readonly Transition[] {
  let rows = found.get(flow);
  if (rows === undefined) {
    rows = new Map();
    found.set(flow, rows);
  }
  const key = `${on} ${of}`;
  let known = rows.get(key);
  if (known === undefined) {
    known = flow.when.filter((row) => row.on === on && takes(row));
    if (known.length > 0 || flow.branches.some(({ name }) => name === of)) rows.set(key, known);
  }
  return known;
}

/** The rows of the trigger matrix for a pull request into, or a merge into, a branch. A row that names no class is for every branch of one. */
export function rowsInto(flow: Flow, on: "pull_request" | "merge", branch: string): readonly Transition[] {
  const into = branchClassOf(flow, branch)?.name;
  return into === undefined ? [] : rowsBy(flow, on, into, (row) => row.into === into || row.into === null);
}

/** The rows for a push to a branch. */
export function rowsOfPush(flow: Flow, branch: string): readonly Transition[] {
  const to = branchClassOf(flow, branch)?.name;
  return to === undefined ? [] : rowsBy(flow, "push", to, (row) => row.to === to || row.to === null);
}

/** The rows that people start by name. */
export function rowsOfJob(flow: Flow, job: string): readonly Transition[] {
  return rowsBy(flow, "dispatch", job, (row) => row.job === job);
}

/** The rows that a release sets off, by its tag. */
export function rowsOfRelease(flow: Flow, tag: string): readonly Transition[] {
  const release = releaseClassOf(flow, tag)?.id;
  return release === undefined ? [] : rowsBy(flow, "release", release, (row) => row.ref === release);
}

export function rowsOfCron(flow: Flow, cron: string): readonly Transition[] {
  return rowsBy(flow, "schedule", cron, (row) => row.cron === cron);
}

/** What a wish to apply was made for: where, by what, and whether it applies or destroys. */
export interface Wish {
  readonly environment: Environment;
  readonly due: Due;
  readonly mode: PlanMode;
}

/**
 * The row of the flow by which something is applied or destroyed; undefined when there is none, or when a person does it
 * by hand. No two rows disagree about one event, which a check of the flow sees to.
 */
export function rowOf(flow: Flow, { environment, due, mode }: Wish): Transition | undefined {
  const step = mode === "destroy" ? "destroy" : "apply";
  return rowsOfDue(flow, due).find((row) => row.environment === environment.name && row.do.includes(step));
}

function rowsOfDue(flow: Flow, { kind, ref, job }: Due): readonly Transition[] {
  switch (kind) {
    case "merge":
      return rowsInto(flow, "merge", ref);
    case "push":
      return rowsOfPush(flow, ref);
    case "pull-request":
      return flow.when.filter((row) => row.on === "pull_request");
    case "dispatch":
      return job === null ? [] : rowsOfJob(flow, job);
    case "release":
      return ref.startsWith("tag:") ? rowsOfRelease(flow, ref.slice("tag:".length)) : [];
    case "schedule":
    case "local":
      return [];
  }
}

/** Everybody who is asked before something is applied: the environment's approvals, and the gate of the row. */
export function gatesOf(flow: Flow, wish: Wish): readonly Gate[] {
  const named = rowOf(flow, wish)?.gate ?? null;
  const own = named === null ? [] : flow.gates.filter((gate) => gate.name === named);
  return wish.environment.approvals === null ? own : [wish.environment.approvals, ...own];
}
