import type { Instant } from "../../domain/names.ts";
import { commentMark, commentText, type SectionName, sectionsIn, withSection } from "../../domain/own-comment.ts";
import { type Comment, isOn, longestBody, type View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";

/**
 * Puts a section into plangate's own comment on a pull request; into another one of its own when it is full.
 * A comment is its own when its app wrote it: anybody can write the mark.
 */
export async function showOnPullRequest(
  about: PortAbout,
  pullRequest: number,
  { section, markdown }: { readonly section: SectionName; readonly markdown: string },
): Promise<Instant> {
  const { forge, repository, bot } = about;
  const own = ownComments(about, pullRequest);
  const holder = own.find(({ body }) => sectionsIn(body).has(section));
  const place = [...(holder === undefined ? [] : [holder]), ...own].find((comment) =>
    fits(textIn(comment, section, markdown)),
  );
  const body = textIn(place, section, markdown);
  const what = `showing ${section} on pull request ${pullRequest}`;
  if (holder !== undefined && holder !== place) await removeSection(about, holder, section);
  if (place === undefined) {
    return done(await forge.act("comment", { by: bot, repository, number: pullRequest, body }), what).createdAt;
  }
  return done(await forge.act("edit-comment", { by: bot, repository, comment: place.id, body }), what).updatedAt;
}

/** Takes the section out of the comment that holds it. */
export async function hideOnPullRequest(about: PortAbout, pullRequest: number, section: SectionName): Promise<void> {
  const holder = ownComments(about, pullRequest).find(({ body }) => sectionsIn(body).has(section));
  if (holder !== undefined) await removeSection(about, holder, section);
}

function ownComments(about: PortAbout, pullRequest: number): readonly View<Comment>[] {
  return repositoryState(about).comments.filter(
    (comment) => isOn(comment, pullRequest) && comment.by === about.bot && comment.body.startsWith(commentMark),
  );
}

function textIn(comment: View<Comment> | undefined, section: SectionName, markdown: string): string {
  return commentText(withSection(sectionsIn(comment?.body ?? ""), section, markdown));
}

function fits(body: string): boolean {
  return [...body].length <= longestBody;
}

async function removeSection(
  { forge, repository, bot }: PortAbout,
  comment: View<Comment>,
  section: SectionName,
): Promise<void> {
  const sections = new Map(sectionsIn(comment.body));
  sections.delete(section);
  const request = { by: bot, repository, comment: comment.id, body: commentText(sections) };
  done(await forge.act("edit-comment", request), `taking ${section} out of a comment`);
}
