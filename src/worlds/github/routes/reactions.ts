import { type Answer, created, invalid, list, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { text } from "../body.ts";
import type { KeptReaction } from "../kept.ts";
import { allows, type Permissions } from "../permissions.ts";
import { account, nodeId, time } from "../shapes/people.ts";

/** The eight that GitHub knows. */
const contents: ReadonlySet<string> = new Set(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]);

const reads: readonly Permissions[] = [{ issues: "read" }, { pull_requests: "read" }];
const writes: readonly Permissions[] = [{ issues: "write" }, { pull_requests: "write" }];

const path = "/issues/comments/{comment_id}/reactions";

/** Reactions to the comments of issues and pull requests. */
export const reactionRoutes = [
  onRepository(`GET ${path}`, reads, (ask) => {
    const content = ask.query.get("content");
    if (content !== null && !contents.has(content)) throw invalid("Reaction", "content");
    const found = reactionsIn(ask).filter((one) => content === null || one.content === content);
    return list(found.map((one) => reactionObject(ask, one)));
  }),
  onRepository(`POST ${path}`, writes, (ask): Answer => {
    const { kept, who, hub, body } = ask;
    const comment = commentIn(ask);
    mustReach(ask, comment);
    if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
    const content = text(body, "content");
    if (!contents.has(content)) throw invalid("Reaction", "content");
    // One of a kind by each: the same again is what was there.
    const there = kept.reactions.find(
      (one) => one.comment === comment.id && one.by === who.login && one.content === content,
    );
    if (there !== undefined) return ok(reactionObject(ask, there));
    const made = { id: hub.nextId(), comment: comment.id, by: who.login, content, at: hub.clock.now() };
    kept.reactions.push(made);
    return created(reactionObject(ask, made));
  }),
];

function reactionsIn(ask: RepositoryAsk): readonly KeptReaction[] {
  const { id } = commentIn(ask);
  return ask.kept.reactions.filter(({ comment }) => comment === id);
}

function commentIn({ repository, params }: RepositoryAsk) {
  const found = repository.comments.find(({ id, on }) => String(id) === params.comment_id && "number" in on);
  if (found === undefined) throw notFound();
  return found;
}

/** The right to write to issues reaches no pull request, nor the other way round. */
function mustReach({ repository, who }: RepositoryAsk, { on }: ReturnType<typeof commentIn>): void {
  const isChange = "number" in on && repository.pullRequests.some(({ number }) => number === on.number);
  const needed: Permissions = isChange ? { pull_requests: "write" } : { issues: "write" };
  if (who.permissions !== null && !allows(who.permissions, needed))
    throw new Refusal(403, "Resource not accessible by integration");
}

function reactionObject({ site }: RepositoryAsk, { id, by, content, at }: KeptReaction) {
  return { id, node_id: nodeId("REA", id), user: account(site, by), content, created_at: time(at) };
}
