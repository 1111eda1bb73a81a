import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDeployments } from "../../src/adapters/github/deployments.ts";
import type { GitHubForgeAbout } from "../../src/adapters/github/forge/index.ts";
import { settingsOf } from "../../src/compile/settings/index.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { Ruleset } from "../../src/domain/forge-settings.ts";
import type { CommitSha, StackName } from "../../src/domain/names.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { smallFlow } from "../contract/forge-stage.ts";
import { applying, deciding as presenting } from "./compiled-rights.ts";
import { type GitHubStage, githubStage } from "./forge-stage.ts";

const network = "prod/network" as StackName;
/** The plan that people saw of it. */
const seen = digestOf("seen");

let dir: string;
let stage: GitHubStage;
let lines: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "forge-"));
  stage = await githubStage(dir, smallFlow);
  lines = [];
});

afterEach(async () => {
  await stage.close();
  rmSync(dir, { recursive: true, force: true });
});

const openX = (body = "") => stage.small.did("open", "ann", { head: "dev/x", base: "main", title: "T", body });

const withApp = parseFlow(
  `${renderPreset("integration-branch")}\nidentity: app\nrepository: { owner: acme, name: infra, app: plangate }\n`,
  { file: "f" },
).value as Flow;

async function createRuleset({ bypass_actors, ...ruleset }: Ruleset): Promise<void> {
  const { github } = stage;
  const rules = JSON.parse(
    JSON.stringify(ruleset.rules).replaceAll('"integration":"github-actions"', '"integration_id":15368'),
  );
  const actors = bypass_actors.map(({ actor: _, ...one }) => ({ ...one, actor_id: github.app.id }));
  const answer = await fetch(`${github.url}/repos/${infra}/rulesets`, {
    method: "POST",
    headers: { authorization: `Bearer ${await github.tokenFor({ person: "root" })}` },
    body: JSON.stringify({ ...ruleset, rules, bypass_actors: actors }),
  });
  expect(answer.status).toBe(201);
}

/** As a job with its `GITHUB_TOKEN`. */
async function asJob(permissions: Permissions, more: Partial<GitHubForgeAbout> = {}) {
  const token = await stage.github.tokenFor({ job: permissions, repository: infra });
  return stage.openPort({ identity: { kind: "token", token }, progress: (line) => void lines.push(line), ...more });
}

