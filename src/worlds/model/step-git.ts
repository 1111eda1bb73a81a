import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import { branchClassOf } from "../../flow/match.ts";
import { refusesChange, refusesMerge, refusesPush } from "../forge-rules.ts";
import { branchKey, type StepOf } from "../step.ts";
import { blocked, type Change } from "./change.ts";
import {
  applyChanges,
  type Commit,
  commitsBetween,
  isAncestor,
  makeCommit,
  mergeBaseOf,
  mergeTrees,
  type Tree,
} from "./git.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { pullRequestCalled, putPullRequest } from "./step-pull-request.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** A commit on a branch, with what it changes; and everything that hears of it. */
export function pushStep(setting: Setting, world: ModelWorld, step: StepOf<"push">): Change {
  const why = refusesPush(setting.flow, step);
  if (why !== null) return blocked(world, why);
  const key = branchKey(step.fork, step.branch);
  const parent = parentOf(world, step, key);
  if (parent === undefined) return blocked(world, `there is no branch ${step.from ?? key}`);
  const people = [...new Set([step.by, ...step.coAuthors])];
  const tree: Record<string, string> = { ...parent.tree };
  for (const { path, text } of step.changes) tree[path] = text ?? `changed at ${world.now}`;
  const commit = makeCommit({ parents: [parent], tree, at: world.now, people });
  return moveBranch(addCommits(world, [commit]), { key, commit, by: step.by });
}

function parentOf(world: ModelWorld, step: StepOf<"push">, key: string): Commit | undefined {
  if (step.from !== null) return world.branches[step.from];
  const head = world.branches[key];
  if (!step.rewrite || head === undefined) return head;
  const trunks = Object.entries(world.branches).filter(([name]) => name !== key && name.indexOf(":") === -1);
  return trunks.map(([, trunk]) => mergeBaseOf(trunk, head)).find((base) => base !== undefined);
}

function addCommits(world: ModelWorld, commits: readonly Commit[]): ModelWorld {
  return {
    ...world,
    commits: { ...world.commits, ...Object.fromEntries(commits.map((commit) => [commit.sha, commit])) },
  };
}

/** The branch stands at another commit; open pull requests from it have that head. */
function moveBranch(
  world: ModelWorld,
  to: { readonly key: string; readonly commit: Commit; readonly by: StepOf<"push">["by"] },
): Change {
  const { key, commit, by } = to;
  const events: Event[] = key.includes(":") ? [] : [{ kind: "push", branch: key, commit: commit.sha, by }];
  let next: ModelWorld = { ...world, branches: { ...world.branches, [key]: commit } };
  for (const change of world.pullRequests) {
    if (change.state !== "open" || change.headKey !== key) continue;
    next = putPullRequest(next, { ...change, head: commit, headSince: world.now });
    events.push({ kind: "pull-request", action: "synchronized", pullRequest: change.number, by });
  }
  return { world: next, events, outcomes: [] };
}

/** The base is merged into the head, by whoever asks for it. */
export function updateBranchStep(setting: Setting, world: ModelWorld, step: StepOf<"update-branch">): Change {
  const change = pullRequestCalled(world, step.pr);
  const base = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || base === undefined) return blocked(world, "the pull request was never opened");
  const why = refusesChange(setting, step, factsOf(world, change));
  const tree = mergeTrees(change.head, base);
  if (why !== null || tree === null || isAncestor(base, change.head))
    return blocked(world, why ?? "there is nothing that could be merged into it");
  const commit = makeCommit({ parents: [change.head, base], tree, at: world.now, people: [step.by] });
  return moveBranch(addCommits(world, [commit]), { key: change.headKey, commit, by: step.by });
}

export function mergeStep(setting: Setting, world: ModelWorld, step: StepOf<"merge">): Change {
  const change = pullRequestCalled(world, step.pr);
  const base = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || base === undefined) return blocked(world, "the pull request was never opened");
  const tree = mergeTrees(base, change.head);
  const method = step.method ?? branchClassOf(setting.flow, change.base)?.merge[0] ?? "merge";
  const behind = method === "fast-forward" && !isAncestor(base, change.head);
  const why = refusesMerge(setting, step, { change: factsOf(world, change), conflicts: tree === null || behind });
  if (why !== null || tree === null) return blocked(world, why ?? "it conflicts");
  const merged = mergeBy(method, { base, change, tree, at: world.now });
  if (merged === null) return blocked(world, "its commits cannot be put on the base one by one");
  const commits = commitsBetween(base, change.head);
  const brought = merged
    .filter((commit) => commit !== base)
    .concat(method === "squash" || method === "rebase" ? [] : commits);
  const last = merged.at(-1) ?? base;
  const added = addCommits(world, merged);
  const done: PullRequest = { ...change, state: "merged", merged: { commits, brought: brought.map(({ sha }) => sha) } };
  const { number, base: branch } = change;
  const { by } = step;
  return {
    world: putPullRequest({ ...added, branches: { ...added.branches, [branch]: last } }, done),
    events: [
      { kind: "push", branch, commit: last.sha, by },
      { kind: "merge", pullRequest: number, branch, commit: last.sha, by },
    ],
    outcomes: [],
  };
}

/** The commits that the base gets, oldest first; null when rebasing meets a conflict. */
function mergeBy(
  method: NonNullable<StepOf<"merge">["method"]>,
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
