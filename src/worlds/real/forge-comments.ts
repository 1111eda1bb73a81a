import type { Instant, StackName } from "../../domain/names.ts";
import { type Comment, isOn, longestBody, type View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";
import { commentMark, commentText, sectionsIn, withSection } from "./forge-sections.ts";

/**
 * Puts a stack's section into plangate's own comment on a pull request; into another one of its own when it is full.
 * A comment is its own when its app wrote it: anybody can write the mark.
 */
export async function showOnPullRequest(
  about: PortAbout,
  pullRequest: number,
  { section, markdown }: { readonly section: StackName; readonly markdown: string },
): Promise<Instant> {
  const { forge, repository, bot } = about;
  const own = repositoryState(about).comments.filter(
    (comment) => isOn(comment, pullRequest) && comment.by === bot && comment.body.startsWith(commentMark),
  );
  const holder = own.find(({ body }) => sectionsIn(body).has(section));
  const place = [...(holder === undefined ? [] : [holder]), ...own].find((comment) =>
    fits(textIn(comment, section, markdown)),
  );
  const body = textIn(place, section, markdown);
  const what = `showing the plan of ${section} on pull request ${pullRequest}`;
  if (holder !== undefined && holder !== place) await removeSection(about, holder, section);
  if (place === undefined) {
    return done(await forge.act("comment", { by: bot, repository, number: pullRequest, body }), what).createdAt;
  }
  return done(await forge.act("edit-comment", { by: bot, repository, comment: place.id, body }), what).updatedAt;
}

function textIn(comment: View<Comment> | undefined, section: StackName, markdown: string): string {
  return commentText(withSection(sectionsIn(comment?.body ?? ""), section, markdown));
}

function fits(body: string): boolean {
  return [...body].length <= longestBody;
}

async function removeSection(
  { forge, repository, bot }: PortAbout,
  comment: View<Comment>,
  section: StackName,
): Promise<void> {
  const sections = new Map(sectionsIn(comment.body));
  sections.delete(section);
  const request = { by: bot, repository, comment: comment.id, body: commentText(sections) };
  done(await forge.act("edit-comment", request), `moving the section of ${section}`);
}
