import type { AppliedFacts, PullRequestFacts, PushedCommit, StackFacts } from "../../domain/facts.ts";
import type { Login, StackName } from "../../domain/names.ts";
import type { Run, RunSource } from "../../domain/run.ts";
import { branchClassOf } from "../../flow/match.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import { branchOfClass, leftOrigin } from "./branches.ts";
import type { Content } from "./content.ts";
import { type Commit, commitsBetween, isAncestor, type Tree } from "./git.ts";
import { inputsOf } from "./inputs.ts";
import { factsOf, holding, madeFor } from "./pull-requests.ts";
import { pushedCommit } from "./pushes.ts";
import type { Setting } from "./setting.ts";
import { commitOf, type ModelWorld, type PullRequest } from "./world.ts";

export interface HistoryAbout {
  readonly stack: StackName;
  readonly content: Content;
  /** What is planned, or would be. */
  readonly source: RunSource | null;
  /** What is delivered, a branch or `tag:<name>`; null where nobody asked for a delivery. */
  readonly ref: string | null;
  readonly applied: AppliedFacts | null;
  /** Everything of the stack is to go. */
  readonly destroys: boolean;
}

/**
 * What came to a stack since something was last applied there, and who is behind it: every commit that touches an
 * input, led back along its chain of pull requests from the branch that is delivered to where it was written.
 */
export function historyOf(
  setting: Setting,
  world: ModelWorld,
  about: HistoryAbout,
): Pick<StackFacts, "changes" | "pushed" | "writers"> {
  const { content, stack } = about;
  const applied = isTornDown(setting, about) ? null : about.applied;
  const open =
    content.base === null
      ? undefined
      : world.pullRequests.find((change) => change.state === "open" && change.head.sha === content.commit);
  const writers = new Set<Login>(open === undefined ? [] : factsOf(setting, world, open).writers);
  const branch = deliveredBranch(setting, about.ref ?? open?.base ?? null);
  const to = commitOf(world, content.base ?? content.commit);
  const from =
    applied !== null
      ? commitOf(world, applied.commit)
      : content.base !== null
        ? to
        : startOf(setting, world, about, to);
  const inputs: InputsIn = (tree) => inputsOf(setting, tree, stack);
  const commits = commitsBetween(from, to).filter((commit) => touches(commit, inputs, from));
  for (const commit of commits) for (const login of peopleBehind(world, commit, inputs)) writers.add(login);
  if (branch === null) return { changes: [], pushed: [], writers: [...writers] };
  const takenBack = from !== null && isTakenBack(setting, world, about, { from, to });
  const brought = broughtBy(setting, world, { commits, branch, inputs, takenBack: takenBack ? to : null });
  for (const { opener } of brought.changes) writers.add(opener);
  return { ...brought, writers: [...writers] };
}

/** What something is made from in a tree; what is compared when commits are looked at. */
type InputsIn = (tree: Tree) => string | null;

interface Between {
  readonly from: Commit | null;
  readonly to: Commit;
  readonly branch: string;
  readonly inputs: InputsIn;
}

/** How everything between two commits of a branch that touches something came to that branch. */
export function broughtBetween(setting: Setting, world: ModelWorld, { from, to, branch, inputs }: Between): Brought {
  const commits = commitsBetween(from, to).filter((commit) => touches(commit, inputs, from));
  return broughtBy(setting, world, { commits, branch, inputs, takenBack: null });
}

interface Brought {
  readonly changes: readonly PullRequestFacts[];
  readonly pushed: readonly PushedCommit[];
}

interface OnBranch {
  readonly commits: readonly Commit[];
  readonly branch: string;
  readonly inputs: InputsIn;
  /** The head of a branch from which what is applied was taken back. */
  readonly takenBack: Commit | null;
}

function broughtBy(setting: Setting, world: ModelWorld, about: OnBranch): Brought {
  const { commits, branch, inputs, takenBack } = about;
  const chain: Chain = { changes: new Set(), pushedOn: [], seen: new Set() };
  if (takenBack !== null) chain.pushedOn.push({ branch, commit: takenBack });
  for (const commit of commits) follow(setting, world, { commit, branch, inputs }, chain);
  const pushed = new Map(
    chain.pushedOn.map((bare) => {
      const found = pushedCommit(world, bare.branch, bare.commit);
      return [`${bare.branch} ${found.commit}`, found];
    }),
  );
  const changes = [...chain.changes].sort((left, right) => left.number - right.number);
  return { changes: changes.map((change) => factsOf(setting, world, change)), pushed: [...pushed.values()] };
}

/** A branch of work takes down what it brought: whoever wrote on it is not asked, though nothing lies between. */
function isTornDown({ flow }: Setting, { destroys, ref }: HistoryAbout): boolean {
  return destroys && ref !== null && !ref.startsWith("tag:") && branchClassOf(flow, ref)?.protected !== true;
}

/** The branch that a ref delivers: for a release the one that releases of its kind are made from. */
function deliveredBranch({ flow }: Setting, ref: string | null): string | null {
  if (ref === null || !ref.startsWith("tag:")) return ref;
  return branchOfClass(flow, releaseClassOf(flow, ref.slice("tag:".length))?.from ?? null) ?? null;
}

