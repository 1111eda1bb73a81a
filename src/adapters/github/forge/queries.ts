/** The questions in GraphQL. What is read of them stands in `schema.ts`. */

const account = "{ __typename login }";

const reviewFields = `fullDatabaseId state submittedAt author ${account} authorCanPushToRepository commit { oid }`;

/** The last of the edits is the first one, since the newest come first. */
const commentFields = `id author ${account} body createdAt updatedAt lastEditedAt includesCreatedEdit
  userContentEdits(last: 1) { nodes { diff } }`;

const peopleFields = "authors(first: 20) { nodes { email user { login } } } committer { email user { login } }";

const commitFields = `commit { oid ${peopleFields}
  associatedPullRequests(first: 5) { nodes { number mergeCommit { oid } } } }`;

const pageInfo = "pageInfo { hasNextPage endCursor }";

/** Everything that is told of one pull request, as far as one question goes. */
const pullRequestFields = `
  number state isDraft body createdAt mergedAt baseRefName baseRefOid headRefName headRefOid isCrossRepository
  headRepository { nameWithOwner }
  mergeCommit { oid }
  author ${account}
  labels(first: 100) { nodes { name } }
  closingIssuesReferences(first: 50) { nodes { number state repository { nameWithOwner } } }
  labeled: timelineItems(last: 100, itemTypes: [LABELED_EVENT]) {
    nodes { ... on LabeledEvent { createdAt label { name } actor ${account} } }
  }
  retargeted: timelineItems(last: 1, itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) {
    nodes { ... on BaseRefChangedEvent { createdAt } ... on AutomaticBaseChangeSucceededEvent { createdAt } }
  }
  forced: timelineItems(last: 1, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {
    nodes { ... on HeadRefForcePushedEvent { createdAt } }
  }
  reviews(first: 100) { ${pageInfo} nodes { ${reviewFields} } }
  comments(first: 100) { ${pageInfo} nodes { ${commentFields} } }
  commits(first: 100) { ${pageInfo} nodes { ${commitFields} } }
  reviewThreads(first: 100) { ${pageInfo} nodes { isResolved } }`;

const ofPullRequest = (fields: string, variables = "") => `
  query PullRequest($owner: String!, $name: String!, $number: Int!${variables}) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${fields} } }
  }`;

export const onePullRequest = ofPullRequest(pullRequestFields);

const after = ", $after: String!";
export const moreReviews = ofPullRequest(
  `reviews(first: 100, after: $after) { ${pageInfo} nodes { ${reviewFields} } }`,
  after,
);
export const moreComments = ofPullRequest(
  `comments(first: 100, after: $after) { ${pageInfo} nodes { ${commentFields} } }`,
  after,
);
export const moreCommits = ofPullRequest(
  `commits(first: 100, after: $after) { ${pageInfo} nodes { ${commitFields} } }`,
  after,
);
export const moreReviewThreads = ofPullRequest(
  `reviewThreads(first: 100, after: $after) { ${pageInfo} nodes { isResolved } }`,
  after,
);

/** Comments alone, to find those of our own. */
const ownFields = `fullDatabaseId viewerDidAuthor body updatedAt author ${account} editor ${account}
  userContentEdits(first: 20) { nodes { editor ${account} diff } }`;
export const ownComments = ofPullRequest(`comments(first: 100) { ${pageInfo} nodes { ${ownFields} } }`);
export const moreOwnComments = ofPullRequest(
  `comments(first: 100, after: $after) { ${pageInfo} nodes { ${ownFields} } }`,
  after,
);

/** Those that were merged into a branch; whatever happens to one afterwards brings it to the front. */
export const mergedInto = `
  query MergedInto($owner: String!, $name: String!, $base: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      pullRequests(first: 100, after: $after, baseRefName: $base, states: [MERGED], orderBy: { field: UPDATED_AT, direction: DESC }) {
        ${pageInfo} nodes { number updatedAt headRefOid mergeCommit { oid } }
      }
    }
  }`;

export const openBetween = `
  query OpenBetween($owner: String!, $name: String!, $head: String!, $base: String!) {
    repository(owner: $owner, name: $name) {
      pullRequests(first: 50, headRefName: $head, baseRefName: $base, states: [OPEN]) { nodes { number isCrossRepository } }
    }
  }`;

/** Those that were opened last: whoever looks again and again misses none. */
export const openForks = `
  query OpenForks($owner: String!, $name: String!) {
    repository(owner: $owner, name: $name) {
      pullRequests(first: 50, states: [OPEN], orderBy: { field: CREATED_AT, direction: DESC }) {
        nodes { number isCrossRepository baseRefName }
      }
    }
  }`;

/**
 * With who is behind the commit and what was said on it, and the same of commits before it: whoever asks for the one mostly
 * asks for the others.
 */
export const aboutCommit = `
  query Commit($owner: String!, $name: String!, $commit: GitObjectID!) {
    repository(owner: $owner, name: $name) {
      object(oid: $commit) {
        __typename
        ... on Commit {
          history(first: 20) {
            nodes {
              oid committedDate
              ${peopleFields}
              associatedPullRequests(first: 10) { nodes { number state } }
              comments(first: 100) { nodes { ${commentFields} } }
            }
          }
        }
      }
    }
  }`;

export const commentsById = `
  query Comments($ids: [ID!]!) {
    nodes(ids: $ids) { __typename ... on IssueComment { ${commentFields} pullRequest { number } } }
  }`;

export const refs = `
  query Refs($owner: String!, $name: String!, $branch: String!, $tag: String!) {
    repository(owner: $owner, name: $name) {
      branch: ref(qualifiedName: $branch) { target { oid } }
      tag: ref(qualifiedName: $tag) {
        target { __typename oid ... on Tag { target { __typename oid ... on Tag { target { __typename oid } } } } }
      }
    }
  }`;

export const releases = `
  query Releases($owner: String!, $name: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      releases(first: 100, after: $after) { ${pageInfo} nodes { tagName isDraft } }
    }
  }`;

export const issues = (numbers: readonly number[]) => `
  query Issues($owner: String!, $name: String!) {
    repository(owner: $owner, name: $name) {
      ${numbers.map((number) => `issue${number}: issue(number: ${number}) { number state }`).join("\n")}
    }
  }`;

export const ownIssues = `
  query OwnIssues($owner: String!, $name: String!, $label: String!) {
    repository(owner: $owner, name: $name) {
      issues(first: 100, states: [OPEN], labels: [$label]) { nodes { number title body viewerDidAuthor } }
    }
  }`;
