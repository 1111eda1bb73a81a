import { ownersOf, parseCodeOwners } from "../../domain/code-owners.ts";
import { type Login, parseLogin } from "../../domain/names.ts";
import { sectionsOf } from "../../domain/sections.ts";
import type { BranchClass, Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { Commit } from "../../worlds/model/git.ts";
import type { ModelWorld, Setting } from "../../worlds/model/index.ts";
import type { PullRequest } from "../../worlds/model/world.ts";
import { isNamed } from "../cast.ts";
import { lastOpinions } from "./said.ts";

/**
 * What a merged pull request lacks of what its base branch asks, as the end of a sentence; null when it has everything.
 * Told from the pull request alone: its branch, its text, who wrote it and who reviewed it.
 */
export function whyNotAsAsked(setting: Setting, world: ModelWorld, change: PullRequest): string | null {
  const { flow } = setting;
  return (
    whyNotTaken(flow, change) ??
    whyNoIssue(flow, change) ??
    whySectionLacks(flow, change) ??
    whyNotOfItsOwn(flow, world, change) ??
    whyNotReviewed(setting, change)
  );
}

/** The base takes pull requests from some classes of branches, and what a fork calls by a protected branch's name is none. */
export function whyNotTaken(flow: Flow, { number, base, headBranch, fork }: PullRequest): string | null {
  const head = branchClassOf(flow, headBranch);
  const takes = branchClassOf(flow, base)?.accepts ?? [];
  if (head === undefined || !takes.includes(head.name))
    return `pull request ${number} came from ${headBranch}, which ${base} does not take`;
  return fork && head.protected
    ? `pull request ${number} came from a fork that calls its branch ${headBranch}, which nobody protects there`
    : null;
}

/** Branches of some classes are about an issue, which their pull requests link. */
export function whyNoIssue(flow: Flow, { number, body, issue, headBranch }: PullRequest): string | null {
  const isAsked = branchClassOf(flow, headBranch)?.issue === "required";
  const isLinked = issue !== null || /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#\d/i.test(body);
  return isAsked && !isLinked ? `pull request ${number} links no issue` : null;
}

/** The text says something under each heading that the flow asks for. What only goes back was written about where it came in. */
function whySectionLacks(flow: Flow, { number, body, headBranch, base }: PullRequest): string | null {
  const back = branchClassOf(flow, headBranch)?.backMerge ?? [];
  if (back.includes(branchClassOf(flow, base)?.name ?? "")) return null;
  const said = sectionsOf(body);
  const missing = flow.require.sections.find((section) => !said.includes(section));
  return missing === undefined ? null : `the text of pull request ${number} says nothing under "${missing}"`;
}

/** No merges where the base is kept linear, and nothing that came to be on a protected branch which its own class does not start from. */
function whyNotOfItsOwn(flow: Flow, world: ModelWorld, change: PullRequest): string | null {
  const { number, headBranch, base, merged } = change;
  const [head, into] = [branchClassOf(flow, headBranch), branchClassOf(flow, base)];
  if (head?.backMerge.includes(into?.name ?? "")) return null;
  const own = merged?.commits ?? [];
  if (into?.linear && own.some(({ parents }) => parents.length > 1))
    return `pull request ${number} has a merge commit, and ${base} is kept linear`;
  if (head === undefined || head.cutFrom === null) return null;
  const brought = own.find((commit) => {
    const born = bornOn(world, commit);
    const of = born === undefined ? undefined : branchClassOf(flow, born);
    return of?.protected === true && born !== base && of.name !== head.cutFrom;
  });
  return brought === undefined
    ? null
    : `pull request ${number} brings what came to be on ${bornOn(world, brought)}, and ${headBranch} is not cut from there`;
}

/** The branch on which a commit was made, by a push to it or by the forge while merging into it. */
function bornOn({ pushes, pullRequests }: ModelWorld, commit: Commit): string | undefined {
  const isOwn = ({ merged }: PullRequest) => merged?.commits.includes(commit) === true;
  const made = pullRequests.find((change) => change.merged?.brought.includes(commit.sha) === true && !isOwn(change));
  return pushes.find(({ commits }) => commits.includes(commit))?.branch ?? made?.base;
}

/** Enough people whom the branch names, and an owner of each changed path where it asks for one, said yes to its last commit. */
function whyNotReviewed(setting: Setting, change: PullRequest): string | null {
  const of = branchClassOf(setting.flow, change.base);
  const asked = of?.reviews ?? null;
  if (asked === null) return null;
  const approvers = approversOf(change);
  const count = approvers.filter((login) => mayReview(setting, of, login)).length;
  if (count < asked.count)
    return `pull request ${change.number} has ${count} of ${asked.count} reviews of what was merged`;
  if (!asked.codeOwners) return null;
  const path = pathsOf(change).find((one) => {
    const owners = ownersIn(change, one);
    return owners.length > 0 && !owners.some((login) => approvers.includes(login));
  });
  return path === undefined
    ? null
    : `pull request ${change.number} changes ${path}, and none of those who own it approved it`;
}

/** Whose last review is a yes to the last commit, of those who wrote none of it. */
function approversOf({ opener, answers, headSince, merged }: PullRequest): readonly Login[] {
  const wrote = new Set([opener, ...(merged?.commits ?? []).flatMap(({ people }) => people)]);
  return [...lastOpinions(answers.filter(({ via }) => via === "review"))]
    .filter(([login, { says, at }]) => says === "approve" && at > headSince && !wrote.has(login))
    .map(([login]) => login);
}

export function mayReview(setting: Setting, of: BranchClass | undefined, login: Login): boolean {
  const by = of?.reviews?.by ?? null;
  return by === null ? setting.people.has(login) : isNamed(setting, by, login);
}

/** The contents that the commits of a pull request start from. */
function startsOf({ merged }: PullRequest) {
  const own = new Set((merged?.commits ?? []).map(({ sha }) => sha));
  return (merged?.commits ?? []).flatMap(({ parents }) => parents).filter(({ sha }) => !own.has(sha));
}

/** What it changes, against everything that it starts from. */
function pathsOf(change: PullRequest): readonly string[] {
  const starts = startsOf(change).map(({ tree }) => tree);
  const paths = new Set([change.head.tree, ...starts].flatMap((tree) => Object.keys(tree)));
  return [...paths].filter((path) => starts.every((tree) => tree[path] !== change.head.tree[path]));
}

/** By the file as it was before the pull request: whoever changes it names nobody by that. */
function ownersIn(change: PullRequest, path: string): readonly Login[] {
  const text = startsOf(change)[0]?.tree[".github/CODEOWNERS"] ?? "";
  return ownersOf(parseCodeOwners(text), path).flatMap((owner) =>
    owner.kind === "login" ? (parseLogin(owner.login) ?? []) : [],
  );
}
