import { setTimeout as pausing } from "node:timers/promises";
import * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import type { Instant } from "../../../domain/names.ts";
import { commentMark, commentText, sectionsIn } from "../../../domain/own-comment.ts";
import { layOut, type Wish } from "./comment-layout.ts";
import { restOf } from "./graphql.ts";
import { askPullRequest } from "./pull-request.ts";
import * as queries from "./queries.ts";
import { make } from "./rest.ts";
import type { Room } from "./room.ts";
import { type Account, account, instant, nodes, page, text } from "./schema.ts";

/** A comment of our own as it stands there. */
interface OwnComment {
  readonly id: string;
  readonly body: string;
  /** What we wrote there last, where somebody else edited it since. */
  readonly ours: string;
  readonly updatedAt: Instant;
}

/** Plangate's own comments on pull requests. */
export interface OwnComments {
  /**
   * Puts a section into plangate's own comment on a pull request, into another one of its own when that is full, or takes
   * it away. Gives since when it stands there. What is wished for while something is written goes out together.
   */
  show(pullRequest: number, wish: Wish): Promise<Instant>;
}

type Waiting = Wish & { readonly done: (at: Instant) => void; readonly failed: (error: unknown) => void };

export function openOwnComments(room: Room): OwnComments {
  const waiting = new Map<number, Waiting[]>();

  const writeAll = async (pullRequest: number): Promise<void> => {
    // Whoever wishes in the same moment comes along.
    await Promise.resolve();
    for (let batch = waiting.get(pullRequest) ?? []; batch.length > 0; batch = waiting.get(pullRequest) ?? []) {
      waiting.set(pullRequest, []);
      try {
        const times = await showTogether(room, pullRequest, batch);
        for (const [index, { done }] of batch.entries()) done(times[index] ?? 0);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    waiting.delete(pullRequest);
  };

  return {
    show: (pullRequest, wish) =>
      new Promise((done, failed) => {
        const batch = waiting.get(pullRequest);
        if (batch !== undefined) batch.push({ ...wish, done, failed });
        else {
          waiting.set(pullRequest, [{ ...wish, done, failed }]);
          void writeAll(pullRequest);
        }
      }),
  };
}

/**
 * Writes each comment that changes once. Gives, for each wish, since when it stands there. What GitHub failed at is looked
 * at again before anything is written again: the answer may have been lost, and the comment be there.
 */
async function showTogether(room: Room, pullRequest: number, wishes: readonly Wish[]): Promise<readonly Instant[]> {
  for (let tried = 1; ; tried++) {
    try {
      return await showOnce(room, pullRequest, wishes);
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.reaction !== "retry" || tried >= mostTries) throw error;
      const { progress, patience } = room.about;
      progress(`${error.message}: looking what is there, and trying again`);
      await pausing(tried * 2 * (patience?.second ?? 1000), undefined, { signal: room.about.signal });
    }
  }
}

const mostTries = 3;

async function showOnce(room: Room, pullRequest: number, wishes: readonly Wish[]): Promise<readonly Instant[]> {
  const own = await readOwn(room, pullRequest);
  const wanted = layOut(
    own.map(({ ours }) => sectionsIn(ours)),
    wishes,
  );
  const times = new Map<string, Instant>();
  for (const [index, sections] of wanted.entries()) {
    const [there, body] = [own[index], commentText(sections)];
    const at = await stand(room, pullRequest, { there, body });
    for (const section of sections.keys()) times.set(section, at);
  }
  return wishes.map(({ section }) => times.get(section) ?? 0);
}

/** Since when a comment says what it is to say. */
async function stand(
  room: Room,
  pullRequest: number,
  { there, body }: { readonly there: OwnComment | undefined; readonly body: string },
): Promise<Instant> {
  if (there === undefined) return create(room, pullRequest, body);
  return there.body === body ? there.updatedAt : write(room, there, body);
}

const found = z.object({
  fullDatabaseId: z.coerce.string(),
  viewerDidAuthor: z.boolean(),
  body: text,
  updatedAt: instant,
  author: account,
  editor: account,
  userContentEdits: nodes(z.object({ editor: account, diff: text.nullable() })).nullable(),
});

/**
 * What we wrote last. Everybody with write access may edit our comment too: what they made of it goes with the next write.
 * Nothing is left of a comment whose last text of ours GitHub does not tell.
 */
function ownText({ body, author, editor, userContentEdits }: z.output<typeof found>): string {
  const isOurs = (who: Account) => who.login === author.login;
  const edits = userContentEdits ?? [];
  if (edits.length === 0 || isOurs(editor)) return body;
  return edits.find((edit) => isOurs(edit.editor) && edit.diff !== null)?.diff ?? commentMark;
}

/** A comment is our own when we wrote it, as GitHub says: anybody can write the mark. */
async function readOwn(room: Room, number: number): Promise<readonly OwnComment[]> {
  const none = { nodes: [], next: null };
  const part = z.object({ comments: page(found) });
  const first = await askPullRequest(room, part, { text: queries.ownComments, number });
  const all = await restOf(first?.comments ?? none, `reading the comments of pull request ${number}`, async (after) => {
    return (await askPullRequest(room, part, { text: queries.moreOwnComments, number, after }))?.comments ?? none;
  });
  return all
    .filter((one) => one.viewerDidAuthor && ownText(one).startsWith(commentMark))
    .map((one) => ({ id: one.fullDatabaseId, body: one.body, ours: ownText(one), updatedAt: one.updatedAt }));
}

const written = z.object({ id: z.int(), updated_at: instant });
const right = "Pull requests (write)";

async function create({ to }: Room, issue_number: number, body: string): Promise<Instant> {
  const made = await make(to, written, {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    with: { issue_number, body },
    doing: { what: `commenting on pull request ${issue_number}`, right },
  });
  return made.updated_at;
}

async function write({ to }: Room, { id }: OwnComment, body: string): Promise<Instant> {
  const made = await make(to, written, {
    route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    with: { comment_id: id, body },
    doing: { what: "updating plangate's comment on a pull request", right },
  });
  return made.updated_at;
}
