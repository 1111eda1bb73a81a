import type { Action } from "../../domain/decision.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Login } from "../../domain/names.ts";
import { mergeMethodFor, refusesMerge } from "../forge-rules.ts";
import type { StepOf } from "../step.ts";
import { blocked, type Change, nothing } from "./change.ts";
import { applyChanges, type Commit, commitsBetween, isAncestor, makeCommit, mergeTrees, type Tree } from "./git.ts";
import { mergedAs, mergedBeside } from "./merged.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { addCommits, moveBranch } from "./step-git.ts";
import { pullRequestCalled, putPullRequest } from "./step-pull-request.ts";
import { type ModelWorld, type PullRequest, pullRequestNumbered } from "./world.ts";

type Method = NonNullable<StepOf<"merge">["method"]>;

/** The base gets what the pull request brings. Pull requests that the base itself is the head of move on with it. */
export function mergeStep(setting: Setting, world: ModelWorld, step: StepOf<"merge">): Change {
  const change = pullRequestCalled(world, step.pr);
  const base = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || base === undefined) return blocked(world, "the pull request was never opened");
  const tree = mergeTrees(base, change.head);
  const method = mergeMethodFor(setting.flow, step, change);
  const isApart = method === "fast-forward" && !isAncestor(base, change.head);
  const why = refusesMerge(setting, step, {
    change: factsOf(setting, world, change),
    conflicts: tree === null || isApart,
    live: world.live,
  });
  if (why !== null || tree === null) return blocked(world, why ?? "it conflicts");
  const made = mergeBy(method, { base, change, tree, at: world.now });
  if (made === null) return blocked(world, "its commits cannot be put on the base one by one");
  return merged(setting, world, { change, base, made, method, by: step.by });
}

/** Plangate moves the base on to the head for whoever asked; where that would throw commits away, nothing is done. */
export function performFastForward(
  setting: Setting,
  world: ModelWorld,
  { pullRequest, branch, commit, by }: Extract<Action, { kind: "fast-forward" }>,
): Change {
  const change = pullRequestNumbered(world, pullRequest);
  const base = world.branches[branch];
  if (change?.state !== "open" || base === undefined || change.head.sha !== commit) return nothing(world);
  if (!isAncestor(base, change.head)) return nothing(world);
  return merged(setting, world, { change, base, made: [change.head], method: "fast-forward", by });
}

interface Merging {
  readonly change: PullRequest;
  readonly base: Commit;
  /** The commits that the base gets, oldest first. */
  readonly made: readonly Commit[];
  readonly method: Method;
  readonly by: Login;
}

function merged(setting: Setting, world: ModelWorld, { change, base, made, method, by }: Merging): Change {
  const last = made.at(-1) ?? base;
  const to = { key: change.base, commit: last, by };
  const done = mergedAs(setting, world, change, { made, kept: isKept(method), last });
  const beside = mergedBeside(setting, putPullRequest(addCommits(world, made), done), to);
  const moved = moveBranch(beside.world, to);
  return {
    ...moved,
    events: [
      ...beside.events,
      { kind: "merge", pullRequest: change.number, branch: change.base, commit: last.sha, by },
      ...moved.events,
    ],
  };
}

/** Its own commits come to the base, and not others in their place. */
function isKept(method: Method): boolean {
  return method === "merge" || method === "fast-forward";
}

/** The commits that the base gets, oldest first; null when rebasing meets a conflict. */
function mergeBy(
  method: Method,
  about: { readonly base: Commit; readonly change: PullRequest; readonly tree: Tree; readonly at: number },
): readonly Commit[] | null {
  const { base, change, tree, at } = about;
  switch (method) {
    case "fast-forward":
      return [change.head];
    case "merge":
      return [makeCommit({ parents: [base, change.head], tree, at, people: [] })];
    case "squash":
      return [makeCommit({ parents: [base], tree, at, people: [] })];
    case "rebase":
      return rebase(commitsBetween(base, change.head), base, at);
    default:
      throw new InternalError(`no merge is called ${String(method)}`);
  }
}

function rebase(newestFirst: readonly Commit[], base: Commit, at: number): readonly Commit[] | null {
  const made: Commit[] = [];
  for (const commit of newestFirst.toReversed()) {
    if (commit.parents.length > 1) continue;
    const onto = made.at(-1) ?? base;
    const tree = applyChanges(commit.parents[0]?.tree ?? {}, onto.tree, commit.tree);
    if (tree === null) return null;
    made.push(makeCommit({ parents: [onto], tree, at, people: commit.people }));
  }
  return made;
}
