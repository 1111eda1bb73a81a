import type { PersonalAnswer } from "../domain/answer.ts";
import type { PullRequestFacts } from "../domain/facts.ts";
import type { Login } from "../domain/names.ts";
import type { Flow, PeopleRef } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";
import type { StepOf } from "./step.ts";
import type { Scene } from "./world.ts";

/**
 * What the forge itself refuses, set up as the flow asks for. Both worlds ask these functions; each answers why
 * something is refused, or null when it is let through. A person in no team of the flow may push branches, open,
 * review and comment; whoever is in one may also merge and start things.
 */

export type Refusal = string | null;

/** Who may merge, dispatch and release: everybody in a team of the flow. */
export function maintainersOf({ people }: Pick<Scene, "people">): readonly Login[] {
  return [...people].filter(([, teams]) => teams.length > 0).map(([login]) => login);
}

/** The flow's teams, as the story fills them. */
export function teamsOf({ flow, people }: Pick<Scene, "flow" | "people">): Readonly<Record<string, readonly Login[]>> {
  const members = (team: string) => [...people].filter(([, teams]) => teams.includes(team)).map(([login]) => login);
  return Object.fromEntries(Object.keys(flow.teams).map((team) => [team, members(team)]));
}

function isMember(scene: Pick<Scene, "people">, login: Login): boolean {
  return (scene.people.get(login)?.length ?? 0) > 0;
}

function isOneOf(scene: Pick<Scene, "people">, by: PeopleRef, login: Login): boolean {
  return by.logins.includes(login) || by.teams.some((team) => scene.people.get(login)?.includes(team));
}

/** Issues that a text closes when it is merged: `Closes #12`, `fixes #3`. */
export function linkedIssues(body: string): readonly number[] {
  const found = body.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi);
  return [...new Set([...found].map((match) => Number(match[1])))];
}

/** Nobody but an administrator pushes to a branch that takes pull requests. */
export function refusesPush(flow: Flow, step: StepOf<"push">): Refusal {
  if (step.fork !== null || step.force || branchClassOf(flow, step.branch)?.protected !== true) return null;
  return `${step.branch} takes pull requests only`;
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
  about: { readonly change: PullRequestFacts; readonly conflicts: boolean },
): Refusal {
  const { change, conflicts } = about;
  if (change.state !== "open") return `pull request ${change.number} is ${change.state}`;
  if (conflicts) return `it conflicts with ${change.base}`;
  if (change.draft) return "it is a draft";
  if (step.force) return null;
  if (!isMember(scene, step.by)) return `${step.by} may not merge`;
  return requiredCheck(scene.flow, change) ?? reviewsMissing(scene, change) ?? methodRefused(scene.flow, step, change);
}

/** The check that plangate publishes is red while the head branch is not accepted, or a required work item is missing. */
function requiredCheck(flow: Flow, change: PullRequestFacts): Refusal {
  const base = branchClassOf(flow, change.base);
  const head = branchClassOf(flow, change.headBranch);
  if (base?.protected !== true) return null;
  if (head === undefined || !base.accepts.includes(head.name))
    return `${change.base} does not accept ${change.headBranch}`;
  return head.issue === "required" && change.issues.length === 0 ? "it links no issue" : null;
}

function reviewsMissing(scene: Scene, change: PullRequestFacts): Refusal {
  const reviews = branchClassOf(scene.flow, change.base)?.reviews ?? null;
  if (reviews === null) return null;
  const last = lastReviews(change.answers);
  const objector = last.find((review) => review.says === "request-changes" && isMember(scene, review.by));
  if (objector !== undefined) return `${objector.by} asked for changes`;
  const approvals = last.filter(
    ({ by, at, says }) =>
      says === "approve" &&
      by !== change.opener &&
      at > change.headSince &&
      (reviews.by === null || isOneOf(scene, reviews.by, by)),
  );
  return approvals.length < reviews.count ? `${approvals.length} of ${reviews.count} reviews are there` : null;
}

function methodRefused(flow: Flow, step: StepOf<"merge">, change: PullRequestFacts): Refusal {
  const allowed = branchClassOf(flow, change.base)?.merge ?? [];
  return step.method === null || allowed.includes(step.method)
    ? null
    : `${change.base} is not merged into by ${step.method}`;
}

/** A gate is answered by those it names, while something waits there. Who of them counts is not the forge's to know. */
export function refusesGate(scene: Scene, step: StepOf<"gate">, waits: boolean): Refusal {
  const gate = scene.flow.environments.find(({ name }) => name === step.environment)?.approvals ?? null;
  if (gate === null) return `${step.environment} has no gate`;
  if (!waits) return `nothing waits at ${step.environment}`;
  return isOneOf(scene, gate.by, step.by) ? null : `${step.by} is not asked at ${step.environment}`;
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
