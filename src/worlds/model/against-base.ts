import { type CodeOwner, codeOwnersPlaces, ownersOf, parseCodeOwners } from "../../domain/code-owners.ts";
import type { Login } from "../../domain/names.ts";
import { parseLogin } from "../../domain/names.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { branchOfClass } from "./branches.ts";
import { type Commit, commitsBetween, differingPaths, historyOf, mergeBaseOf, mergeTrees, type Tree } from "./git.ts";
import type { Setting } from "./setting.ts";
import type { ChangeAgainstBase, ModelWorld, PullRequest } from "./world.ts";

type Change = Pick<PullRequest, "head" | "headBranch" | "base" | "fork">;

/** What merging a pull request would do to its base, as both are now. */
export function changeAgainstBase(setting: Setting, world: ModelWorld, change: Change): ChangeAgainstBase {
  const base = world.branches[change.base];
  if (base === undefined) return { codeOwners: [], mergeCommits: 0, carries: [], baseAhead: true };
  const own = commitsBetween(base, change.head);
  return {
    codeOwners: codeOwnersOf(setting, base, change.head),
    mergeCommits: own.filter(({ parents }) => parents.length > 1).length,
    carries: carriedFrom(setting, world, change, own),
    baseAhead: isBaseAhead(base, change.head),
  };
}

function isBaseAhead(base: Commit, head: Commit): boolean {
  const merged = mergeTrees(base, head);
  return merged === null || differingPaths(merged, head.tree).length > 0;
}

/** Protected branches, besides the head itself, its base and what it is cut from, that have a commit which it would bring. */
function carriedFrom(
  { flow }: Setting,
  world: ModelWorld,
  { headBranch, base, fork }: Change,
  own: readonly Commit[],
): readonly string[] {
  const cutFrom = branchOfClass(flow, branchClassOf(flow, headBranch)?.cutFrom ?? null);
  const origin = cutFrom === undefined ? undefined : world.branches[cutFrom];
  const foreign = own.filter((commit) => origin === undefined || !historyOf(origin).has(commit));
  return flow.branches
    .filter((branch) => branch.protected)
    .flatMap((branch) => onlyBranchOf(branch) ?? [])
    .filter((name) => name !== base && name !== cutFrom && (fork || name !== headBranch))
    .filter((name) => {
      const head = world.branches[name];
      return head !== undefined && foreign.some((commit) => historyOf(head).has(commit));
    });
}

/** For each changed path who owns it by the base branch's file, each distinct group once. */
function codeOwnersOf(setting: Setting, base: Commit, head: Commit): readonly (readonly Login[])[] {
  const lines = codeOwnersIn(base.tree);
  if (lines.length === 0) return [];
  const groups = new Map<string, readonly Login[]>();
  for (const path of differingPaths(mergeBaseOf(base, head)?.tree ?? {}, head.tree)) {
    const owners = ownersOf(lines, path);
    if (owners.length === 0) continue;
    const logins = [...new Set(owners.flatMap((owner) => loginsOf(setting, owner)))].sort();
    groups.set(logins.join(" "), logins);
  }
  return [...groups.values()];
}

const parsed = new WeakMap<Tree, ReturnType<typeof parseCodeOwners>>();

function codeOwnersIn(tree: Tree): ReturnType<typeof parseCodeOwners> {
  let lines = parsed.get(tree);
  if (lines === undefined) {
    const place = codeOwnersPlaces.find((path) => tree[path] !== undefined);
    lines = parseCodeOwners(place === undefined ? "" : (tree[place] ?? ""));
    parsed.set(tree, lines);
  }
  return lines;
}

function loginsOf({ flow, teams }: Setting, owner: CodeOwner): readonly Login[] {
  if (owner.kind === "login") return [parseLogin(owner.login)].filter((login) => login !== undefined);
  if (owner.kind === "email") return [parseLogin(`email:${owner.email}`)].filter((login) => login !== undefined);
  const name = `${owner.organization}/${owner.team}`;
  const [team] = Object.entries(flow.teams).find(([, { forgeTeam }]) => forgeTeam?.toLowerCase() === name) ?? [];
  return team === undefined ? [] : (teams[team] ?? []);
}
