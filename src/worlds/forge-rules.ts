import type { PersonalAnswer } from "../domain/answer.ts";
import type { PullRequestFacts } from "../domain/facts.ts";
import { type Login, parseLogin } from "../domain/names.ts";
import type { Run } from "../domain/run.ts";
import { problemsOf } from "../engine/index.ts";
import { gatesOf } from "../engine/rows.ts";
import type { BranchClass, BranchReviews, Flow, Gate, PeopleRef } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { branchClassOf } from "../flow/match.ts";
import { mergeMethodsOf } from "../flow/merges.ts";
import { asksOwners, governorsOf } from "../flow/owners.ts";
import type { LiveSettings } from "./live-settings.ts";
import { defaultBranchOf } from "./scene.ts";
import type { StepOf } from "./step.ts";
import type { Scene } from "./world.ts";

/**
 * What the forge itself refuses, set up as the flow asks for, and as somebody changed that since. Both worlds ask these
 * functions; each answers why something is refused, or null when it is let through. A person in no team of the flow may push branches, open,
 * review and comment; whoever is in one may also merge and start things.
 */

export type Refusal = string | null;

/** Who plangate is on the forge. */
export const plangate = parseLogin("plangate[bot]") as Login;

/** Who may merge, dispatch and release: everybody in a team of the flow, and everybody where it has no team. */
export function maintainersOf(scene: Pick<Scene, "people" | "flow">): readonly Login[] {
  return [...scene.people.keys()].filter((login) => isMember(scene, login));
}

/** The flow's teams, as the story fills them. */
export function teamsOf({ flow, people }: Pick<Scene, "flow" | "people">): Readonly<Record<string, readonly Login[]>> {
  const members = (team: string) => [...people].filter(([, teams]) => teams.includes(team)).map(([login]) => login);
  return Object.fromEntries(Object.keys(flow.teams).map((team) => [team, members(team)]));
}

function isMember({ people, flow }: Pick<Scene, "people" | "flow">, login: Login): boolean {
  if (Object.keys(flow.teams).length === 0) return people.has(login);
  return (people.get(login)?.length ?? 0) > 0;
}

function isOneOf(scene: Pick<Scene, "people">, by: PeopleRef, login: Login): boolean {
  return by.logins.includes(login) || by.teams.some((team) => scene.people.get(login)?.includes(team));
}

/** Issues that are there from the start, for changes to link. */
export const issuesAtStart = 20;

/** Issues that a text closes when it is merged: `Closes #12`, `fixes #3`. */
export function linkedIssues(body: string): readonly number[] {
  const found = body.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi);
  return [...new Set([...found].map((match) => Number(match[1])))];
}

/**
 * Nobody but an administrator pushes to a branch that takes pull requests only, or throws its commits away. What a branch
 * takes a little of directly it takes all of here: GitHub cannot count lines, so plangate looks at it afterwards.
 */
export function refusesPush(flow: Flow, step: StepOf<"push">, live: LiveSettings): Refusal {
  if (step.fork !== null || step.force || live.branches[step.branch]?.pushes === "open") return null;
  const into = branchClassOf(flow, step.branch);
  if (into?.directPush === "never") return `${step.branch} takes pull requests only`;
  return step.rewrite && into?.protected === true ? `${step.branch} keeps its commits` : null;
}

/** Nobody deletes a branch that the flow protects. */
export function refusesDelete(flow: Flow, step: StepOf<"delete-branch">): Refusal {
  return branchClassOf(flow, step.branch)?.protected === true ? `${step.branch} is protected` : null;
}

export function refusesOpen(about: { readonly alreadyOpen: boolean; readonly isBehind: boolean }): Refusal {
  if (about.alreadyOpen) return "there is an open pull request from this branch already";
  return about.isBehind ? "the branch has nothing that its base lacks" : null;
}

/** Nobody reviews their own pull request; only a review that stands can be dismissed. */
export function refusesReview(scene: Scene, step: StepOf<"review">, change: PullRequestFacts): Refusal {
  if (step.state === "dismiss") {
    if (!isMember(scene, step.by)) return `${step.by} may not dismiss reviews`;
    const last = lastReviews(change.answers).find((review) => review.by === step.of);
    return last === undefined || last.says === "take-back" ? `${step.of} has no review to dismiss` : null;
  }
  return step.state !== "comment" && change.opener === step.by ? `${step.by} opened the pull request` : null;
}

/** The last review of each person. */
function lastReviews(answers: readonly PersonalAnswer[]): readonly PersonalAnswer[] {
  return [...new Map(answers.filter(({ via }) => via === "review").map((review) => [review.by, review])).values()];
}

/**
 * What keeps a pull request from being merged: a conflict and a draft always; the reviews that the base branch asks for,
 * a request for changes, a method that the branch does not allow, and plangate's own required check, unless an
 * administrator goes past them.
 */
export function refusesMerge(
  scene: Scene,
  step: StepOf<"merge">,
  about: { readonly change: PullRequestFacts; readonly conflicts: boolean; readonly live: LiveSettings },
): Refusal {
  const { change, conflicts } = about;
  if (change.state !== "open") return `pull request ${change.number} is ${change.state}`;
  if (conflicts) return `it conflicts with ${change.base}`;
  if (change.draft) return "it is a draft";
  if (step.force) return null;
  if (!isMember(scene, step.by)) return `${step.by} may not merge`;
  const { reviews, checks, methods } = about.live.branches[change.base] ?? {};
  return (
    (checks === "off" ? null : requiredCheck(scene.flow, change)) ??
    (reviews === "off" ? null : reviewsMissing(scene, change)) ??
    (methods === "any" ? null : methodRefused(scene.flow, step, change))
  );
}

