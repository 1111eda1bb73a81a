import { closingIssues } from "../../../domain/closing-issues.ts";
import type { CommitSha } from "../../../domain/names.ts";
import {
  type Commit,
  commitsBetween,
  hasRole,
  type Look,
  type PullRequest,
  trailerPeople,
  userByEmail,
  type View,
} from "../../real/forge/index.ts";
import { bringing } from "../shapes/bringing.ts";
import { labelsOf, timesOf } from "../shapes/issue.ts";
import { isSameLogin, nodeId, time } from "../shapes/people.ts";
import { baseCommit, commitsOf } from "../shapes/pull-request.ts";
import { type About, actor } from "./about.ts";
import { type Arguments, connection, type Thing } from "./execute.ts";
import { timeline } from "./timeline.ts";

type Change = View<PullRequest>;
type Comment = Look["repository"]["comments"][number];

export function pullRequestThing(about: About, change: Change): Thing {
  const { site, place } = about;
  const { repository, refs } = place;
  const merged = change.merged;
  const list =
    (name: string, items: () => readonly unknown[] | Promise<readonly unknown[]>) => async (given: Arguments) =>
      connection(name, await items(), given);
  return {
    __typename: "PullRequest",
    id: nodeId("PR", `${repository.name}#${change.number}`),
    number: change.number,
    title: change.title,
    body: change.body,
    url: `${site.web}/${repository.name}/pull/${change.number}`,
    state: merged !== null ? "MERGED" : change.state.toUpperCase(),
    merged: merged !== null,
    isDraft: change.draft,
    createdAt: time(change.createdAt),
    updatedAt: time(timesOf(site, repository, change).updatedAt),
    mergedAt: merged === null ? null : time(merged.at),
    mergedBy: () => (merged === null ? null : actor(about, merged.by)),
    baseRefName: change.base,
    baseRefOid: baseCommit(place, change),
    headRefName: change.head.branch,
    headRefOid: change.headCommit,
    isCrossRepository: change.head.repository !== repository.name,
    headRepository: () =>
      site.hub.forge.state.repositories.some(({ name }) => name === change.head.repository)
        ? { __typename: "Repository", nameWithOwner: change.head.repository }
        : null,
    mergeCommit: () => (merged === null ? null : commitThing(about, merged.commit)),
    potentialMergeCommit: () => {
      const sha = refs.get(`refs/pull/${change.number}/merge`);
      return sha === undefined ? null : commitThing(about, sha);
    },
    author: () => actor(about, change.opener),
    labels: list("Label", () => change.labels.map(({ name }) => ({ __typename: "Label", name }))),
    closingIssuesReferences: list("Issue", () => linked(about, change).map((number) => issueThing(about, number))),
    timelineItems: (given: Arguments) => timeline(about, change, given),
    reviews: list("PullRequestReview", () =>
      repository.reviews
        .filter(({ pullRequest }) => pullRequest === change.number)
        .map((review) => ({
          __typename: "PullRequestReview",
          id: nodeId("PRR", review.id),
          databaseId: review.id,
          fullDatabaseId: String(review.id),
          state: review.state,
          body: review.body,
          submittedAt: time(review.submittedAt),
          author: actor(about, review.by),
          authorCanPushToRepository: hasRole(repository, review.by, "write"),
          commit: () => commitThing(about, review.commit),
        })),
    ),
    reviewThreads: list("PullRequestReviewThread", () =>
      site.hub
        .kept(repository.name)
        .reviewThreads.filter(({ pullRequest }) => pullRequest === change.number)
        .map(({ id, resolved }) => ({
          __typename: "PullRequestReviewThread",
          id: nodeId("PRRT", id),
          isResolved: resolved,
        })),
    ),
    comments: list("IssueComment", () =>
      repository.comments
        .filter(({ on }) => "number" in on && on.number === change.number)
        .map((comment) => commentThing(about, comment)),
    ),
    commits: list("PullRequestCommit", async () =>
      (await commitsOf(place, change)).map(({ sha }) => ({
        __typename: "PullRequestCommit",
        commit: () => commitThing(about, sha),
      })),
    ),
  };
}

/** By a word in the description, which counts towards the default branch only, or by hand. */
function linked({ place: { repository } }: About, change: Change): readonly number[] {
  const byWord = change.base === repository.defaultBranch ? closingIssues(change.body, repository.name) : [];
  const all = new Set([...byWord, ...change.issues]);
  return repository.issues.filter(({ number }) => all.has(number)).map(({ number }) => number);
}

