import * as z from "zod";
import type { Doing } from "../failure.ts";
import { type Question, question, restOf } from "./graphql.ts";
import * as queries from "./queries.ts";
import type { Room } from "./room.ts";
import {
  type Comment,
  comment,
  type FirstPages,
  type PullRequestCommit,
  page,
  pullRequest,
  pullRequestCommit,
  type Review,
  type ReviewThread,
  review,
  reviewThread,
} from "./schema.ts";

/** A pull request as GitHub tells it, with all that was said on it. */
export interface Told extends Omit<FirstPages, "reviews" | "comments" | "commits" | "reviewThreads"> {
  readonly reviews: readonly Review[];
  readonly comments: readonly Comment[];
  /** GitHub names no more than 250: who wrote what is asked of Git, and these tell who is behind the addresses. */
  readonly commits: readonly PullRequestCommit[];
  readonly reviewThreads: readonly ReviewThread[];
}

type Asking = Pick<Room, "reader" | "about">;

const right = "Pull requests (read)";
const about = (number: number): Doing => ({ what: `reading pull request ${number}`, right });

/** An answer about a part of one pull request; undefined when there is no such pull request. */
export async function askPullRequest<T>(
  room: Asking,
  part: z.ZodType<T>,
  asked: Pick<Question, "text"> & { readonly number: number; readonly after?: string },
): Promise<T | undefined> {
  const { number, text, after } = asked;
  const shape = z.object({ repository: z.object({ pullRequest: part.nullable() }) });
  const of = { number, ...(after === undefined ? {} : { after }) };
  const { repository } = await question(room, shape, { text, of, doing: about(number) });
  return repository.pullRequest ?? undefined;
}

/** `undefined` when there is no such pull request. */
export async function readPullRequest(room: Asking, number: number): Promise<Told | undefined> {
  const first = await askPullRequest(room, pullRequest, { text: queries.onePullRequest, number });
  return first && withTheRest(room, first);
}

async function withTheRest(room: Asking, first: FirstPages): Promise<Told> {
  const { number } = first;
  const { what } = about(number);
  const none = { nodes: [], next: null };
  const [reviews, comments, commits, reviewThreads] = await Promise.all([
    restOf(first.reviews ?? none, what, async (after) => {
      const part = z.object({ reviews: page(review).nullable() });
      return (await askPullRequest(room, part, { text: queries.moreReviews, number, after }))?.reviews ?? none;
    }),
    restOf(first.comments, what, async (after) => {
      const part = z.object({ comments: page(comment) });
      return (await askPullRequest(room, part, { text: queries.moreComments, number, after }))?.comments ?? none;
    }),
    restOf(first.commits, what, async (after) => {
      const part = z.object({ commits: page(pullRequestCommit) });
      return (await askPullRequest(room, part, { text: queries.moreCommits, number, after }))?.commits ?? none;
    }),
    restOf(first.reviewThreads, what, async (after) => {
      const part = z.object({ reviewThreads: page(reviewThread) });
      return (
        (await askPullRequest(room, part, { text: queries.moreReviewThreads, number, after }))?.reviewThreads ?? none
      );
    }),
  ]);
  return { ...first, reviews, comments, commits, reviewThreads };
}
