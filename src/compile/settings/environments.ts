import type { BranchPolicy, EnvironmentReviewer, ForgeEnvironment } from "../../domain/forge-settings.ts";
import type { Environment, Flow, Gate, PeopleRef, Transition } from "../../flow/index.ts";
import { planEnvironment, presentEnvironment } from "../names.ts";
import { refPatterns } from "./ref-patterns.ts";
import type { Wanted } from "./wanted.ts";

/** As many people or teams as GitHub lets an environment ask. */
export const mostReviewers = 6;

/**
 * The environments that hold keys and identities. All that present and apply take the default branch alone, since
 * those jobs run from nowhere else, whatever they deliver; those that plan take what plans.
 */
export function environmentsOf(wanted: Wanted): readonly ForgeEnvironment[] {
  const { flow } = wanted;
  const trusted = [{ name: wanted.defaultBranch, type: "branch" }] as const;
  const used = flow.environments.filter((one) => flow.when.some(({ environment }) => environment === one.name));
  const applied = used.filter((one) => appliedBy(flow, one.name).some(({ gate }) => gate === null));
  const gates = flow.gates.filter((gate) => flow.when.some((row) => row.gate === gate.name));
  return [
    environment(presentEnvironment, trusted),
    ...used.map((one) => environment(planEnvironment(one.name), [...trusted, ...plannedFrom(one, wanted)])),
    ...applied.map((one) => environment(one.name, trusted, gateAt(flow, one))),
    ...gates.map((gate) => environment(gate.name, trusted, { gate, people: reviewersOf(flow, gate.by) })),
  ];
}

/** A gate that GitHub itself asks at, and whom. */
interface Asked {
  readonly gate: Gate;
  readonly people: readonly EnvironmentReviewer[];
}

/**
 * The approvals of an environment are asked at GitHub's own gate where no pull request could ask them before. Where one
 * shows the plan, the answers given there count, and a second question after the merge would be one that nobody reads.
 */
export function gateAt(flow: Flow, { name, approvals }: Environment): Asked | undefined {
  if (approvals === null) return undefined;
  const shown = flow.when.some(
    (row) => row.on === "pull_request" && row.environment === name && row.do.includes("plan") && !changes(row),
  );
  return shown ? undefined : { gate: approvals, people: reviewersOf(flow, approvals.by) };
}

/** Everybody whom `by` names, as GitHub's reviewers, teams first; more than it takes are told by a diagnostic. */
export function reviewersOf(flow: Flow, by: PeopleRef): readonly EnvironmentReviewer[] {
  const teams = by.teams.flatMap((team) => (Object.hasOwn(flow.teams, team) ? [flow.teams[team]] : []));
  const forge = teams.flatMap((team) => team?.forgeTeam ?? []);
  const logins = [...teams.flatMap((team) => team?.logins ?? []), ...by.logins];
  return [
    ...[...new Set(forge)].map((team) => ({ type: "Team", reviewer: team.toLowerCase() }) as const),
    ...[...new Set(logins)].map((login) => ({ type: "User", reviewer: login }) as const),
  ];
}

function changes(row: Transition): boolean {
  return row.do.includes("apply") || row.do.includes("destroy") || (row.do.includes("drift") && row.drift === "apply");
}

function appliedBy(flow: Flow, environment: string): readonly Transition[] {
  return flow.when.filter((row) => row.environment === environment && changes(row));
}

/** Refs besides the default branch that plan for an environment: heads of pull requests, and branches that are pushed. */
function plannedFrom({ name }: Environment, { flow, defaultBranch }: Wanted): readonly BranchPolicy[] {
  const rows = flow.when.filter(({ environment }) => environment === name);
  const asPullRequest = rows.some(({ on }) => on === "pull_request");
  const pushed = rows
    .filter(({ on }) => on === "push")
    .flatMap(({ to }) => flow.branches.filter((branch) => to === null || branch.name === to));
  const patterns = refPatterns(pushed.flatMap(({ match }) => match)).filter((pattern) => pattern !== defaultBranch);
  return [...(asPullRequest ? ["refs/pull/*/merge"] : []), ...patterns].map((pattern) => ({
    name: pattern,
    type: "branch",
  }));
}

function environment(name: string, from: readonly BranchPolicy[], asked?: Asked): ForgeEnvironment {
  return {
    name,
    wait_timer: 0,
    prevent_self_review: asked?.gate.notBy.includes("triggerer") === true,
    can_admins_bypass: false,
    reviewers: asked?.people.slice(0, mostReviewers) ?? [],
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    branch_policies: from,
  };
}
