import type { Flow, Transition } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";

/** The rows of the trigger matrix for a pull request into, or a merge into, a branch. */
export function rowsInto(flow: Flow, on: "pull_request" | "merge", branch: string): readonly Transition[] {
  const into = branchClassOf(flow, branch)?.name;
  return into === undefined ? [] : flow.when.filter((row) => row.on === on && row.into === into);
}

/** The rows that people start by name. */
export function rowsOfJob(flow: Flow, job: string): readonly Transition[] {
  return flow.when.filter((row) => row.on === "dispatch" && row.job === job);
}
