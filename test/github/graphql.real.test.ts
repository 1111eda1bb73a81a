import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, infra, octokitWith, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

const variables = { owner: at.owner, name: at.repo };
const ofRepository = (fields: string, more = "") =>
  `query Q($owner: String!, $name: String!${more}) { repository(owner: $owner, name: $name) { ${fields} } }`;

describe("GraphQL", () => {
  it("tells of a pull request in one question, on github.com's base and on Enterprise's", async () => {
    const [ann, bob] = [await small.as("ann"), await small.as("bob")];
    await ann.rest.issues.create({ ...at, title: "Why" });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const { number } = (
      await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T", body: "Closes #1" })
    ).data;
    await ann.rest.issues.addLabels({ ...at, issue_number: number, labels: ["emergency"] });
    await bob.rest.pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
    const comment = await bob.rest.issues.createComment({ ...at, issue_number: number, body: "/plangate approve" });
    small.later(60);
    await ann.rest.issues.updateComment({ ...at, comment_id: comment.data.id, body: "/plangate reject" });
    const asked = ofRepository(
      `pullRequest(number: $number) {
        number state isDraft baseRefName headRefOid author { __typename login } mergeCommit { oid }
        closingIssuesReferences(first: 5) { nodes { number state repository { nameWithOwner } } }
        labeled: timelineItems(last: 10, itemTypes: [LABELED_EVENT]) {
          nodes { ... on LabeledEvent { label { name } actor { login } } }
        }
        reviews(first: 10) { pageInfo { hasNextPage } nodes { state authorCanPushToRepository commit { oid } author { login } } }
        comments(first: 10) { nodes { body lastEditedAt editor { login } includesCreatedEdit userContentEdits(last: 1) { nodes { diff } } } }
        commits(first: 10) { nodes { commit { oid authors(first: 5) { nodes { email user { login } } } } } }
      }`,
      ", $number: Int!",
    );
    const token = await small.github.tokenFor({ person: "ann" });
    for (const base of [small.github.url, `${small.github.url}/api/v3`]) {
      const told = await octokitWith(base, token).graphql(asked, { ...variables, number });
      expect(told).toEqual({
        repository: {
          pullRequest: {
            number,
            state: "OPEN",
            isDraft: false,
            baseRefName: "main",
            headRefOid: head,
            author: { __typename: "User", login: "ann" },
            mergeCommit: null,
            closingIssuesReferences: { nodes: [{ number: 1, state: "OPEN", repository: { nameWithOwner: infra } }] },
            labeled: { nodes: [{ label: { name: "emergency" }, actor: { login: "ann" } }] },
            reviews: {
              pageInfo: { hasNextPage: false },
              nodes: [
                { state: "APPROVED", authorCanPushToRepository: true, commit: { oid: head }, author: { login: "bob" } },
              ],
            },
            comments: {
              nodes: [
                {
                  body: "/plangate reject",
                  lastEditedAt: expect.stringMatching(/Z$/),
                  editor: { login: "ann" },
                  includesCreatedEdit: true,
                  userContentEdits: { nodes: [{ diff: "/plangate approve" }] },
                },
              ],
            },
            commits: {
              nodes: [
                { commit: { oid: head, authors: { nodes: [{ email: "ann@acme.example", user: { login: "ann" } }] } } },
              ],
            },
          },
        },
      });
    }
  });

  it("leads from page to page, and refuses to tell everything at once", async () => {
    const ann = await small.as("ann");
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    for (let index = 0; index < 5; index++) await small.did("comment", "ann", { number: 1, body: `${index}` });
    const asked = ofRepository(
      "pullRequest(number: 1) { comments(first: 2, after: $after) { pageInfo { hasNextPage endCursor } nodes { body } } }",
      ", $after: String",
    );
    interface Told {
      readonly repository: {
        readonly pullRequest: {
          readonly comments: {
            readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
            readonly nodes: readonly { readonly body: string }[];
          };
        };
      };
    }
    const bodies: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const told: Told = await ann.graphql(asked, { ...variables, after });
      const { comments } = told.repository.pullRequest;
      bodies.push(...comments.nodes.map(({ body }) => body));
      [more, after] = [comments.pageInfo.hasNextPage, comments.pageInfo.endCursor];
    }
    expect(bodies).toEqual(["0", "1", "2", "3", "4"]);
    await expect(ann.graphql(ofRepository("pullRequests { nodes { number } }"), variables)).rejects.toMatchObject({
      name: "GraphqlResponseError",
    });
  });

  it("tells of commits, refs, releases and issues, and of an annotated tag what it stands for", async () => {
    const ann = await small.as("ann");
    const main = await small.tip("refs/heads/main");
    const tag = await ann.rest.git.createTag({ ...at, tag: "v1", message: "One", object: main ?? "", type: "commit" });
    await ann.rest.git.createRef({ ...at, ref: "refs/tags/v1", sha: tag.data.sha });
    await ann.rest.repos.createRelease({ ...at, tag_name: "v2" });
    await ann.rest.issues.create({ ...at, title: "Drift", labels: ["drift"] });
    const said = await ann.rest.repos.createCommitComment({ ...at, commit_sha: main ?? "", body: "x" });
    const asked = ofRepository(
      `branch: ref(qualifiedName: "refs/heads/main") { target { oid } }
       none: ref(qualifiedName: "refs/heads/none") { target { oid } }
       tag: ref(qualifiedName: "refs/tags/v1") { target { __typename oid ... on Tag { target { __typename oid } } } }
       releases(first: 5) { nodes { tagName isDraft } }
       issues(first: 5, states: [OPEN], labels: ["drift"]) { nodes { number title viewerDidAuthor } }
       object(oid: $commit) { ... on Commit { committedDate comments(first: 5) { nodes { body } } } }`,
      ", $commit: GitObjectID!",
    );
    expect(await ann.graphql(asked, { ...variables, commit: main })).toMatchObject({
      repository: {
        branch: { target: { oid: main } },
        none: null,
        tag: { target: { __typename: "Tag", oid: tag.data.sha, target: { __typename: "Commit", oid: main } } },
        releases: { nodes: [{ tagName: "v2", isDraft: false }] },
        issues: { nodes: [{ number: 1, title: "Drift", viewerDidAuthor: true }] },
        object: { comments: { nodes: [{ body: "x" }] } },
      },
    });
    const nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on CommitComment { body } } viewer { login } }";
    expect(await ann.graphql(nodes, { ids: [said.data.node_id] })).toEqual({
      nodes: [{ body: "x" }],
      viewer: { login: "ann" },
    });
  });

  it("answers in part, and says what is not there or not for this token", async () => {
    const asked = ofRepository('pullRequest(number: 9) { number } ref(qualifiedName: "main") { target { oid } }');
    const ask = async (permissions: object) => {
      const as = await small.as({ job: permissions, repository: infra });
      const error: unknown = await as.graphql(asked, variables).catch((thrown: unknown) => thrown);
      const { errors } = error as { readonly errors: readonly { readonly type: string }[] };
      return errors.map(({ type }) => type);
    };
    expect(await ask({ contents: "read", pull_requests: "read" })).toEqual(["NOT_FOUND"]);
    expect(await ask({ contents: "read" })).toEqual(["FORBIDDEN"]);
    const sam = await small.as("sam");
    await expect(sam.graphql(asked, variables)).rejects.toMatchObject({ errors: [{ type: "NOT_FOUND" }] });
    const bot = await small.as({ job: { issues: "write" }, repository: infra });
    expect(await bot.graphql("{ viewer { __typename login } }")).toEqual({
      viewer: { __typename: "Bot", login: "github-actions" },
    });
  });

  it("makes the test fail that asks for a field which is not known, or what cannot be read", async () => {
    const strict = await smallGitHub();
    const ann = await strict.as("ann");
    await ann.graphql("{ viewer { shoeSize } }").catch(() => undefined);
    await ann.graphql("{ viewer { login }").catch(() => undefined);
    await ann.graphql('{ repository(owner: "acme", colour: 1) { nameWithOwner { x } } }').catch(() => undefined);
    const problem = await strict.close().catch((error: unknown) => String(error));
    expect(problem).toContain("the GraphQL field User.shoeSize");
    expect(problem).toContain("Unexpected end of document");
    expect(problem).toContain("there is no User.shoeSize");
    expect(problem).toContain("Query.repository takes no colour");
    expect(problem).toContain("Query.repository needs name");
    expect(problem).toContain("Repository.nameWithOwner is asked for parts and has none");
  });
});