describe("a workflow's own token", () => {
  it("carries the life of a pull request, also on an Enterprise Server", async () => {
    const { small, github } = stage;
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
    for (const apiUrl of [github.url, `${github.url}/api/v3`]) {
      const port = await asJob(presenting, { apiUrl });
      expect(await port.pullRequest(1)).toMatchObject({ head, writers: ["ann"], answers: [] });
      expect(await port.pullRequest(9)).toBeUndefined();
      await port.show(1, network, "the plan");
      await port.reportCheck(head, { passed: true, summary: "fine" });
    }
    const { comments } = small.forge.state.repositories[0] ?? { comments: [] };
    expect(comments.map(({ by }) => by)).toEqual(["github-actions[bot]"]);
    expect(github.kept(infra).checks).toMatchObject([{ name: "plangate", conclusion: "success" }, {}]);
  });

  it("reads everything with the rights of an apply job, in a private repository too", async () => {
    const { small } = stage;
    await small.did("environment", "root", { name: "prod", reviewers: ["bob"] });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    await openX("Closes #9");
    await small.did("comment", "bob", { commit: head, body: "/plangate accept" });
    Object.assign(small.forge.state.repositories[0] ?? {}, { private: true });
    const run = await stage.github.runs.start({
      repository: infra,
      workflow: ".github/workflows/plangate.yml",
      event: "workflow_dispatch",
      ref: "refs/heads/main",
      by: "ann",
    });
    await run.job("apply", { environment: "prod" });
    await small.did("gate", "bob", { environment: "prod", says: "approved" });
    const port = await asJob(applying, {
      runsAtGate: async () => [{ run: run.id, asked: [{ stack: network, plan: seen }] }],
    });
    expect(await port.pullRequest(1)).toMatchObject({ head });
    expect(await port.commitAnswers(head)).toMatchObject([{ by: "bob", says: "accept" }]);
    expect(await port.pullRequestsOf(small.tip("main") as CommitSha)).toEqual([]);
    expect(await port.gateAnswers("prod")).toMatchObject([{ by: "bob" }]);
    expect(await port.ref("main")).toMatchObject({ commit: small.tip("main") });
    expect(await port.openBetween("dev/x", "main")).toBe(1);
    expect(await port.latestRelease()).toBeNull();
    expect(await port.maintainers()).toContain("bob");
    await expect(port.show(1, network, "x")).rejects.toMatchObject({ code: "right-missing" });
  });

  it("reads no team: the logins that the flow lists count alone, and a line says so", async () => {
    const port = await asJob(presenting);
    expect(await port.teams()).toEqual({ devops: ["zoe"] });
    expect(lines.join("\n")).toMatch(/acme\/devops.*nobody counts as its member/);
  });

  it("opens no pull request where the repository does not let it, and is told what would", async () => {
    await stage.small.pushed("ann", "hotfix", { a: "1" });
    const port = await asJob(presenting);
    const request = { head: "hotfix", base: "main", title: "Back", body: "b", purpose: "back-merge" } as const;
    await expect(port.openPullRequest(request)).rejects.toMatchObject({
      code: "right-missing",
      hint: expect.stringContaining("identity: app"),
    });
  });

  it.each<{ lacking: keyof Permissions; ask: (port: GitHubStage["port"]) => Promise<unknown>; right: RegExp }>([
    { lacking: "pull_requests", ask: (port) => port.pullRequest(1), right: /Pull requests \(read\)/ },
    { lacking: "issues", ask: (port) => port.raiseIssue({ key: "k", title: "t", body: "b" }), right: /issues/i },
    {
      lacking: "checks",
      ask: (port) => port.reportCheck(stage.small.tip("main") as never, { passed: true, summary: "s" }),
      right: /checks: write|Checks/,
    },
  ])("that lacks $lacking is told which right is missing", async ({ lacking, ask, right }) => {
    await stage.small.pushed("ann", "dev/x", { a: "1" });
    await openX();
    // What is public anybody may read.
    Object.assign(stage.small.forge.state.repositories[0] ?? {}, { private: true });
    const { [lacking]: _, ...rest } = presenting;
    const error: unknown = await ask(await asJob(rest)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "right-missing", reaction: "stop", hint: expect.stringMatching(right) });
  });
});

describe("an app that moves a branch on", () => {
  it("passes what asks people, where its ruleset says so, and no required check", async () => {
    const { small, github, port } = stage;
    const settings = settingsOf(withApp, { flowFile: "f", defaultBranch: "main" }).settings;
    for (const ruleset of settings.rulesets.filter(({ name }) => /: main\b/.test(name))) await createRuleset(ruleset);
    const head = await small.pushed("ann", "development", { a: "1" });
    expect(await port.fastForward("main", head)).toEqual({
      kind: "refused",
      why: expect.stringMatching(/Required status check "plangate \/ change" is expected/),
    });
    const [bob, job] = [await github.tokenFor({ person: "bob" }), await asJob({ ...presenting, contents: "write" })];
    await small.did("status", "github-actions[bot]", { commit: head, name: "plangate / change", state: "success" });
    for (const other of [stage.openPort({ identity: { kind: "token", token: bob } }), job])
      expect(await other.fastForward("main", head)).toMatchObject({ kind: "refused" });
    expect(await port.fastForward("main", head)).toEqual({ kind: "moved", told: true });
    expect(small.tip("main")).toBe(head);
  });
});

