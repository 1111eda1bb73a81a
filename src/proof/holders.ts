import type { Event } from "../domain/event.ts";
import type { Login, RunId, StackName } from "../domain/names.ts";
import type { RunSource } from "../domain/run.ts";
import type { Flow } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { branchClassOf } from "../flow/match.ts";
import type { ModelWorld, Setting } from "../worlds/model/index.ts";
import type { PullRequest } from "../worlds/model/world.ts";

/**
 * Which branch has each stack of an environment that is held by branch: the first of which anything was applied there,
 * until it is merged into a branch that takes it, deleted, or a person frees or takes the stack. Told from what was
 * applied and from what plangate heard that people did; no hold that the world keeps is asked.
 */
export type Holders = Readonly<Record<StackName, string>>;

interface Heard {
  readonly setting: Setting;
  readonly event: Event;
  /** What was true when plangate heard of it. */
  readonly before: ModelWorld;
  /** What was decided to be applied. */
  readonly begun: readonly { readonly stack: StackName; readonly run: RunId }[];
}

export function holdersAfter(holders: Holders, { setting, event, before, begun }: Heard): Holders {
  let next = afterEvent(holders, { setting, event, before });
  for (const { stack, run } of begun) {
    const branch = branchDelivered(before, run);
    const isHeld = placeOf(setting.flow, stack)?.environment.heldByBranch === true;
    if (!isHeld || branch === null || next[stack] !== undefined || isOver(setting.flow, before, branch)) continue;
    next = { ...next, [stack]: branch };
  }
  return next;
}

/** The branch that a run is of; null for a tag, and for what was tried of a pull request. */
export function branchDelivered(world: ModelWorld, run: RunId): string | null {
  const found = world.runs.find(({ id }) => id === run);
  return found === undefined ? null : branchOf(found.source);
}

function branchOf(source: RunSource): string | null {
  switch (source.kind) {
    case "merge":
    case "push":
      return source.branch;
    case "dispatch":
    case "schedule":
      return source.ref.startsWith("tag:") ? null : source.ref;
    default:
      return null;
  }
}

/** Nothing would end the hold of a branch that is gone, or merged as it stands. */
function isOver(flow: Flow, { branches, pullRequests }: ModelWorld, branch: string): boolean {
  const head = branches[branch];
  return (
    head === undefined || pullRequests.some((change) => change.head === head && isMergedFrom(flow, change, branch))
  );
}

/** Merged in earnest: into a branch that takes such a one. */
function isMergedFrom(flow: Flow, { state, fork, headBranch, base }: PullRequest, branch: string): boolean {
  const of = branchClassOf(flow, branch)?.name ?? "";
  return (
    state === "merged" && !fork && headBranch === branch && branchClassOf(flow, base)?.accepts.includes(of) === true
  );
}

function afterEvent(holders: Holders, { setting, event, before }: Omit<Heard, "begun">): Holders {
  const { flow } = setting;
  if (event.kind === "push") return event.commit === null ? freed(holders, event.branch) : holders;
  const change =
    event.kind === "merge" || event.kind === "command" ? before.pullRequests[event.pullRequest - 1] : undefined;
  if (change === undefined) return holders;
  if (event.kind === "merge")
    return isMergedFrom(flow, change, change.headBranch) ? freed(holders, change.headBranch) : holders;
  if (event.kind !== "command" || event.stack === null) return holders;
  const { by, command, stack } = event;
  const holder = holders[stack];
  if (command === "release" && holder !== undefined && mayFree(setting, before, by, holder))
    return without(holders, stack);
  if (command !== "take" || !mayTake(setting, change, by, stack)) return holders;
  return { ...holders, [stack]: change.headBranch };
}

function freed(holders: Holders, branch: string): Holders {
  return Object.fromEntries(Object.entries(holders).filter(([, holder]) => holder !== branch));
}

function without(holders: Holders, stack: StackName): Holders {
  const { [stack]: _freed, ...rest } = holders;
  return rest;
}

/** Who may merge, and whoever works on the branch. */
function mayFree({ maintainers }: Setting, { pushes }: ModelWorld, by: Login, branch: string): boolean {
  return maintainers.includes(by) || pushes.some((push) => push.branch === branch && push.by === by);
}

/** Who may merge, for the branch of an open pull request that the environment takes. */
function mayTake(
  { flow, maintainers }: Setting,
  { state, fork, headBranch }: PullRequest,
  by: Login,
  stack: StackName,
): boolean {
  const environment = placeOf(flow, stack)?.environment;
  const of = branchClassOf(flow, headBranch)?.name ?? "";
  const isTaken = environment?.heldByBranch === true && environment.appliesFrom.includes(of);
  return isTaken && state === "open" && !fork && maintainers.includes(by);
}
