import * as z from "zod";
import type { Instant } from "../../../domain/names.ts";
import {
  commentMark,
  commentText,
  type SectionName,
  type Sections,
  sectionsIn,
  withSection,
} from "../../../domain/own-comment.ts";
import { restOf } from "./graphql.ts";
import { askPullRequest } from "./pull-request.ts";
import * as queries from "./queries.ts";
import { make } from "./rest.ts";
import type { Room } from "./room.ts";
import { type Account, account, instant, nodes, page, text } from "./schema.ts";
import { longestComment, shortenedTo } from "./shorten.ts";

/** A comment of our own as it stands there. */
interface OwnComment {
  readonly id: string;
  readonly body: string;
  /** What we wrote there last, where somebody else edited it since. */
  readonly ours: string;
  readonly updatedAt: Instant;
}

/** One as it is to be; null in `there`: a new one. */
interface Draft {
  readonly there: OwnComment | null;
  sections: Sections;
}

/** A section as it is to be; null takes it away. */
interface Wish {
  readonly section: SectionName;
  readonly markdown: string | null;
}

/** So many comments can people be asked to read; from then on what does not fit is shortened, as long as it says something. */
const mostComments = 5;

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

/** Writes each comment that changes once. Gives, for each wish, since when it stands there. */
async function showTogether(room: Room, pullRequest: number, wishes: readonly Wish[]): Promise<readonly Instant[]> {
  const drafts = (await readOwn(room, pullRequest)).map(
    (there): Draft => ({ there, sections: sectionsIn(there.ours) }),
  );
  const holders = wishes.map((wish) => place(drafts, wish));
  const times = new Map<Draft, Instant>();
  for (const draft of drafts) {
    const body = textOf(draft.sections) ?? commentText(draft.sections);
    if (draft.there === null) times.set(draft, await create(room, pullRequest, body));
    else if (draft.there.body !== body) times.set(draft, await write(room, draft.there, body));
    else times.set(draft, draft.there.updatedAt);
  }
  return holders.map((draft) => (draft === undefined ? 0 : (times.get(draft) ?? 0)));
}

/** The comment that holds the section afterwards; undefined when it was to go and was nowhere. */
function place(drafts: Draft[], { section, markdown }: Wish): Draft | undefined {
  const holder = drafts.find(({ sections }) => sections.has(section));
  if (markdown === null) {
    if (holder !== undefined) holder.sections = without(holder.sections, section);
    return holder;
  }
  const put = ({ sections }: Pick<Draft, "sections">) => withSection(sections, section, markdown);
  const places = [...(holder === undefined ? [] : [holder]), ...drafts];
  const whole = places.find((draft) => fits(put(draft)));
  const shortened = () => places.findLast((draft) => textOf(put(draft)) !== undefined);
  let found = whole ?? (drafts.length < mostComments ? undefined : shortened());
  if (found === undefined) {
    found = { there: null, sections: new Map() };
    drafts.push(found);
  }
  if (holder !== undefined && holder !== found) holder.sections = without(holder.sections, section);
  found.sections = put(found);
  return found;
}

function without(sections: Sections, section: SectionName): Sections {
  return new Map([...sections].filter(([name]) => name !== section));
}

/** As it is written; undefined where the sections are too many for one comment. */
function textOf(sections: Sections): string | undefined {
  const short = shortenedTo(sections, longestComment);
  return short && commentText(short);
}

function fits(sections: Sections): boolean {
  return [...commentText(sections)].length <= longestComment;
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
