import * as z from "zod";
import {
  type CommitSha,
  emailLogin,
  type Instant,
  type Login,
  loginNamed,
  parseCommitSha,
  parseInstant,
} from "../../../domain/names.ts";

/** Answers of GitHub, as far as they are used here, in the words of the domain. Sizes are bounded: texts are people's. */

export const commit = z.string().transform((text, context): CommitSha => {
  const sha = parseCommitSha(text);
  if (sha !== undefined) return sha;
  context.issues.push({ code: "custom", message: "it is no commit id", input: text });
  return z.NEVER;
});

export const instant = z.string().transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  context.issues.push({ code: "custom", message: "it is no time", input: text });
  return z.NEVER;
});

/** As the standard has it. */
export const longestAddress = 254;

export const text = z.string().max(300_000);
export const name = z.string().max(1024);

/** Where GitHub answers with one of several kinds of things: this one, or null for any other. */
export function only<Shape extends z.ZodType>(kind: string, shape: Shape) {
  const other = z.object({ __typename: z.string().refine((found) => found !== kind) }).transform(() => null);
  return z.union([other, shape]).nullable();
}

/** Somebody as GitHub tells of them. */
export interface Account {
  readonly login: Login;
  /** A person; no app, no organisation, nobody who was imported or is gone. */
  readonly person: boolean;
}

/** An account that is gone: known to nobody, and good for nothing. */
const gone: Account = { login: emailLogin("nobody"), person: false };

/** In GraphQL an app's login lacks what tells it from a person's. */
export const account = z
  .object({ __typename: z.string(), login: name })
  .nullable()
  .transform((told): Account => {
    if (told === null) return gone;
    const isApp = told.__typename === "Bot" && !told.login.endsWith("[bot]");
    return { login: loginNamed(isApp ? `${told.login}[bot]` : told.login), person: told.__typename === "User" };
  });

/** The same as REST tells it. */
export const restAccount = z
  .object({ login: name, type: z.string() })
  .nullable()
  .transform(
    (told): Account => (told === null ? gone : { login: loginNamed(told.login), person: told.type === "User" }),
  );

/** What GitHub leaves out of a list for want of a right is null. */
export function nodes<Node extends z.ZodType>(node: Node) {
  return z
    .object({ nodes: z.array(node.nullable()).max(100).nullish() })
    .transform(({ nodes: all }) => (all ?? []).filter((one) => one !== null));
}

export function page<Node extends z.ZodType>(node: Node) {
  return z
    .object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(node.nullable()).max(100).nullish(),
    })
    .transform(({ pageInfo, nodes: all }) => ({
      nodes: (all ?? []).filter((one) => one !== null),
      next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
    }));
}

export const review = z.object({
  fullDatabaseId: z.coerce.string(),
  state: z.enum(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]),
  submittedAt: instant.nullable(),
  author: account,
  authorCanPushToRepository: z.boolean(),
  commit: z.object({ oid: commit }).nullable(),
});

export const comment = z.object({
  id: name,
  author: account,
  body: text,
  createdAt: instant,
  updatedAt: instant,
  lastEditedAt: instant.nullable(),
  includesCreatedEdit: z.boolean(),
  /** The first of all: what it said when it was made. */
  userContentEdits: nodes(z.object({ diff: text.nullable() })).nullable(),
});

/** Whoever makes a commit writes what they like there; what is longer than any address is nobody's. */
const address = z
  .string()
  .nullable()
  .transform((written) => (written !== null && written.length > longestAddress ? null : written));

const gitActor = z.object({ email: address, user: z.object({ login: name }).nullable() });

export const people = z.object({
  authors: nodes(gitActor),
  committer: gitActor.nullable(),
});

export const pullRequestCommit = z.object({
  commit: people.extend({
    oid: commit,
    associatedPullRequests: nodes(
      z.object({ number: z.int(), mergeCommit: z.object({ oid: commit }).nullable() }),
    ).nullable(),
  }),
});

export const reviewThread = z.object({ isResolved: z.boolean() });

export const pullRequest = z.object({
  number: z.int().min(1),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  body: text,
  createdAt: instant,
  mergedAt: instant.nullable(),
  baseRefName: name,
  baseRefOid: commit,
  headRefName: name,
  headRefOid: commit,
  isCrossRepository: z.boolean(),
  headRepository: z.object({ nameWithOwner: name }).nullable(),
  mergeCommit: z.object({ oid: commit }).nullable(),
  author: account,
  labels: nodes(z.object({ name })).nullable(),
  closingIssuesReferences: nodes(
    z.object({ number: z.int(), state: z.string(), repository: z.object({ nameWithOwner: name }) }),
  ).nullable(),
  labeled: nodes(z.object({ createdAt: instant, label: z.object({ name }), actor: account })),
  retargeted: nodes(z.object({ createdAt: instant })),
  forced: nodes(z.object({ createdAt: instant })),
  reviews: page(review).nullable(),
  comments: page(comment),
  commits: page(pullRequestCommit),
  reviewThreads: page(reviewThread),
});

export type Review = z.output<typeof review>;
export type Comment = z.output<typeof comment>;
export type ReviewThread = z.output<typeof reviewThread>;
export type PullRequestCommit = z.output<typeof pullRequestCommit>;
export type FirstPages = z.output<typeof pullRequest>;

export const activity = z.object({
  before: z.string(),
  after: z.string(),
  ref: name,
  timestamp: instant,
  activity_type: z.string(),
  actor: restAccount,
});

export const collaborator = z.object({ login: name, type: z.string() });
export const member = z.object({ login: name });
