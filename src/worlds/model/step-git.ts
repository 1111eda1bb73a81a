import type { Event } from "../../domain/event.ts";
import { refusesChange, refusesDelete, refusesPush } from "../forge-rules.ts";
import { branchKey, type StepOf } from "../step.ts";
import { blocked, type Change } from "./change.ts";
import { type Commit, commitsBetween, isAncestor, makeCommit, mergeBaseOf, mergeTrees, type Tree } from "./git.ts";
import { type Moved, mergedBeside } from "./merged.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { pullRequestCalled, putPullRequest } from "./step-pull-request.ts";
import { valueAt } from "./values.ts";
import type { ModelWorld } from "./world.ts";

/** A commit on a branch, with what it changes; and everything that hears of it. */
export function pushStep(setting: Setting, world: ModelWorld, step: StepOf<"push">): Change {
  const why = refusesPush(setting.flow, step, world.live);
  if (why !== null) return blocked(world, why);
  const key = branchKey(step.fork, step.branch);
  const parent = parentOf(world, step, key);
  if (parent === undefined) return blocked(world, `there is no branch ${step.from ?? key}`);
  const people = [...new Set([step.by, ...step.coAuthors])];
  const commit = makeCommit({ parents: [parent], tree: treeAfter(world, parent.tree, step), at: world.now, people });
  return pushTo(setting, addCommits(world, [commit]), { key, commit, by: step.by });
}

function treeAfter(world: ModelWorld, before: Tree, { changes, remove }: StepOf<"push">): Tree {
  const isRemoved = (path: string) => remove.some((gone) => path === gone || path.startsWith(`${gone}/`));
  const kept = Object.entries(before).filter(([path]) => !isRemoved(path));
  const changed = changes.map(({ path, text }) => [path, text ?? valueAt(world.now, path)]);
  return Object.fromEntries([...kept, ...changed]);
}

function parentOf(world: ModelWorld, step: StepOf<"push">, key: string): Commit | undefined {
  if (step.from !== null) return world.branches[step.from];
  const head = world.branches[key];
  if (!step.rewrite || head === undefined) return head;
  const trunks = Object.entries(world.branches).filter(([name]) => name !== key && name.indexOf(":") === -1);
  return trunks.map(([, trunk]) => mergeBaseOf(trunk, head)).find((base) => base !== undefined);
}

export function addCommits(world: ModelWorld, commits: readonly Commit[]): ModelWorld {
  return {
    ...world,
    commits: { ...world.commits, ...Object.fromEntries(commits.map((commit) => [commit.sha, commit])) },
  };
}

/** The branch stands at another commit that somebody pushed. What happens in forks is told by their pull requests alone. */
function pushTo(setting: Setting, world: ModelWorld, to: Moved): Change {
  const { key, commit, by } = to;
  if (key.includes(":")) return moveBranch(world, to);
  const beside = mergedBeside(setting, world, to);
  const moved = moveBranch(beside.world, to);
  const before = world.branches[key] ?? null;
  const commits = commitsBetween(before, commit).filter((own) => before !== null || !isElsewhere(world, own));
  const push = { branch: key, by, before, after: commit, commits };
  return {
    ...moved,
    world: { ...moved.world, pushes: [...moved.world.pushes, push] },
    events: [
      ...beside.events,
      { kind: "push", branch: key, before: before?.sha ?? null, commit: commit.sha, by },
      ...moved.events,
    ],
  };
}

/** A branch that starts brings only what no other one has. */
function isElsewhere(world: ModelWorld, commit: Commit): boolean {
  return Object.values(world.branches).some((head) => isAncestor(commit, head));
}

/** The branch stands at another commit; open pull requests from it have that head. */
export function moveBranch(world: ModelWorld, { key, commit, by }: Moved): Change {
  const events: Event[] = [];
  let next: ModelWorld = { ...world, branches: { ...world.branches, [key]: commit } };
  for (const change of world.pullRequests) {
    if (change.state !== "open" || change.headKey !== key || change.head === commit) continue;
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
  const why = refusesChange(setting, step, factsOf(setting, world, change));
  const tree = mergeTrees(change.head, base);
  if (why !== null || tree === null || isAncestor(base, change.head))
    return blocked(world, why ?? "there is nothing that could be merged into it");
  const commit = makeCommit({ parents: [change.head, base], tree, at: world.now, people: [step.by] });
  return pushTo(setting, addCommits(world, [commit]), { key: change.headKey, commit, by: step.by });
}

/** The branch goes, and with it the pull requests from and into it. */
export function deleteBranchStep(setting: Setting, world: ModelWorld, step: StepOf<"delete-branch">): Change {
  const { branch, by } = step;
  const { [branch]: head, ...branches } = world.branches;
  const why = head === undefined ? `there is no branch ${branch}` : refusesDelete(setting.flow, step);
  if (head === undefined || why !== null) return blocked(world, why ?? `there is no branch ${branch}`);
  const closed = world.pullRequests.filter(
    (change) => change.state === "open" && (change.headKey === branch || change.base === branch),
  );
  const gone = closed.reduce<ModelWorld>((next, change) => putPullRequest(next, { ...change, state: "closed" }), {
    ...world,
    branches,
  });
  return {
    world: gone,
    events: [
      { kind: "push", branch, before: head.sha, commit: null, by },
      ...closed.map(({ number }): Event => ({ kind: "closed", pullRequest: number, by })),
    ],
    outcomes: [],
  };
}
