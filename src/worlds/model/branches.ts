import type { Flow } from "../../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { defaultBranchOf } from "../scene.ts";
import { type Commit, mergeBaseOf } from "./git.ts";
import type { ModelWorld } from "./world.ts";

/** The one branch that a class of the flow is; undefined when it is many, or none. */
export function branchOfClass(flow: Flow, name: string | null): string | undefined {
  const branch = flow.branches.find((candidate) => candidate.name === name);
  return branch === undefined ? undefined : onlyBranchOf(branch);
}

/** The branch that a branch is cut from by its class; without a class that says so, the default branch. */
export function originOf(flow: Flow, branch: string): string | undefined {
  return branchOfClass(flow, branchClassOf(flow, branch)?.cutFrom ?? null) ?? defaultBranchOf(flow);
}

/** Where a commit of a branch left the branch that it is cut from. */
export function leftOrigin(flow: Flow, world: ModelWorld, branch: string, commit: Commit): Commit | undefined {
  const origin = world.branches[originOf(flow, branch) ?? ""];
  return origin === undefined ? undefined : mergeBaseOf(origin, commit);
}