describe("a stranger's token", () => {
  it("is told that it is shown no such repository", async () => {
    Object.assign(stage.small.forge.state.repositories[0] ?? {}, { private: true });
    const token = await stage.github.tokenFor({ person: "sam" });
    const port = stage.openPort({ identity: { kind: "token", token } });
    await expect(port.pullRequest(1)).rejects.toMatchObject({
      code: "right-missing",
      message: expect.stringContaining("no repository acme/infra"),
    });
  });

  it("that is none at all is told so", async () => {
    const port = stage.openPort({ identity: { kind: "token", token: "ghs_ended" } });
    await expect(port.pullRequest(1)).rejects.toMatchObject({ code: "token-refused", reaction: "stop" });
    const broken = stage.openPort({ identity: { kind: "app", appId: "4711", privateKey: "no key" } });
    await expect(broken.pullRequest(1)).rejects.toMatchObject({ code: "setting-wrong" });
  });
});

describe("what fails on the way", () => {
  beforeEach(async () => {
    await stage.small.pushed("ann", "dev/x", { a: "1" });
    await openX();
  });

  it("is tried again, with a line that says so", async () => {
    const port = await asJob(presenting);
    stage.github.failNext({ how: "bad-gateway", path: "/graphql", times: 2 });
    expect(await port.pullRequest(1)).toMatchObject({ number: 1 });
    expect(lines.filter((line) => line.includes("502"))).toHaveLength(2);
  });

  it("is not done twice: a comment whose answer got lost is found again", async () => {
    const port = await asJob(presenting);
    const comments = () => stage.small.forge.state.repositories[0]?.comments ?? [];
    stage.github.failNext({ how: "late", method: "POST", path: "/comments" });
    await port.show(1, network, "the plan");
    expect(comments()).toHaveLength(1);
    expect(lines.join("\n")).toMatch(/GitHub answered 502: looking what is there, and trying again/);
    stage.github.failNext({ how: "late", method: "PATCH", path: "/comments", times: 20 });
    await expect(port.show(1, network, "a newer plan")).resolves.toBeDefined();
    expect(comments().map(({ body }) => body.includes("a newer plan"))).toEqual([true]);
  });

  it("is not written while GitHub asks to wait, and once when that is over; after too long a time it is told", async () => {
    const port = await asJob(presenting, { patience: { second: 1, spaced: true } });
    const posts = () => stage.github.exchanges.filter(({ path }) => path.endsWith("/comments")).length;
    stage.github.failNext({ how: "secondary-limit", method: "POST", path: "/comments", retryAfter: 3 });
    await port.show(1, network, "the plan");
    expect(lines.join("\n")).toMatch(/secondary rate limit is reached: waiting 3 seconds/);
    expect(posts()).toBe(1);
    stage.github.failNext({ how: "secondary-limit", method: "PATCH", path: "/comments", retryAfter: 7_200 });
    await expect(port.show(1, network, "another")).rejects.toMatchObject({ code: "rate-limited", reaction: "wait" });
    expect(stage.small.forge.state.repositories[0]?.comments.map(({ body }) => body.includes("another"))).toEqual([
      false,
    ]);
  });

  it("is not waited for where GitHub never answers: it is asked again, and told after a few times", async () => {
    const port = await asJob(presenting, { patience: { second: 1, spaced: false, answer: 500 } });
    stage.github.failNext({ how: "hang", path: "/graphql" });
    stage.github.failNext({ how: "hang", method: "POST", path: "/comments" });
    await port.show(1, network, "the plan");
    expect(lines.join("\n")).toMatch(/GitHub did not answer POST \/repos\/acme\/infra\/issues\/1\/comments/);
    expect(stage.small.forge.state.repositories[0]?.comments.map(({ body }) => body.includes("the plan"))).toEqual([
      true,
    ]);
    stage.github.failNext({ how: "hang", path: "/graphql", times: 4 });
    await expect(port.pullRequest(1)).rejects.toMatchObject({ reaction: "retry" });
  });

  it("waits for a rate limit as long as the limit says, and gives up where that is too long", async () => {
    const port = await asJob(presenting, { patience: { second: 1, spaced: true } });
    stage.github.failNext({ how: "secondary-limit", path: "/graphql", retryAfter: 2 });
    expect(await port.pullRequest(1)).toMatchObject({ number: 1 });
    expect(lines.join("\n")).toMatch(/secondary rate limit is reached: waiting 2 seconds/);
    stage.github.leaveRequests("github-actions[bot]", 0);
    await expect(port.pullRequest(1)).rejects.toMatchObject({ code: "rate-limited", reaction: "wait" });
  });
});

