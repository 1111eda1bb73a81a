import { InternalError } from "../../../domain/errors.ts";
import { blocked, type Result } from "./outcome.ts";
import { isSame, needRole } from "./people.ts";
import type { Place } from "./room.ts";
import type { Issue, RepositoryState } from "./state.ts";

export interface IssueRequest {
  readonly title: string;
  readonly body?: string;
}

export async function openIssue(place: Place, { title, body = "" }: IssueRequest): Promise<Result<Issue>> {
  const { repository, by } = place;
  const denied = needRole(place, "read");
  if (denied !== null) return denied;
  const issue: Issue = { number: nextNumber(repository, "issues"), title, body, opener: by.login, state: "open" };
  repository.issues.push(issue);
  place.tell(repository, { kind: "issues", action: "opened", number: issue.number });
  return issue;
}

/** Counts up, past numbers that are taken: over issues and pull requests together, or over each kind on its own. */
export function nextNumber(repository: RepositoryState, kind: "issues" | "pullRequests"): number {
  const { numbering, issues, pullRequests } = repository;
  const taken = new Set((numbering === "apart" ? repository[kind] : [...issues, ...pullRequests]).map(numberOf));
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}

function numberOf({ number }: { readonly number: number }): number {
  return number;
}

/** An open issue that was there before the story begins, under a number that nothing else has. */
export function addIssue(repository: RepositoryState, number: number, opener: string): Issue {
  const others = repository.numbering === "apart" ? [] : repository.pullRequests;
  const taken = [...repository.issues, ...others].some((other) => other.number === number);
  if (taken) throw new InternalError(`number ${number} of ${repository.name} is taken`);
  const issue: Issue = { number, title: `Issue ${number}`, body: "", opener, state: "open" };
  repository.issues.push(issue);
  return issue;
}

export interface EditIssueRequest {
  readonly number: number;
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
}

export async function editIssue(place: Place, request: EditIssueRequest): Promise<Result<Issue>> {
  const { repository, by } = place;
  const issue = repository.issues.find((candidate) => candidate.number === request.number);
  if (issue === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, isSame(issue.opener, by.login) ? "read" : "write");
  if (denied !== null) return denied;
  const moves = request.state !== undefined && request.state !== issue.state;
  issue.title = request.title ?? issue.title;
  issue.body = request.body ?? issue.body;
  issue.state = request.state ?? issue.state;
  const action = moves ? (issue.state === "closed" ? "closed" : "reopened") : "edited";
  place.tell(repository, { kind: "issues", action, number: issue.number });
  return issue;
}
