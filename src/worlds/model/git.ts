import { digestOf } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import {
  type CommitSha,
  type Instant,
  type Login,
  parseCommitSha,
  parseTreeSha,
  type TreeSha,
} from "../../domain/names.ts";

/** A small model of Git: commits with whole trees, merged three-way, path by path. */

/** Every file's content, by its path. */
export type Tree = Readonly<Record<string, string>>;

export interface Commit {
  readonly sha: CommitSha;
  readonly parents: readonly Commit[];
  readonly tree: Tree;
  readonly at: Instant;
  /** Author, co-authors and pusher. Nobody for a commit that the forge made while merging: what it brings has its own. */
  readonly people: readonly Login[];
}

/** A commit whose id follows from its content, as Git's does. */
export function makeCommit(about: Omit<Commit, "sha">): Commit {
  const { parents, tree, at, people } = about;
  const sha = parseCommitSha(
    digestOf(`${parents.map((parent) => parent.sha)} ${treeText(tree)} ${at} ${people}`).slice(7, 47),
  );
  if (sha === undefined) throw new InternalError("a digest gave no commit id");
  return { ...about, sha };
}

const treeTexts = new WeakMap<Tree, string>();

function treeText(tree: Tree): string {
  let text = treeTexts.get(tree);
  if (text === undefined) {
    text = JSON.stringify(Object.entries(tree).sort(([left], [right]) => (left < right ? -1 : 1)));
    treeTexts.set(tree, text);
  }
  return text;
}

const treeShas = new WeakMap<Tree, TreeSha>();

export function treeShaOf(tree: Tree): TreeSha {
  const sha = treeShas.get(tree) ?? parseTreeSha(digestOf(treeText(tree)).slice(7, 47));
  if (sha === undefined) throw new InternalError("a digest gave no tree id");
  treeShas.set(tree, sha);
  return sha;
}

const histories = new WeakMap<Commit, ReadonlySet<Commit>>();

/** The commit and everything before it. */
export function historyOf(commit: Commit): ReadonlySet<Commit> {
  let history = histories.get(commit);
  if (history === undefined) {
    history = new Set([commit, ...commit.parents.flatMap((parent) => [...historyOf(parent)])]);
    histories.set(commit, history);
  }
  return history;
}

export function isAncestor(ancestor: Commit, descendant: Commit): boolean {
  return historyOf(descendant).has(ancestor);
}

/** The commits that `to` has and `from` has not, newest first. */
export function commitsBetween(from: Commit | null, to: Commit): readonly Commit[] {
  const known = from === null ? new Set<Commit>() : historyOf(from);
  return [...historyOf(to)].filter((commit) => !known.has(commit));
}

/** The paths that two trees do not have alike. */
export function differingPaths(before: Tree, after: Tree): readonly string[] {
  if (before === after) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path]);
}

/** The commit that two last had in common; of several, the one with the longest history. */
export function mergeBaseOf(left: Commit, right: Commit): Commit | undefined {
  const known = historyOf(left);
  let best: Commit | undefined;
  for (const commit of historyOf(right)) {
    if (known.has(commit) && (best === undefined || historyOf(commit).size > historyOf(best).size)) best = commit;
  }
  return best;
}

/** What is there after a merge; null when both sides changed one path in different ways. */
export function mergeTrees(ours: Commit, theirs: Commit): Tree | null {
  if (isAncestor(ours, theirs)) return theirs.tree;
  if (isAncestor(theirs, ours)) return ours.tree;
  return applyChanges(mergeBaseOf(ours, theirs)?.tree ?? {}, ours.tree, theirs.tree);
}

/** `ours` with everything that `theirs` changed since `base`; null when they are in each other's way. */
export function applyChanges(base: Tree, ours: Tree, theirs: Tree): Tree | null {
  const merged: Record<string, string> = { ...ours };
  for (const path of new Set([...Object.keys(base), ...Object.keys(theirs)])) {
    const wanted = theirs[path];
    if (wanted === base[path] || wanted === ours[path]) continue;
    if (ours[path] !== base[path]) return null;
    if (wanted === undefined) delete merged[path];
    else merged[path] = wanted;
  }
  return merged;
}