describe("a gate", () => {
  const workflow = ".github/workflows/plangate.yml";
  const answer = (environment: string, says: "approved" | "rejected", by = "bob") =>
    stage.small.did("gate", by, { environment, says });
  const waiting = async (ref: string, environment = "prod") => {
    const run = await stage.github.runs.start({
      repository: infra,
      workflow,
      event: "workflow_dispatch",
      ref,
      by: "ann",
    });
    stage.small.later(30);
    await run.job("apply", { environment, permissions: { contents: "write" } });
    stage.small.later(30);
    return run;
  };

  beforeEach(async () => {
    await stage.small.did("environment", "root", { name: "prod", reviewers: ["bob"] });
    await stage.small.did("environment", "root", { name: "test", reviewers: ["bob"] });
  });

  it("was answered by whom GitHub names, at the time when it began to wait", async () => {
    const run = await waiting("refs/heads/main");
    const since = stage.small.later(0) - 30_000;
    await answer("prod", "approved");
    const port = await asJob(presenting, {
      runsAtGate: async () => [{ run: run.id, asked: [{ stack: network, plan: seen }] }],
    });
    expect(await port.gateAnswers("prod")).toMatchObject([
      { by: "bob", says: "approve", via: "gate", environment: "prod", stack: network, plan: seen, at: since },
    ]);
    expect(await port.gateAnswers("test")).toEqual([]);
  });

  it("of a run from another branch than the default one was never answered", async () => {
    await stage.small.pushed("eve", "dev/x", { [workflow]: "jobs: {}" });
    const run = await waiting("refs/heads/dev/x");
    await answer("prod", "approved");
    const port = await asJob(presenting, {
      runsAtGate: async () => [{ run: run.id, asked: [{ stack: network, plan: seen }] }],
    });
    expect(await port.gateAnswers("prod")).toEqual([]);
  });

  it("shows a plan where the job says, at the clock's time", async () => {
    const shown: string[] = [];
    const port = await asJob(presenting, {
      showAtGate: async (section, markdown) => void shown.push(`${section}: ${markdown}`),
    });
    expect(await port.show(null, network, "the plan")).toBe(stage.small.later(0));
    expect(shown).toEqual(["prod/network: the plan"]);
  });
});

describe("plangate's own comment", () => {
  it("has what plangate wrote again, when somebody else put something into it", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
    const port = await asJob(presenting);
    await port.show(1, network, "destroys everything");
    await port.show(1, "prod/app" as StackName, "two");
    const comment = () => small.forge.state.repositories[0]?.comments[0] ?? { id: 0, body: "" };
    const body = comment().body.replace("destroys everything", "changes a tag");
    small.later(60);
    await small.did("edit-comment", "eve", { comment: comment().id, body });
    expect(comment().body).toContain("changes a tag");
    await port.show(1, "prod/app" as StackName, "three");
    expect(comment().body).toContain("destroys everything");
    expect(comment().body).toContain("three");
    await small.did("edit-comment", "eve", { comment: comment().id, body: "gone" });
    await port.show(1, "prod/app" as StackName, "three");
    expect(comment().body).toContain("destroys everything");
    expect(small.forge.state.repositories[0]?.comments).toHaveLength(1);
  });
});

