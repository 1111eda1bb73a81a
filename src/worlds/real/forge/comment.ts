import { blocked, type Result } from "./outcome.ts";
import { isSame, needRole } from "./people.ts";
import type { Place } from "./room.ts";
import type { Comment, CommentSubject, View } from "./state.ts";

/** The longest text that a comment or a description may have. */
export const longestBody = 65_536;

function whyNoBody(body: string): ReturnType<typeof blocked> | null {
  if (body.trim() === "") return blocked(422, "Validation Failed: body cannot be blank");
  if ([...body].length > longestBody)
    return blocked(422, `Validation Failed: body is too long (maximum is ${longestBody} characters)`);
  return null;
}

export type CommentRequest = CommentSubject & { readonly body: string };

export async function comment(place: Place, { body, ...on }: CommentRequest): Promise<Result<Comment>> {
  const { repository, by, now } = place;
  if (!(await isThere(place, on))) return blocked(404, "Not Found");
  const denied = needRole(place, "read") ?? whyNoBody(body);
  if (denied !== null) return denied;
  const made: Comment = { id: place.nextId(), on, by: by.login, body, createdAt: now, updatedAt: now, earlier: [] };
  repository.comments.push(made);
  const { id } = made;
  if ("number" in on)
    place.tell(repository, { kind: "issue_comment", action: "created", number: on.number, comment: id });
  else place.tell(repository, { kind: "commit_comment", commit: on.commit, comment: id });
  return made;
}

async function isThere({ repository, network }: Place, on: CommentSubject): Promise<boolean> {
  if ("commit" in on) return (await network.commit(on.commit)) !== undefined;
  return [...repository.issues, ...repository.pullRequests].some((subject) => subject.number === on.number);
}

/** Whether a comment is on the issue or pull request of that number. */
export function isOn({ on }: Pick<View<Comment>, "on">, number: number): boolean {
  return "number" in on && on.number === number;
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
  if ("number" in found.on)
    place.tell(repository, { kind: "issue_comment", action: "edited", number: found.on.number, comment: found.id });
  return found;
}

/** Its writer may, and everybody with write access; nothing of it stays. */
export async function deleteComment(place: Place, { comment }: { readonly comment: number }): Promise<Result<null>> {
  const { comments } = place.repository;
  const index = comments.findIndex((made) => made.id === comment);
  const found = comments[index];
  if (found === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, isSame(found.by, place.by.login) ? "read" : "write");
  if (denied !== null) return denied;
  comments.splice(index, 1);
  if ("number" in found.on)
    place.tell(place.repository, { kind: "issue_comment", action: "deleted", number: found.on.number, comment });
  return null;
}
