import type { Reaction } from "../../../delivery/ports.ts";
import { tell } from "../settings/connection.ts";
import type { Room } from "./room.ts";

/** GitHub knows eight, and tells nobody what they mean. */
const contents: Readonly<Record<Reaction, string>> = {
  "taken-up": "eyes",
  refused: "-1",
  "not-understood": "confused",
};

const right = "Pull requests (write), on an issue Issues (write)";

/** Reacts to a comment of an issue or a pull request. GitHub keeps one of each kind by everybody, so again is no other. */
export function react({ to }: Room, comment_id: number, reaction: Reaction): Promise<void> {
  return tell(to, {
    route: "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    with: { comment_id, content: contents[reaction] },
    doing: { what: `reacting to comment ${comment_id}`, right },
  });
}

export function reply({ to }: Room, issue_number: number, body: string): Promise<void> {
  return tell(to, {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    with: { issue_number, body },
    doing: { what: `answering on issue ${issue_number}`, right: "Issues (write)" },
  });
}