/** The check that plangate publishes is red while something is wrong with how the pull request came; a protected branch requires it. */
function requiredCheck(flow: Flow, change: PullRequestFacts): Refusal {
  if (branchClassOf(flow, change.base)?.protected !== true) return null;
  return problemsOf(flow, change)[0]?.sentence ?? null;
}

/**
 * The forge counts anybody's review: whoever may push may review. Whom the flow names it knows as owners of code alone, of
 * what stacks are made from and of what governs delivery, and asks for one of them where the branch asks for owners.
 */
function reviewsMissing(scene: Scene, change: PullRequestFacts): Refusal {
  const branch = branchClassOf(scene.flow, change.base);
  if (branch === undefined || (branch.reviews === null && change.trustedPaths.length === 0)) return null;
  const last = lastReviews(change.answers);
  const objector = last.find((review) => review.says === "request-changes" && isMember(scene, review.by));
  if (objector !== undefined) return `${objector.by} asked for changes`;
  const approvers = last
    .filter(({ by, at, says }) => says === "approve" && by !== change.opener && at > change.headSince)
    .map(({ by }) => by);
  const count = branch.reviews?.count ?? 0;
  if (approvers.length < count) return `${approvers.length} of ${count} reviews are there`;
  const owners = ownersAsked(scene.flow, branch, change);
  if (owners.length > 0 && !approvers.some((login) => owners.some((by) => isOneOf(scene, by, login))))
    return "none of those who own what it changes, by the flow, has approved it";
  return codeOwnersMissing(branch.reviews, change, approvers);
}

/** Whom the compiled CODEOWNERS names for what the pull request changes. Where the branch names its reviewers, all that stacks are made from is theirs. */
function ownersAsked(flow: Flow, branch: BranchClass, { trustedPaths }: PullRequestFacts): readonly PeopleRef[] {
  const trunk = defaultBranchOf(flow);
  if (trunk === undefined || !asksOwners(flow, branch, trunk)) return [];
  if (branch.reviews?.by != null) return [branch.reviews.by];
  return trustedPaths.length > 0 ? governorsOf(flow, trunk) : [];
}

function codeOwnersMissing(
  reviews: BranchReviews | null,
  change: PullRequestFacts,
  approvers: readonly Login[],
): Refusal {
  if (reviews?.codeOwners !== true) return null;
  const missing = change.codeOwners.find(
    (group) => group.length > 0 && !group.some((login) => approvers.includes(login)),
  );
  return missing === undefined ? null : `none of ${missing.join(", ")}, who own what it changes, has approved it`;
}

function methodRefused(flow: Flow, step: StepOf<"merge">, change: PullRequestFacts): Refusal {
  return step.method === null || mergeMethodsOf(flow, change.headBranch, change.base).includes(step.method)
    ? null
    : `${change.headBranch} is not merged into ${change.base} by ${step.method}`;
}

/** How a pull request is merged when nobody says how. */
export function mergeMethodFor(
  flow: Flow,
  step: StepOf<"merge">,
  change: Pick<PullRequestFacts, "headBranch" | "base">,
): NonNullable<StepOf<"merge">["method"]> {
  return step.method ?? mergeMethodsOf(flow, change.headBranch, change.base)[0] ?? "merge";
}

/** The gates that a run's apply has to pass: those of its environment's approvals and of the row that asked for it. */
export function gatesOfRun(flow: Flow, run: Pick<Run, "stack" | "due" | "mode">): readonly Gate[] {
  const environment = placeOf(flow, run.stack)?.environment;
  if (environment === undefined) return [];
  if (run.due === null) return environment.approvals === null ? [] : [environment.approvals];
  return gatesOf(flow, { environment, due: run.due, mode: run.mode });
}

/** Whether a run waits for people at a gate: its apply was asked for and has not started. */
export function waitsAt(flow: Flow, run: Run, gate: string): boolean {
  return run.state === "waiting" && run.due !== null && gatesOfRun(flow, run).some(({ name }) => name === gate);
}

/** Everywhere that people are asked: gates of rows, and approvals of environments. */
export function gatesIn(flow: Flow): readonly Gate[] {
  return [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])];
}

/** A gate is answered by those it names, while something waits there. Who of them counts is not the forge's to know. */
export function refusesGate(
  scene: Scene,
  step: StepOf<"gate">,
  { waits, live }: { readonly waits: boolean; readonly live: LiveSettings },
): Refusal {
  const { flow } = scene;
  const gate = gatesIn(flow).find(({ name }) => name === step.environment);
  if (gate === undefined) return `${step.environment} has no gate`;
  if (!waits) return `nothing waits at ${step.environment}`;
  const isOpen = live.gates[gate.name]?.reviewers === "anybody";
  return isOpen || isOneOf(scene, gate.by, step.by) ? null : `${step.by} is not asked at ${step.environment}`;
}

/** Starting something: dispatch, rerun, a release by hand. */
export function refusesStart(scene: Scene, by: Login): Refusal {
  return isMember(scene, by) ? null : `${by} may not start anything`;
}

/** The smaller things done to a pull request. */
export function refusesChange(
  scene: Scene,
  step: StepOf<"label" | "edit" | "ready" | "close" | "reopen" | "update-branch">,
  change: PullRequestFacts,
): Refusal {
  if (!isMember(scene, step.by) && (step.by !== change.opener || step.kind === "label"))
    return `${step.by} may not do this`;
  const state = `pull request ${change.number} is ${change.state}`;
  switch (step.kind) {
    case "reopen":
      return change.state === "closed" ? null : state;
    case "label":
      return null;
    case "edit":
      return step.base === null || change.state === "open" ? null : state;
    case "ready":
      return change.state !== "open" ? state : change.draft ? null : "it is no draft";
    default:
      return change.state === "open" ? null : state;
  }
}
