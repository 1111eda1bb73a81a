import { blocked, type Result } from "./outcome.ts";
import { isSame, needRole } from "./people.ts";
import type { Place } from "./room.ts";
import type { Issue } from "./state.ts";

export interface IssueRequest {
  readonly title: string;
  readonly body?: string;
}

/** Issues and pull requests count together. */
export async function openIssue(place: Place, { title, body = "" }: IssueRequest): Promise<Result<Issue>> {
  const { repository, by } = place;
  const denied = needRole(place, "read");
  if (denied !== null) return denied;
  const issue: Issue = { number: ++repository.lastNumber, title, body, opener: by.login, state: "open" };
  repository.issues.push(issue);
  place.tell(repository, { kind: "issues", action: "opened", number: issue.number });
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
