import type { CommitSha, Login } from "../domain/names.ts";
import type { StoredPlan } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";
import type { BranchClass, Flow } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";
import { contentOf } from "../worlds/model/content.ts";
import type { Commit, Tree } from "../worlds/model/git.ts";
import type { ModelWorld, Setting } from "../worlds/model/index.ts";
import { inputPaths } from "../worlds/model/inputs.ts";
import type { PullRequest, Push } from "../worlds/model/world.ts";

/**
 * Who is behind what an apply brings, told from contents alone: each value that the plan would bring and that is not
 * applied yet was written by somebody, in some commit. No rule of the engine, and nothing that observation tells it, is
 * asked.
 */
export interface Brought {
  readonly path: string;
  /** Null: the path goes. */
  readonly value: string | null;
  /** The commits that people wrote it in. */
  readonly commits: readonly Commit[];
}

/** What the plan of a run would bring to its stack. */
export function broughtBy(setting: Setting, world: ModelWorld, run: Run): readonly Brought[] {
  const planned = contentOf(world, run.source)?.tree ?? {};
  const applied = world.commits[world.states[run.stack]?.applied?.commit ?? ("" as never)]?.tree ?? null;
  const paths = new Set([planned, applied ?? {}].flatMap((tree) => inputPaths(setting, tree, run.stack) ?? []));
  return [...paths].flatMap((path) => {
    const value = planned[path] ?? null;
    if (applied !== null && value === (applied[path] ?? null)) return [];
    return [{ path, value, commits: commitsBringing(world, path, value) }];
  });
}

/** Where people gave a path this value. */
export function commitsBringing(world: ModelWorld, path: string, value: string | null): readonly Commit[] {
  return Object.values(world.commits).filter((commit) => commit.people.length > 0 && brings(commit, path, value));
}

/** A commit gives the path this value, and none of its parents had it. */
function brings({ tree, parents }: Commit, path: string, value: string | null): boolean {
  const has = (candidate: Tree) => (candidate[path] ?? null) === value;
  return has(tree) && parents.length > 0 && !parents.some((parent) => has(parent.tree));
}

/** The branches that an environment takes, as the flow says: a release stands on the branch that it is made from. */
export function branchesTaken(flow: Flow, names: readonly string[]): readonly BranchClass[] {
  const classes = names.map((name) => flow.releases.find(({ id }) => id === name)?.from ?? name);
  return flow.branches.filter(({ name }) => classes.includes(name));
}

/** How a commit came to one of some branches: pull requests and pushes, led back through protected branches. */
export interface WayIn {
  readonly changes: readonly PullRequest[];
  readonly pushes: readonly Push[];
}

/** A commit, and everything that the forge made of it while merging: these stand for it from then on. */
export function standsFor(world: ModelWorld, { sha }: Commit): ReadonlySet<CommitSha> {
  const found = new Set([sha]);
  let size = 0;
  // A pull request may be merged after one that was opened later, so one look in the order of numbers is not enough.
  while (size < found.size) {
    size = found.size;
    for (const { merged } of world.pullRequests) {
      if (merged?.commits.some((own) => found.has(own.sha))) for (const made of merged.brought) found.add(made);
    }
  }
  return found;
}

/**
 * Every pull request that brought the commit to one of these branches, or to a protected branch on its way there, and
 * every push that did.
 */
export function wayIn(flow: Flow, world: ModelWorld, commit: Commit, into: readonly BranchClass[]): WayIn {
  const found = standsFor(world, commit);
  const onTheWay = new Set(into);
  const changes = new Set<PullRequest>();
  for (const of of onTheWay) {
    for (const change of world.pullRequests) {
      const isIn = change.merged?.commits.some(({ sha }) => found.has(sha)) === true;
      if (!isIn || branchClassOf(flow, change.base) !== of) continue;
      changes.add(change);
      const head = change.fork ? undefined : branchClassOf(flow, change.headBranch);
      if (head?.protected === true) onTheWay.add(head);
    }
  }
  const pushes = world.pushes.filter(({ branch, commits }) => {
    const of = branchClassOf(flow, branch);
    return of !== undefined && onTheWay.has(of) && commits.some(({ sha }) => found.has(sha));
  });
  return { changes: [...changes], pushes };
}

/** Who wrote any of it, and who opened a pull request that brought any of it to these branches. */
export function writersOf(
  flow: Flow,
  world: ModelWorld,
  brought: readonly Brought[],
  into: readonly BranchClass[],
): ReadonlySet<Login> {
  const commits = [...new Set(brought.flatMap((part) => part.commits))];
  const openers = commits.flatMap((commit) => wayIn(flow, world, commit, into).changes.map(({ opener }) => opener));
  return new Set([...commits.flatMap((commit) => commit.people), ...openers]);
}

/** The plans of a stack that mean the same as this one and were made from the same inputs, itself among them. */
export function sameMeaning(world: ModelWorld, plan: StoredPlan): readonly StoredPlan[] {
  const { stack, inputs, meaning, mode, state } = plan.manifest;
  return Object.values(world.plans).filter(
    ({ manifest: other }) =>
      other.stack === stack &&
      other.inputs === inputs &&
      other.meaning === meaning &&
      other.mode === mode &&
      other.state.lineage === state.lineage,
  );
}

/** Whether one of these plans stood in front of people at that time. */
export function wasInFront(plans: readonly StoredPlan[], at: number): boolean {
  return plans.some(({ digest, shown }) =>
    shown.some(
      (showing) => showing.digest === digest && showing.at < at && (showing.until === null || at <= showing.until),
    ),
  );
}
