import type { PersonalAnswer } from "../../../domain/answer.ts";
import { type Command, countsOnceEdited, isAnswer, parseCommands } from "../../../domain/command.ts";
import type { CommitSha, Instant, Login } from "../../../domain/names.ts";
import type { Told } from "./pull-request.ts";
import type { Comment, Review } from "./schema.ts";

export const nothingNamed = { pullRequest: null, environment: null, stack: null, plan: null, commit: null } as const;

/** Which commit was the head of a pull request at a time; null where that is not known. */
export type HeadAt = (at: Instant) => CommitSha | null;

/**
 * What people said about a pull request, in reviews and by command, in order. Only people with write access: anybody
 * else's review is an opinion, as it is to GitHub.
 */
export function answersOn(
  { number, reviews, comments, headRefOid }: Told,
  pushers: ReadonlySet<Login>,
  headAt: HeadAt,
): readonly PersonalAnswer[] {
  const said: { readonly rank: number; readonly answer: PersonalAnswer }[] = [];
  for (const [rank, review] of reviews.entries()) {
    const { author, authorCanPushToRepository, submittedAt } = review;
    if (!author.person || !authorCanPushToRepository || submittedAt === null) continue;
    const says = wordOf(review, headAt(submittedAt) ?? headRefOid);
    if (says === null) continue;
    const about = { by: author.login, at: submittedAt, via: "review", says, pullRequest: number } as const;
    said.push({ rank, answer: { ...nothingNamed, ...about } });
  }
  for (const [index, comment] of comments.entries()) {
    for (const { says, stack, plan } of commandsFrom(comment, pushers)) {
      if (!isAnswer(says) || says === "accept") continue;
      const about = { by: comment.author.login, at: comment.createdAt, via: "command", says } as const;
      // Of what was said in one second by review and by comment the comment is the later one: it may be a hold.
      const answer = { ...nothingNamed, ...about, pullRequest: number, stack, plan };
      said.push({ rank: reviews.length + index, answer });
    }
  }
  return said
    .sort((left, right) => left.answer.at - right.answer.at || left.rank - right.rank)
    .map((entry) => entry.answer);
}

/** Whether who may write has to be asked for, since somebody wrote a command. */
export function hasCommands(comments: readonly Comment[]): boolean {
  return comments.some((comment) => commandsIn(comment).length > 0);
}

/**
 * A dismissed review stands for a taken back one, at its own time: it undoes what its writer said before and nothing
 * they said later. An approval of another commit than the head of that time approves nothing.
 */
function wordOf({ state, commit }: Review, head: CommitSha): PersonalAnswer["says"] | null {
  switch (state) {
    case "APPROVED":
      return commit?.oid === head ? "approve" : null;
    case "CHANGES_REQUESTED":
      return "request-changes";
    case "DISMISSED":
      return "take-back";
    default:
      return null;
  }
}

/** What somebody with write access asks for or answers in a comment. */
export function commandsFrom(comment: Comment, pushers: ReadonlySet<Login>): readonly Command[] {
  const { author } = comment;
  return author.person && pushers.has(author.login) ? commandsIn(comment) : [];
}

/**
 * The commands of a comment as its writer first wrote it, since everybody with write access may edit it. Once edited it
 * opens nothing any more, and goes on holding what it held; by what it says now where GitHub does not tell what it said.
 */
export function commandsIn(comment: Comment): readonly Command[] {
  const { lastEditedAt, includesCreatedEdit, userContentEdits, body } = comment;
  if (lastEditedAt === null) return parseCommands(body).commands;
  const first = includesCreatedEdit ? userContentEdits?.at(-1)?.diff : null;
  return parseCommands(first ?? body).commands.filter(countsOnceEdited);
}
