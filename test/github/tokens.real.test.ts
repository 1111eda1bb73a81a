import { generateKeyPairSync } from "node:crypto";
import { App, type Octokit } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppRights } from "../../src/adapters/github/forge/about.ts";
import { tokenOf } from "../../src/adapters/github/forge/token.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import { applyingApp } from "../../src/apps/ci/outside-here.ts";
import type { Permissions, TokenAbout } from "../../src/worlds/github/index.ts";
import { at, infra, octokitWith, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;
let head: string;

beforeAll(async () => {
  small = await smallGitHub();
  head = await small.pushed("ann", "dev/x", { a: "1" });
  await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
  await small.did("environment", "root", { name: "prod", reviewers: ["bob"] });
});

afterAll(() => small.close());

const job = (permissions: Permissions): TokenAbout => ({ job: permissions, repository: infra });

/** What somebody tries, by a name that the table uses. */
const tries: Readonly<Record<string, (as: Octokit) => Promise<unknown>>> = {
  "read the repository": ({ rest }) => rest.repos.get(at),
  "read a file": ({ rest }) => rest.repos.getContent({ ...at, path: "README.md" }),
  "read the pull request": ({ rest }) => rest.pulls.get({ ...at, pull_number: 1 }),
  comment: ({ rest }) => rest.issues.createComment({ ...at, issue_number: 1, body: "x" }),
  "set a status": ({ rest }) => rest.repos.createCommitStatus({ ...at, sha: head, state: "success" }),
  "make a check run": ({ rest }) => rest.checks.create({ ...at, name: "x", head_sha: head, status: "queued" }),
  "push a branch": ({ rest }) => rest.git.updateRef({ ...at, ref: "heads/dev/x", sha: head }),
  approve: ({ rest }) => rest.pulls.createReview({ ...at, pull_number: 1, event: "APPROVE" }),
  "open a pull request": ({ rest }) => rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" }),
  "read a team's members": ({ rest }) => rest.teams.listMembersInOrg({ org: "acme", team_slug: "devops" }),
  "read rulesets": ({ rest }) => rest.repos.getRepoRulesets(at),
  "make a ruleset": ({ rest }) =>
    rest.repos.createRepoRuleset({ ...at, name: "r", enforcement: "disabled", rules: [] }),
  "change an environment": ({ rest }) => rest.repos.createOrUpdateEnvironment({ ...at, environment_name: "test" }),
  "read artifacts": ({ rest }) => rest.actions.listArtifactsForRepo(at),
  "read settings of Actions": ({ rest }) => rest.actions.getGithubActionsPermissionsRepository(at),
  "write a secret": ({ rest }) =>
    rest.actions.createOrUpdateRepoSecret({ ...at, secret_name: "S", encrypted_value: "eA==", key_id: "1" }),
};

const everything: Permissions = {
  actions: "write",
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  pull_requests: "write",
  statuses: "write",
};

async function outcomeOf(name: string, about: TokenAbout): Promise<number | string> {
  try {
    await tries[name]?.(await small.as(about));
    return "done";
  } catch (error) {
    return (error as { readonly status: number }).status;
  }
}

describe("a job's GITHUB_TOKEN", () => {
  it.each([
    { name: "read the repository", with: {}, comes: "done" },
    { name: "read a file", with: {}, comes: 403 },
    { name: "read a file", with: { contents: "read" }, comes: "done" },
    { name: "read the pull request", with: { contents: "write" }, comes: 403 },
    { name: "read the pull request", with: { pull_requests: "read" }, comes: "done" },
    { name: "comment", with: { pull_requests: "read" }, comes: 403 },
    { name: "comment", with: { pull_requests: "write" }, comes: "done" },
    { name: "comment", with: { issues: "write" }, comes: "done" },
    { name: "set a status", with: { checks: "write" }, comes: 403 },
    { name: "set a status", with: { statuses: "write" }, comes: "done" },
    { name: "make a check run", with: { statuses: "write" }, comes: 403 },
    { name: "make a check run", with: { checks: "write" }, comes: "done" },
    { name: "push a branch", with: { contents: "read" }, comes: 403 },
    { name: "push a branch", with: { contents: "write" }, comes: "done" },
    { name: "read artifacts", with: { contents: "write" }, comes: 403 },
    { name: "read artifacts", with: { actions: "read" }, comes: "done" },
    { name: "approve", with: everything, comes: 422 },
    { name: "open a pull request", with: everything, comes: 403 },
    { name: "read a team's members", with: everything, comes: 403 },
    { name: "read rulesets", with: {}, comes: "done" },
    { name: "make a ruleset", with: everything, comes: 403 },
    { name: "change an environment", with: everything, comes: 403 },
    { name: "read settings of Actions", with: everything, comes: 403 },
    { name: "write a secret", with: everything, comes: 403 },
  ] as const)("that has $with may try to $name: $comes", async ({ name, with: permissions, comes }) => {
    expect(await outcomeOf(name, job(permissions))).toBe(comes);
  });

  it("is told which right it lacks", async () => {
    const as = await small.as(job({ contents: "read" }));
    await expect(tries.comment?.(as)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
      response: { headers: { "x-accepted-github-permissions": "issues=write; pull_requests=write" } },
    });
  });

  it("writes no issue with the right to write pull requests alone", async () => {
    const { number } = (await (await small.as("ann")).rest.issues.create({ ...at, title: "Drift" })).data;
    const as = async (permissions: Permissions) => (await small.as(job(permissions))).rest.issues;
    const [changes, issues] = [await as({ pull_requests: "write" }), await as({ issues: "write" })];
    const refused = { status: 403, message: expect.stringContaining("Resource not accessible by integration") };
    const said = (await issues.createComment({ ...at, issue_number: number, body: "x" })).data;
    await expect(changes.createComment({ ...at, issue_number: number, body: "x" })).rejects.toMatchObject(refused);
    await expect(changes.updateComment({ ...at, comment_id: said.id, body: "y" })).rejects.toMatchObject(refused);
    await expect(changes.deleteComment({ ...at, comment_id: said.id })).rejects.toMatchObject(refused);
    await expect(changes.update({ ...at, issue_number: number, state: "closed" })).rejects.toMatchObject(refused);
    await expect(changes.addLabels({ ...at, issue_number: number, labels: ["x"] })).rejects.toMatchObject(refused);
    await changes.createComment({ ...at, issue_number: 1, body: "x" });
    await issues.createComment({ ...at, issue_number: 1, body: "x" });
  });

  it("cannot be given what no workflow can give", async () => {
    await expect(small.as(job({ administration: "write" }))).rejects.toThrow('"administration"');
  });

  it("starts no workflow by what it does", async () => {
    const { rest } = await small.as(job({ issues: "write", contents: "write" }));
    await rest.issues.createComment({ ...at, issue_number: 1, body: "x" });
    await rest.git.createRef({ ...at, ref: "refs/heads/dev/y", sha: head });
    await (await small.as("ann")).rest.issues.createComment({ ...at, issue_number: 1, body: "y" });
    await small.github.webhooks.settled();
    const told = small.github.webhooks.deliveries
      .slice(-4)
      .map(({ event, startsWorkflows }) => [event, startsWorkflows]);
    expect(told).toEqual([
      ["issue_comment", false],
      ["push", false],
      ["create", false],
      ["issue_comment", true],
    ]);
  });

  it("ends, and reaches no other repository", async () => {
    await small.github.forge.createRepository("root", { name: "acme/other", private: true });
    const token = await small.github.tokenFor(job(everything));
    const as = octokitWith(small.github.url, token);
    await expect(as.rest.repos.get({ owner: "acme", repo: "other" })).rejects.toMatchObject({ status: 404 });
    small.github.revoke(token);
    await expect(as.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });
});

describe("a person's token", () => {
  it.each([
    { who: "ann", name: "push a branch", comes: "done" },
    { who: "ann", name: "make a ruleset", comes: 403 },
    { who: "ann", name: "change an environment", comes: 403 },
    { who: "ann", name: "make a check run", comes: 403 },
    { who: "ann", name: "write a secret", comes: "done" },
    { who: "root", name: "make a ruleset", comes: "done" },
    { who: "root", name: "change an environment", comes: "done" },
    { who: "ann", name: "read a team's members", comes: "done" },
    { who: "sam", name: "read a team's members", comes: 404 },
    { who: "sam", name: "read the repository", comes: 404 },
  ])("of $who may try to $name: $comes", async ({ who, name, comes }) => {
    expect(await outcomeOf(name, { person: who })).toBe(comes);
  });
});

describe("the app", () => {
  // Its word tells the machine's own time.
  beforeAll(() => small.later(Math.ceil((Date.now() - Date.UTC(2026, 0, 6, 10)) / 1000)));
  const appWith = (privateKey: string) => new App({ appId: small.github.app.id, privateKey, Octokit: octokitAt() });
  const octokitAt = () =>
    (octokitWith(small.github.url, "x").constructor as typeof Octokit).defaults({
      baseUrl: small.github.url,
      throttle: { enabled: false },
      retry: { enabled: false },
    });

  it("proves who it is, and gets tokens that hold what it asked for and no more", async () => {
    const app = appWith(small.github.app.privateKey);
    expect((await app.octokit.rest.apps.getAuthenticated()).data).toMatchObject({ slug: "plangate" });
    const { id } = (await app.octokit.rest.apps.getRepoInstallation(at)).data;
    await app.octokit.rest.apps.listInstallations();
    await app.octokit.rest.apps.getInstallation({ installation_id: id });
    await app.octokit.rest.apps.getOrgInstallation({ org: "acme" });
    await app.octokit.rest.apps.getUserInstallation({ username: "acme" });
    const scoped = await app.octokit.rest.apps.createInstallationAccessToken({
      installation_id: id,
      repositories: ["infra"],
      permissions: { members: "read", contents: "read" },
    });
    expect(scoped.data).toMatchObject({ repository_selection: "selected", permissions: { contents: "read" } });
    const as = octokitWith(small.github.url, scoped.data.token);
    await as.rest.repos.getContent({ ...at, path: "README.md" });
    expect((await as.rest.teams.listMembersInOrg({ org: "acme", team_slug: "devops" })).data).toHaveLength(2);
    await as.rest.teams.list({ org: "acme" });
    await as.rest.teams.getByName({ org: "acme", team_slug: "devops" });
    await as.rest.teams.getMembershipForUserInOrg({ org: "acme", team_slug: "devops", username: "ann" });
    expect((await as.rest.apps.listReposAccessibleToInstallation()).data).toMatchObject({ total_count: 1 });
    await expect(as.rest.issues.createComment({ ...at, issue_number: 1, body: "x" })).rejects.toMatchObject({
      status: 403,
    });
    await expect(
      app.octokit.rest.apps.createInstallationAccessToken({ installation_id: id, permissions: { workflows: "write" } }),
    ).rejects.toMatchObject({ status: 422 });
    await as.rest.apps.revokeInstallationAccessToken();
    await expect(as.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });

  it("acts in a job that applies with the rights that it takes there, of those that it was granted", async () => {
    const token = (may?: AppRights) => {
      const identity = {
        kind: "app",
        appId: String(small.github.app.id),
        privateKey: small.github.app.privateKey,
      } as const;
      const word = tokenOf({
        apiUrl: small.github.url,
        owner: "acme",
        repo: "infra",
        identity: may === undefined ? identity : { ...identity, may },
        clock: systemClock,
        progress: () => undefined,
        signal: new AbortController().signal,
      });
      return typeof word === "string" ? word : word();
    };
    const whole = octokitWith(small.github.url, await token());
    // Nobody granted it the last one, and whoever asks GitHub for that gets no token at all.
    const applying = octokitWith(small.github.url, await token({ ...applyingApp, workflows: "write" }));
    for (const name of ["read the repository", "read the pull request", "read a team's members", "push a branch"])
      await tries[name]?.(applying);
    for (const name of ["comment", "approve", "make a check run"]) {
      await expect(tries[name]?.(applying), name).rejects.toMatchObject({ status: 403 });
      await tries[name]?.(whole);
    }
  });

  it("is nobody with another key", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    await expect(appWith(privateKey).octokit.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });
});