export function issueThing(about: About, number: number): Thing | null {
  const { site, place, who } = about;
  const issue = place.repository.issues.find((one) => one.number === number);
  if (issue === undefined) return null;
  return {
    __typename: "Issue",
    id: nodeId("I", `${place.repository.name}#${number}`),
    number,
    title: issue.title,
    body: issue.body,
    state: issue.state.toUpperCase(),
    author: () => actor(about, issue.opener),
    viewerDidAuthor: isSameLogin(issue.opener, who.login),
    repository: { __typename: "Repository", nameWithOwner: place.repository.name },
    labels: (given: Arguments) =>
      connection(
        "Label",
        labelsOf(site, place.repository, number).map((name) => ({ __typename: "Label", name })),
        given,
      ),
  };
}

/** A comment with what it said before. Once it was edited, its first text counts among the edits; the newest come first. */
export function commentThing(about: About, comment: Comment): Thing {
  const { on, earlier } = comment;
  const last = earlier.at(-1);
  const texts = [...earlier.map(({ body }) => body), comment.body];
  const edits = texts.map((diff, index) => ({
    __typename: "UserContentEdit",
    diff,
    editedAt: time(earlier[index - 1]?.until ?? comment.createdAt),
    createdAt: time(earlier[index - 1]?.until ?? comment.createdAt),
    editor: () => actor(about, earlier[index - 1]?.by ?? comment.by),
  }));
  const change =
    "number" in on ? about.place.repository.pullRequests.find(({ number }) => number === on.number) : undefined;
  return {
    __typename: "number" in on ? "IssueComment" : "CommitComment",
    id: nodeId("number" in on ? "IC" : "CC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: () => actor(about, comment.by),
    createdAt: time(comment.createdAt),
    updatedAt: time(comment.updatedAt),
    lastEditedAt: last === undefined ? null : time(last.until),
    editor: () => (last === undefined ? null : actor(about, last.by)),
    includesCreatedEdit: last !== undefined,
    viewerDidAuthor: isSameLogin(comment.by, about.who.login),
    userContentEdits: (given: Arguments) =>
      connection("UserContentEdit", last === undefined ? [] : edits.toReversed(), given),
    ...("number" in on
      ? { pullRequest: () => (change === undefined ? null : pullRequestThing(about, change)) }
      : { commit: () => commitThing(about, on.commit) }),
  };
}

export async function commitThing(about: About, sha: CommitSha): Promise<Thing | null> {
  const { place } = about;
  const commit = await place.network.commit(sha);
  if (commit === undefined) return null;
  const people = [commit.author, ...trailerPeople(commit.message)];
  return {
    __typename: "Commit",
    oid: sha,
    message: commit.message.replace(/\n$/, ""),
    committedDate: time(commit.committedAt),
    authoredDate: time(commit.authoredAt),
    author: person(about, commit.author),
    committer: person(about, commit.committer),
    authors: (given: Arguments) =>
      connection(
        "GitActor",
        unique(people).map((one) => person(about, one)),
        given,
      ),
    parents: (given: Arguments) =>
      connection(
        "Commit",
        commit.parents.map((parent) => ({ __typename: "Commit", oid: parent })),
        given,
      ),
    comments: (given: Arguments) => {
      const said = place.repository.comments.filter(({ on }) => "commit" in on && on.commit === sha);
      return connection(
        "CommitComment",
        said.map((comment) => commentThing(about, comment)),
        given,
      );
    },
    history: async (given: Arguments) => {
      const commits = (await commitsBetween(place.network, [], sha)).toReversed();
      const few = connection("CommitHistory", commits, given);
      const nodes = (few.nodes as readonly Commit[]).map((one) => commitThing(about, one.sha));
      return { ...few, nodes: await Promise.all(nodes) };
    },
    associatedPullRequests: async (given: Arguments) => {
      const changes = await bringing(place, sha);
      return connection(
        "PullRequest",
        changes.map((change) => pullRequestThing(about, change)),
        given,
      );
    },
  };
}

type Person = Commit["author"];

function person(about: About, { name, email }: Person): Thing {
  const user = userByEmail(about.site.hub.forge.state, email);
  return { __typename: "GitActor", name, email, user: () => (user === undefined ? null : actor(about, user.login)) };
}

function unique(people: readonly Person[]): readonly Person[] {
  return [...new Map(people.map((one) => [one.email.toLowerCase(), one])).values()];
}
