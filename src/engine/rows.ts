import type { PlanMode } from "../domain/plan.ts";
import type { Due } from "../domain/run.ts";
import type { Environment, Flow, Gate, Transition } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";
import { releaseClassOf } from "../flow/releases.ts";

/** The rows of the trigger matrix for a pull request into, or a merge into, a branch. A row that names no class is for every branch of one. */
export function rowsInto(flow: Flow, on: "pull_request" | "merge", branch: string): readonly Transition[] {
  const into = branchClassOf(flow, branch)?.name;
  return into === undefined ? [] : flow.when.filter((row) => row.on === on && (row.into === into || row.into === null));
}

/** The rows for a push to a branch. */
export function rowsOfPush(flow: Flow, branch: string): readonly Transition[] {
  const to = branchClassOf(flow, branch)?.name;
  return to === undefined ? [] : flow.when.filter((row) => row.on === "push" && (row.to === to || row.to === null));
}

/** The rows that people start by name. */
export function rowsOfJob(flow: Flow, job: string): readonly Transition[] {
  return flow.when.filter((row) => row.on === "dispatch" && row.job === job);
}

/** The rows that a release sets off, by its tag. */
export function rowsOfRelease(flow: Flow, tag: string): readonly Transition[] {
  const release = releaseClassOf(flow, tag)?.id;
  return release === undefined ? [] : flow.when.filter((row) => row.on === "release" && row.ref === release);
}

export function rowsOfCron(flow: Flow, cron: string): readonly Transition[] {
  return flow.when.filter((row) => row.on === "schedule" && row.cron === cron);
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
  const rows = rowsOfDue(flow, due).filter((row) => row.environment === environment.name);
  return rows.find((row) => row.do.includes(step));
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
  const named = rowOf(flow, wish)?.gate;
  const own = flow.gates.filter((gate) => gate.name === named);
  return wish.environment.approvals === null ? own : [wish.environment.approvals, ...own];
}
