import { blocked, type Result } from "./outcome.ts";
import { isSame, needRole } from "./people.ts";
import type { Place } from "./room.ts";
import type { Comment } from "./state.ts";

/** The longest text that a comment or a description may have. */
export const longestBody = 65_536;

function whyNoBody(body: string): ReturnType<typeof blocked> | null {
  if (body.trim() === "") return blocked(422, "Validation Failed: body cannot be blank");
  if ([...body].length > longestBody)
    return blocked(422, `Validation Failed: body is too long (maximum is ${longestBody} characters)`);
  return null;
}

export interface CommentRequest {
  /** An issue or a pull request. */
  readonly number: number;
  readonly body: string;
}

export async function comment(place: Place, { number, body }: CommentRequest): Promise<Result<Comment>> {
  const { repository, by, now } = place;
  const there = [...repository.issues, ...repository.pullRequests].some((subject) => subject.number === number);
  if (!there) return blocked(404, "Not Found");
  const denied = needRole(place, "read") ?? whyNoBody(body);
  if (denied !== null) return denied;
  const made: Comment = { id: place.nextId(), number, by: by.login, body, createdAt: now, updatedAt: now, earlier: [] };
  repository.comments.push(made);
  place.tell(repository, { kind: "issue_comment", action: "created", number, comment: made.id });
  return made;
}

export interface EditCommentRequest {
  readonly comment: number;
  readonly body: string;
}

/** Its writer may, and everybody with write access: what a comment says now need not be what its writer said. */
export async function editComment(place: Place, request: EditCommentRequest): Promise<Result<Comment>> {
  const { repository, by, now } = place;
  const found = repository.comments.find((made) => made.id === request.comment);
  if (found === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, isSame(found.by, by.login) ? "read" : "write") ?? whyNoBody(request.body);
  if (denied !== null) return denied;
  if (found.body === request.body) return found;
  found.earlier.push({ body: found.body, until: now, by: by.login });
  found.body = request.body;
  found.updatedAt = now;
  place.tell(repository, { kind: "issue_comment", action: "edited", number: found.number, comment: found.id });
  return found;
}
