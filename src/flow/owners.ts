import type { BranchClass, Flow, PeopleRef } from "./flow.ts";
import { branchClassOf } from "./match.ts";

/**
 * Owners of code, as a forge knows them: one list for all branches, that says who owns what governs delivery, and what
 * stacks are made from. A merge that alters a workflow or the flow is in force at once, whoever let it in, so this is the
 * one question that plangate cannot ask again before an apply.
 */

/**
 * Who owns what governs delivery: those whose reviews the default branch asks for. Where it names nobody, those of the
 * branches that ask for owners; then whoever may say yes to an apply; then the reviewers of other branches. Empty where the
 * flow names nobody.
 */
export function governorsOf(flow: Flow, defaultBranch: string): readonly PeopleRef[] {
  const reviewing = (branches: readonly BranchClass[]) => branches.flatMap(({ reviews }) => reviews?.by ?? []);
  const trunk = branchClassOf(flow, defaultBranch);
  const asking = flow.branches.filter(({ reviews }) => reviews?.codeOwners === true);
  const approving = [
    ...flow.environments.flatMap(({ approvals }) => approvals?.by ?? []),
    ...flow.gates.map(({ by }) => by),
  ];
  const lists = [reviewing(trunk === undefined ? [] : [trunk]), reviewing(asking), approving, reviewing(flow.branches)];
  return lists.find((people) => people.length > 0) ?? [];
}

/**
 * Whether a pull request into the branch takes a review by an owner of each path that it changes. The default branch asks
 * wherever the flow names people, and so does a branch that something is applied from where the very same people review. It is left out where one person is
 * all there is (`assurance: solo`), since nobody reviews their own; and where no pull request is asked for, since there
 * is nothing to review.
 */
export function asksOwners(flow: Flow, branch: BranchClass, defaultBranch: string): boolean {
  if (branch.reviews?.codeOwners === true) return true;
  if (!takesPullRequestsOnly(branch)) return false;
  const owners = namesIn(flow, governorsOf(flow, defaultBranch));
  if (owners.length === 0 || (flow.assurance === "solo" && isOnePerson(owners))) return false;
  if (branchClassOf(flow, defaultBranch)?.name === branch.name) return true;
  const reviewers = namesIn(flow, branch.reviews?.by == null ? [] : [branch.reviews.by]);
  return isAppliedFrom(flow, branch) && isSame(owners, reviewers);
}

export function takesPullRequestsOnly(branch: BranchClass): boolean {
  return branch.protected && branch.directPush === "never";
}

/** As the forge calls them, each once: `acme/network`, `ann`. */
export function namesIn({ teams }: Flow, people: readonly PeopleRef[]): readonly string[] {
  const named = people.flatMap((by) => {
    const members = by.teams.flatMap((team) => (Object.hasOwn(teams, team) ? (teams[team] ?? []) : []));
    return [
      ...members.flatMap(({ forgeTeam }) => forgeTeam ?? []),
      ...members.flatMap(({ logins }) => logins),
      ...by.logins,
    ];
  });
  return [...new Set(named)];
}

/** A team of the forge may be many. */
export function isOnePerson(names: readonly string[]): boolean {
  return names.length === 1 && names[0]?.includes("/") === false;
}

function isAppliedFrom({ environments, releases }: Flow, { name }: BranchClass): boolean {
  return environments.some(({ appliesFrom }) =>
    appliesFrom.some((ref) => ref === name || releases.some(({ id, from }) => id === ref && from === name)),
  );
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