/** How a commit came to a branch: by merged pull requests, and where along its way by none. */
interface Chain {
  readonly changes: Set<PullRequest>;
  readonly pushedOn: { readonly branch: string; readonly commit: Commit }[];
  /** Commits that were led back from a branch already. */
  readonly seen: Set<string>;
}

/**
 * Leads a commit back: the merged pull requests into the branch that hold it, and where they came from a protected branch
 * how it came there. A branch that is not protected asks nobody, so nothing that stands there was past anybody. What the
 * forge made while merging was never on the head branch; the commits that it was made of were.
 */
function follow(setting: Setting, world: ModelWorld, about: Led, chain: Chain): void {
  const { commit, branch, inputs } = about;
  const step = `${commit.sha} ${branch}`;
  if (chain.seen.has(step) || branchClassOf(setting.flow, branch)?.protected !== true) return;
  chain.seen.add(step);
  const brought = holding(world, commit).filter(({ base }) => base === branch);
  if (brought.length === 0) chain.pushedOn.push({ branch, commit });
  for (const change of brought) {
    chain.changes.add(change);
    if (change.fork || change.merged === null || change.headBranch === branch) continue;
    const { commits } = change.merged;
    const parts = commits.includes(commit) ? [commit] : commits.filter((part) => touches(part, inputs, null));
    for (const part of parts) follow(setting, world, { commit: part, branch: change.headBranch, inputs }, chain);
  }
}

interface Led {
  readonly commit: Commit;
  readonly branch: string;
  readonly inputs: InputsIn;
}

/**
 * Who wrote a commit. One that the forge made while merging stands for the commits of its pull request that touch the
 * stack, and for who opened it.
 */
function peopleBehind(world: ModelWorld, commit: Commit, inputs: InputsIn): readonly Login[] {
  const merged = madeFor(world, commit);
  if (merged?.merged == null) return commit.people;
  const own = merged.merged.commits.filter((part) => part !== commit && touches(part, inputs, null));
  return [...commit.people, merged.opener, ...own.flatMap((part) => peopleBehind(world, part, inputs))];
}

/** The branch had what is applied, and has it no more. */
function isTakenBack(
  setting: Setting,
  world: ModelWorld,
  { applied, ref, stack }: HistoryAbout,
  { from, to }: { readonly from: Commit; readonly to: Commit },
): boolean {
  const due = world.runs.find(({ id }) => id === applied?.run)?.due ?? null;
  if (due === null || due.ref !== ref || isAncestor(from, to)) return false;
  if (branchClassOf(setting.flow, due.ref)?.protected !== true) return false;
  return inputsOf(setting, from.tree, stack) !== inputsOf(setting, to.tree, stack);
}

/**
 * Where counting starts when nothing is applied: of a branch that is cut from another one where it left that, else before
 * the first change that was to be delivered here.
 */
function startOf(setting: Setting, world: ModelWorld, about: HistoryAbout, to: Commit): Commit | null {
  const { stack, source, ref } = about;
  const branch = deliveredBranch(setting, ref);
  if (branch !== null && branchClassOf(setting.flow, branch)?.protected !== true)
    return leftOrigin(setting.flow, world, branch, to) ?? null;
  const first = world.runs.find((run) => run.stack === stack && wasToDeliver(run, { ref, branch }))?.source ?? source;
  if (first?.kind === "pull-request") return commitOf(world, first.base);
  if (first?.kind === "merge" && first.pullRequest !== null) return beforeChange(world, to, first.pullRequest);
  return beforeLast(world, first === null ? to : commitOf(world, first.commit), branch);
}

function wasToDeliver(
  { mode, due, source }: Run,
  { ref, branch }: { readonly ref: string | null; readonly branch: string | null },
): boolean {
  if (mode !== "normal") return false;
  if (due !== null) return due.kind !== "local" && due.ref === ref;
  return (source.kind === "merge" || source.kind === "push") && source.branch === branch;
}

/** Before the newest change of a branch: the pull request, or the push, that brought its head. */
function beforeLast(world: ModelWorld, head: Commit, branch: string | null): Commit | null {
  const brought = holding(world, head).findLast(({ base }) => branch === null || base === branch);
  const before = brought === undefined ? null : beforeChange(world, head, brought.number);
  if (before !== null) return before;
  const push = world.pushes.findLast((known) => known.branch === branch && known.commits.includes(head));
  return push === undefined ? (head.parents[0] ?? null) : push.before;
}

/** Where the branch stood before a pull request came to it; null when it has nothing of it. */
export function beforeChange(world: ModelWorld, from: Commit, pullRequest: number): Commit | null {
  let brought = false;
  for (let at: Commit | undefined = from; at !== undefined; at = at.parents[0]) {
    const holds = holding(world, at).some(({ number }) => number === pullRequest);
    if (brought && !holds) return at;
    brought ||= holds;
  }
  return null;
}

/** Against the first parent, and where somebody merged the line from what is applied into something older, against that line. */
function touches(commit: Commit, inputs: InputsIn, from: Commit | null): boolean {
  const line = from === null ? undefined : commit.parents.find((parent) => isAncestor(from, parent));
  const own = inputs(commit.tree);
  return [commit.parents[0], line ?? commit.parents[0]].some(
    (parent) => own !== (parent === undefined ? null : inputs(parent.tree)),
  );
}