describe("an issue by another workflow, which acts as the same bot", () => {
  it.each([
    ["a mark that nothing was written as", "%E0%A4%A"],
    ["half an escape", "pushed-directly%"],
  ])("is none of plangate's, and stops nothing: %s", async (_, mark) => {
    const token = await stage.github.tokenFor({ job: { issues: "write" }, repository: infra });
    const answer = await fetch(`${stage.github.url}/repos/${infra}/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: "T", body: `x\n\n<!-- plangate:issue ${mark} -->`, labels: ["plangate"] }),
    });
    expect(answer.status).toBe(201);
    const port = await asJob(presenting);
    await port.raiseIssue({ key: "drift-found prod/infra", title: "Drift", body: "one" });
    expect(await port.openIssues()).toEqual(["drift-found prod/infra"]);
  });
});

describe("what is applied", () => {
  const key = Buffer.alloc(32, 1);
  const head = (seq: number) => ({ seq, hash: digestOf(`${seq}`) });

  async function deploymentsOf(mine: Uint8Array = key) {
    const { github, small } = stage;
    return openDeployments({
      apiUrl: github.url,
      owner: "acme",
      repo: "infra",
      identity: { kind: "token", token: await github.tokenFor({ job: presenting, repository: infra }) },
      clock: { now: () => small.later(0) },
      progress: () => undefined,
      signal: new AbortController().signal,
      patience: { second: 1, spaced: false },
      key: mine,
    });
  }
  const about = () => ({
    environment: "prod",
    commit: stage.small.tip("main") as CommitSha,
    description: "prod/network, by plangate",
    url: "https://github.example/run/1",
  });

  it("stands on the repository's page, with the ledger's head as a witness, and how it ended", async () => {
    const deployments = await deploymentsOf();
    expect(await deployments.newestHead()).toEqual({ kind: "none" });
    const first = await deployments.begin({ ...about(), state: "in_progress", ledger: head(7) });
    await deployments.begin({ ...about(), state: "queued", ledger: head(9) });
    await deployments.end(first, { ...about(), state: "failure" });
    const { kept } = stage.github;
    expect(kept(infra).deployments).toMatchObject([
      { environment: "prod", task: "plangate:apply", statuses: [{ state: "in_progress" }, { state: "failure" }] },
      { description: "prod/network, by plangate", statuses: [{ state: "queued", logUrl: about().url }] },
    ]);
    expect(await deployments.newestHead()).toMatchObject({ kind: "told", head: head(9) });
  });

  it("is told by whoever has the key of the record, and by nobody else who may make deployments", async () => {
    const ours = await deploymentsOf();
    const id = await ours.begin({ ...about(), state: "in_progress", ledger: head(7) });
    const others = await deploymentsOf(Buffer.alloc(32, 2));
    await others.begin({ ...about(), state: "in_progress", ledger: head(900) });
    const { kept } = stage.github;
    const all = kept(infra).deployments;
    const [true7 = {}] = all.map(({ payload }) => payload as { ledger: { mark: string } });
    for (const payload of [
      "{}",
      { ledger: head(900) },
      { ledger: { ...head(900), mark: "x" } },
      { ledger: { ...head(900), mark: (true7 as { ledger: { mark: string } }).ledger.mark } },
    ])
      all.push({ ...(all[0] as (typeof all)[number]), id: 5_000 + all.length, payload });
    expect(await ours.newestHead()).toEqual({ kind: "told", head: { ...head(7), deployment: id } });
  });

  it("is not taken for untold where it may lie behind what others made", async () => {
    const ours = await deploymentsOf();
    await ours.begin({ ...about(), state: "in_progress", ledger: head(7) });
    const all = stage.github.kept(infra).deployments;
    const [one] = all;
    const copies = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...(one as NonNullable<typeof one>),
        id: 9_000 + index,
        payload: {},
      }));
    all.push(...copies(150));
    expect(await ours.newestHead()).toMatchObject({ kind: "told", head: head(7) });
    all.push(...copies(1_000));
    expect(await ours.newestHead()).toEqual({ kind: "hidden", since: one?.at });
  });
});

describe("how much is asked", () => {
  it("is one question a pull request, and a handful of requests with who pushed and who may write", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX("Closes #7");
    await small.did("comment", "bob", { number: 1, body: "/plangate approve" });
    const port = await asJob(presenting, { keep: 5000 });
    const before = github.exchanges.length;
    await port.pullRequest(1);
    const asked = () =>
      github.exchanges.slice(before).map(({ method, path }) => `${method} ${path.replace(`/repos/${infra}`, "")}`);
    expect(asked().toSorted()).toEqual(["GET /activity", "GET /collaborators", "POST /graphql", "POST /graphql"]);
    await port.pullRequest(1);
    expect(asked()).toHaveLength(4 + 1);
  });

  it("is a question and as many writes as there are comments for plans that are shown together", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
    const port = await asJob(presenting);
    const before = github.exchanges.length;
    const stacks = Array.from({ length: 200 }, (_, index) => `prod/s${index}` as StackName);
    const times = await Promise.all(stacks.map((stack) => port.show(1, stack, `${stack}\n${"- change\n".repeat(80)}`)));
    expect(new Set(times).size).toBe(1);
    const { comments } = small.forge.state.repositories[0] ?? { comments: [] };
    expect(comments).toHaveLength(3);
    expect(github.exchanges.slice(before).map(({ method }) => method)).toEqual(["POST", "POST", "POST", "POST"]);
    for (const stack of stacks)
      expect(comments.filter(({ body }) => body.includes(`section ${stack} `))).toHaveLength(1);
    await port.show(1, "prod/s7" as StackName, "new");
    expect(github.exchanges.slice(before + 4).map(({ method }) => method)).toEqual(["POST", "PATCH"]);
  });

  it("is one question for twenty commits in a row", async () => {
    const { small, github } = stage;
    const commits: CommitSha[] = [];
    for (let index = 0; index < 45; index++) commits.unshift(await small.pushed("ann", "main", { a: `${index}` }));
    const port = await asJob(presenting, { keep: 60_000 });
    const before = github.exchanges.length;
    for (const commit of commits) {
      expect(await port.pullRequestsOf(commit)).toEqual([]);
      expect(await port.loginOf("ann@acme.example")).toBe("ann");
    }
    const paths = github.exchanges.slice(before).map(({ method, path }) => `${method} ${path.replace(/^.*infra/, "")}`);
    // One more for what was merged into the branch.
    expect(paths.toSorted()).toEqual(["GET /activity", ...Array.from({ length: 4 }, () => "POST /graphql")]);
  });

  it("reads lists to their end", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
    for (let index = 0; index < 230; index++) await small.did("comment", "eve", { number: 1, body: `${index}` });
    await small.did("comment", "bob", { number: 1, body: "/plangate hold" });
    const port = await asJob(presenting);
    expect((await port.pullRequest(1))?.answers).toMatchObject([{ by: "bob", says: "hold" }]);
    await port.show(1, network, "one");
    await port.show(1, network, "two");
    expect(small.forge.state.repositories[0]?.comments.filter(({ by }) => by === "github-actions[bot]")).toHaveLength(
      1,
    );
  });

  it("is no request for each of a thousand made up writers, nor nothing for one with an address of any length", async () => {
    const { small, github } = stage;
    const parent = (await small.tip("main")) as CommitSha;
    const brought = async (branch: string, addresses: readonly string[]) => {
      const trailers = addresses.map((address) => `Co-authored-by: X <${address}>`).join("\n");
      const about = { repository: infra, parent, files: { a: branch }, author: "eve" };
      const after = await small.forge.commit({ ...about, message: `Change\n\n${trailers}\n` });
      await small.did("push", "eve", { ref: `refs/heads/${branch}`, after });
      await small.did("open", "eve", { head: branch, base: "main", title: "T", body: "" });
    };
    await brought(
      "dev/many",
      Array.from({ length: 1000 }, (_, index) => `${index}@made-up.example`),
    );
    await brought("dev/long", [`${"x".repeat(5000)}@made-up.example`]);
    const port = await asJob(presenting);
    const before = github.exchanges.length;
    await expect(port.pullRequest(1)).rejects.toMatchObject({ code: "answer-too-large", reaction: "stop" });
    expect(github.exchanges.length - before).toBeLessThan(250);
    const { writers = [] } = (await port.pullRequest(2)) ?? {};
    expect(writers).toEqual(["eve", expect.stringMatching(/^email:x{254}$/)]);
  });
});
