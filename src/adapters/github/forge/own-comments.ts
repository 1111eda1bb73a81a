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
import { instant, page, text } from "./schema.ts";
import { longestComment, shortenedTo } from "./shorten.ts";

interface OwnComment {
  readonly id: string;
  readonly body: string;
  readonly updatedAt: Instant;
}

/** So many comments can people be asked to read; from then on what does not fit is shortened, as long as it says something. */
const mostComments = 5;

/**
 * Puts a section into plangate's own comment on a pull request; into another one of its own when that is full. A comment
 * is its own when it wrote it, as GitHub says: anybody can write the mark. One whose text is the same is left alone.
 */
export async function showOnPullRequest(
  room: Room,
  pullRequest: number,
  { section, markdown }: { readonly section: SectionName; readonly markdown: string },
): Promise<Instant> {
  const own = await readOwn(room, pullRequest);
  const holder = own.find(({ body }) => sectionsIn(body).has(section));
  const places = [...(holder === undefined ? [] : [holder]), ...own];
  const put = (place: OwnComment | undefined) => withSection(sectionsIn(place?.body ?? ""), section, markdown);
  const whole = places.find((candidate) => fits(put(candidate)));
  const shortened = () => places.findLast((candidate) => textOf(put(candidate)) !== undefined);
  const place = whole ?? (own.length < mostComments ? undefined : shortened());
  const body = textOf(put(place)) ?? "";
  if (holder !== undefined && holder !== place) await write(room, holder, without(holder, section));
  if (place === undefined) return create(room, pullRequest, body);
  return place.body === body ? place.updatedAt : write(room, place, body);
}

/** Takes the section out of the comment that holds it. */
export async function hideOnPullRequest(room: Room, pullRequest: number, section: SectionName): Promise<void> {
  const holder = (await readOwn(room, pullRequest)).find(({ body }) => sectionsIn(body).has(section));
  if (holder !== undefined) await write(room, holder, without(holder, section));
}

const found = z.object({
  fullDatabaseId: z.coerce.string(),
  viewerDidAuthor: z.boolean(),
  body: text,
  updatedAt: instant,
});

async function readOwn(room: Room, number: number): Promise<readonly OwnComment[]> {
  const none = { nodes: [], next: null };
  const part = z.object({ comments: page(found) });
  const first = await askPullRequest(room, part, { text: queries.ownComments, number });
  const all = await restOf(first?.comments ?? none, `reading the comments of pull request ${number}`, async (after) => {
    return (await askPullRequest(room, part, { text: queries.moreOwnComments, number, after }))?.comments ?? none;
  });
  return all
    .filter(({ viewerDidAuthor, body }) => viewerDidAuthor && body.startsWith(commentMark))
    .map(({ fullDatabaseId, body, updatedAt }) => ({ id: fullDatabaseId, body, updatedAt }));
}

/** As it is written; undefined where the sections are too many for one comment. */
function textOf(sections: Sections): string | undefined {
  const short = shortenedTo(sections, longestComment);
  return short && commentText(short);
}

function fits(sections: Sections): boolean {
  return [...commentText(sections)].length <= longestComment;
}

function without(holder: OwnComment, section: SectionName): string {
  const sections = new Map(sectionsIn(holder.body));
  sections.delete(section);
  return commentText(sections);
}

const written = z.object({ id: z.int(), body: text.nullish(), updated_at: instant });
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
