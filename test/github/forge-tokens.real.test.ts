import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settingsOf } from "../../src/compile/settings/index.ts";
import type { Ruleset } from "../../src/domain/forge-settings.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { applying, deciding as presenting } from "./compiled-rights.ts";
import { atGate, type JobStage, jobStage, network } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

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

describe("a workflow's own token", () => {
  it("carries the life of a pull request, also on an Enterprise Server", async () => {
    const { small, github } = stage;
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    for (const apiUrl of [github.url, `${github.url}/api/v3`]) {
      const port = await stage.asJob(presenting, { apiUrl });
      expect(await port.pullRequest(1)).toMatchObject({ head, writers: ["ann"], answers: [] });
      expect(await port.pullRequest(9)).toBeUndefined();
      await port.show(1, network, "the plan");
      await port.reportCheck(head, { passed: true, summary: "fine" });
    }
    expect(stage.comments().map(({ by }) => by)).toEqual(["github-actions[bot]"]);
    expect(github.kept(infra).checks).toMatchObject([{ name: "plangate", conclusion: "success" }, {}]);
  });

  it("reads everything with the rights of an apply job, in a private repository too", async () => {
    const { small } = stage;
    await small.did("environment", "root", { name: "prod", reviewers: ["bob"] });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX("Closes #9");
    await small.did("comment", "bob", { commit: head, body: "/plangate accept" });
    stage.makePrivate();
    const run = await stage.github.runs.start({
      repository: infra,
      workflow: ".github/workflows/plangate.yml",
      event: "workflow_dispatch",
      ref: "refs/heads/main",
      by: "ann",
    });
    await run.job("apply", { environment: "prod" });
    await small.did("gate", "bob", { environment: "prod", says: "approved" });
    const port = await stage.asJob(applying, atGate(run));
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
    const port = await stage.asJob(presenting);
    expect(await port.teams()).toEqual({ devops: ["zoe"] });
    expect(stage.lines.join("\n")).toMatch(/acme\/devops.*nobody counts as its member/);
  });

  it("opens no pull request where the repository does not let it, and is told what would", async () => {
    await stage.small.pushed("ann", "hotfix", { a: "1" });
    const port = await stage.asJob(presenting);
    const request = { head: "hotfix", base: "main", title: "Back", body: "b", purpose: "back-merge" } as const;
    await expect(port.openPullRequest(request)).rejects.toMatchObject({
      code: "right-missing",
      hint: expect.stringContaining("identity: app"),
    });
  });

  it.each<{ lacking: keyof Permissions; ask: (port: JobStage["port"]) => Promise<unknown>; right: RegExp }>([
    { lacking: "pull_requests", ask: (port) => port.pullRequest(1), right: /Pull requests \(read\)/ },
    { lacking: "issues", ask: (port) => port.raiseIssue({ key: "k", title: "t", body: "b" }), right: /issues/i },
    {
      lacking: "checks",
      ask: (port) => port.reportCheck(stage.small.tip("main") as never, { passed: true, summary: "s" }),
      right: /checks: write|Checks/,
    },
  ])("that lacks $lacking is told which right is missing", async ({ lacking, ask, right }) => {
    await stage.small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    stage.makePrivate();
    const { [lacking]: _, ...rest } = presenting;
    const error: unknown = await ask(await stage.asJob(rest)).catch((thrown: unknown) => thrown);
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
    const [bob, job] = [
      await github.tokenFor({ person: "bob" }),
      await stage.asJob({ ...presenting, contents: "write" }),
    ];
    await small.did("status", "github-actions[bot]", { commit: head, name: "plangate / change", state: "success" });
    for (const other of [stage.openPort({ identity: { kind: "token", token: bob } }), job])
      expect(await other.fastForward("main", head)).toMatchObject({ kind: "refused" });
    expect(await port.fastForward("main", head)).toEqual({ kind: "moved", told: true });
    expect(small.tip("main")).toBe(head);
  });
});

describe("a stranger's token", () => {
  it("is told that it is shown no such repository", async () => {
    stage.makePrivate();
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
