import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGitHubArtifacts } from "../../src/adapters/github/artifacts.ts";
import { openWorkflowRuns } from "../../src/adapters/github/workflow-runs.ts";
import type { Matrix } from "../../src/apps/ci/matrix.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { renderPreset } from "../../src/flow/index.ts";
import { madeKeys } from "../../src/testing/made-keys.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { type Ran, run } from "../real/support/command-line.ts";
import { applying, deciding, dispatchable, trusted } from "./compiled-rights.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;
const root = `terraform {
  backend "local" {}
}
resource "terraform_data" "this" {
  input = "1"
}
`;

function flowText(): string {
  return renderPreset("trunk-stored-plan")
    .replace(/^ {4}backend: .*$/m, `    backend: ["path=${small.dir}/states/{environment}/{instance}{stack}.tfstate"]`)
    .replace(/^ {4}vars: .*\n/m, "");
}

beforeEach(async () => {
  small = await smallGitHub();
  await small.pushed("root", "main", {
    [trusted]: dispatchable,
    "plangate.yaml": flowText(),
    "stacks/app/main.tf": root,
  });
});

afterEach(() => small.close());

const client = (token: string) => ({
  apiUrl: small.github.url,
  token,
  ...at,
  progress: () => undefined,
  signal: new AbortController().signal,
  patience: { second: 1, spaced: false },
});

const start = (about: { readonly event: string; readonly ref: string; readonly commit?: CommitSha }) =>
  small.github.runs.start({ repository: infra, workflow: trusted, by: "ann", ...about });

describe("runs of workflows, by their interface", () => {
  it("are told with whose they are and whether they go on; one that is not there is none", async () => {
    const one = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const runs = openWorkflowRuns(client(await small.github.tokenFor({ job: { actions: "read" }, repository: infra })));
    const head = await small.tip("refs/heads/main");
    const from = { event: "workflow_dispatch", ref: "main", fromHere: true, by: "ann" };
    const seen = { workflow: trusted, attempt: 1, going: true, head, ...from };
    expect(await runs.run(one.id)).toEqual(seen);
    const applied = await one.job("Apply to test");
    await small.did("environment", "root", { name: "gate", reviewers: ["bob"] });
    await one.job("Take it down", { environment: "gate" });
    expect(await runs.onlyWaits(one.id)).toBe(false);
    await applied.finish("failure");
    expect(await runs.onlyWaits(one.id)).toBe(true);
    one.finish();
    expect(await runs.run(one.id)).toEqual({ ...seen, going: false });
    expect(await runs.run(one.id + 1000)).toBeUndefined();
  });

  it("keep artifacts, of which no more is taken than was asked for", async () => {
    const one = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    one.upload("plangate-plan-test-0", { "a/claim.json": "{}", "a/part-0": "x".repeat(1000) });
    const token = await small.github.tokenFor({ job: { actions: "read" }, repository: infra });
    const artifacts = openGitHubArtifacts(client(token));
    const [found] = await artifacts.list(one.id);
    expect(found).toMatchObject({ name: "plangate-plan-test-0", expired: false });
    expect(await artifacts.list(one.id + 1000)).toEqual([]);
    expect((await artifacts.download(found?.id ?? 0, 1_000_000))?.subarray(0, 2)).toEqual(
      new Uint8Array(Buffer.from("PK")),
    );
    await expect(artifacts.download(found?.id ?? 0, 10)).rejects.toMatchObject({ code: "artifact-too-large" });
    expect(await artifacts.download(999_999, 10)).toBeUndefined();
  });
});

/** The files below a folder, by their paths in it. */
function filesBelow(dir: string): Readonly<Record<string, Uint8Array>> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(dir, path), readFileSync(path)];
    }),
  );
}

/** Runs a step of a job with plangate's own command line, as the workflow does. */
async function step(
  name: string,
  about: {
    readonly run: number;
    readonly event: string;
    readonly body: object;
    readonly permissions: Permissions;
    readonly env?: Readonly<Record<string, string>>;
    readonly more?: readonly string[];
  },
): Promise<Ran & { readonly output: string; readonly out: string }> {
  const temp = mkdtempSync(join(small.dir, `job-${name}-`));
  const workspace = join(temp, "repository");
  mkdirSync(join(temp, "beside"), { recursive: true });
  execFileSync("git", ["clone", "--quiet", small.github.forge.dirOf(infra), workspace]);
  writeFileSync(join(temp, "event.json"), JSON.stringify({ repository: { default_branch: "main" }, ...about.body }));
  for (const file of ["output", "summary"]) writeFileSync(join(temp, file), "");
  const env = madeKeys(
    join(small.dir, "keys"),
    name === "apply" ? (about.env?.PLANGATE_ENVIRONMENT ?? "") : "plangate",
  );
  const ran = await run(join(temp, "beside"), ["ci", name, ...(about.more ?? [])], {
    env: {
      ...env,
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_NAME: about.event,
      GITHUB_EVENT_PATH: join(temp, "event.json"),
      GITHUB_REPOSITORY: infra,
      GITHUB_API_URL: small.github.url,
      GITHUB_SERVER_URL: small.github.url,
      GITHUB_RUN_ID: String(about.run),
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_REF: "refs/heads/main",
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_TOKEN: await small.github.tokenFor({ job: about.permissions, repository: infra }),
      RUNNER_TEMP: temp,
      ...about.env,
    },
  });
  return { ...ran, output: readFileSync(join(temp, "output"), "utf8"), out: join(temp, "beside", "plangate-out") };
}

describe("the commands, on GitHub's interface", () => {
  beforeEach(async () => {
    const clone = join(small.dir, "clone");
    execFileSync("git", ["clone", "--quiet", small.github.forge.dirOf(infra), clone]);
    const made = await run(clone, ["ci", "keys", join(small.dir, "keys")]);
    expect(made.code).toBe(0);
    const file = readFileSync(join(small.dir, "keys", "keys.json"), "utf8");
    await small.pushed("root", "main", { ".github/plangate/keys.json": file });
  });

  it("take a pull request from its own workflow to an apply, with the record on its branch and bundles in artifacts", async () => {
    await small.pushed("ann", "feature/queue", { "stacks/app/main.tf": root.replace('"1"', '"2"') });
    await small.did("issue", "root", { title: "Issue 1" });
    const opened = await small.did("open", "ann", {
      title: "Queue",
      body: "Closes #1",
      head: "feature/queue",
      base: "main",
    });
    const sha = (branch: string) => small.tip(`refs/heads/${branch}`);
    const change = { ref: "feature/queue", sha: await sha("feature/queue") };
    const body = {
      number: opened.number,
      pull_request: { number: opened.number, base: { ref: "main", sha: await sha("main") }, head: change },
    };
    const ref = `refs/pull/${opened.number}/merge`;
    const first = await start({
      event: "pull_request",
      ref,
      ...(change.sha === undefined ? {} : { commit: change.sha }),
    });

    const touched = await step("touched", {
      run: first.id,
      event: "pull_request",
      body,
      permissions: { contents: "read" },
    });
    expect(touched).toMatchObject({ code: 0, stdout: expect.stringContaining("test/app") });
    const handed = await step("hand-over", {
      run: first.id,
      event: "pull_request",
      body,
      permissions: { actions: "write" },
    });
    expect(handed).toMatchObject({ code: 0, stdout: expect.stringContaining(`pull-request ${opened.number}`) });
    first.finish();

    const second = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const inputs = { event: `pull-request ${opened.number}`, run: String(first.id) };
    const dispatched = { workflow: trusted, ref: "refs/heads/main", inputs, sender: { login: "github-actions[bot]" } };
    const decided = await step("decide", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: deciding,
    });
    expect(decided.stderr).not.toContain("error");
    expect(decided.code).toBe(0);
    expect(decided.output).toMatch(/^plans<<plangate-/m);
    expect(decided.output).toContain('"stack":"test/app"');
    expect(await small.tip("refs/heads/plangate/record")).toBeDefined();

    const plans = JSON.parse(/^plans<<.*\n(.*)\n/m.exec(decided.output)?.[1] ?? "{}") as Matrix<unknown>;
    expect(Object.keys(plans).sort()).toEqual(["ephemeral", "test"]);
    for (const [environment, bundles] of Object.entries(plans)) {
      for (const { index, orders } of bundles) {
        const env = { PLANGATE_ENVIRONMENT: environment, PLANGATE_ORDERS: JSON.stringify(orders) };
        const event = "workflow_dispatch";
        const planned = await step("plan", { run: second.id, event, body: dispatched, permissions: {}, env });
        expect(planned.code).toBe(0);
        second.upload(`plangate-plan-${environment}-${index}`, filesBelow(planned.out));
      }
    }
    const presented = await step("present", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: deciding,
    });
    expect(presented.stderr).not.toContain("error");
    expect(presented.code).toBe(0);
    expect(presented.output).toMatch(/^applies<<plangate-/m);
    const comments = small.github.forge.state.repositories[0]?.comments ?? [];
    expect(comments.map(({ body: text }) => text).join()).toContain("test/app");
    second.upload(`plangate-bundles-${second.id}-1-present`, filesBelow(presented.out));

    const applies = JSON.parse(/^applies<<.*\n(.*)\n/m.exec(presented.output)?.[1] ?? "{}") as Matrix<unknown>;
    expect(Object.keys(applies)).toEqual(["ephemeral"]);
    const applied = await step("apply", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: applying,
      env: {
        PLANGATE_ENVIRONMENT: "ephemeral",
        PLANGATE_ORDERS: JSON.stringify(applies.ephemeral?.[0]?.orders),
        PLANGATE_SIGN_KEY: "",
        PLANGATE_SEAL_KEY: "",
      },
    });
    expect(applied.stderr).not.toContain("error");
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining("applied and verified") });
    expect(existsSync(join(small.dir, "states", "ephemeral", String(opened.number), "app.tfstate"))).toBe(true);
    const wentOn = await step("go-on", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: { actions: "write", contents: "read" },
      env: { PLANGATE_SIGN_KEY: "", PLANGATE_SEAL_KEY: "", PLANGATE_OPEN_KEY: "", PLANGATE_VERIFY_KEY: "" },
    });
    expect(wentOn).toMatchObject({ code: 0, stdout: expect.stringContaining("Started anew for what is left") });

    const told = small.github.kept(infra).deployments;
    const of = { environment: "ephemeral", task: "plangate:apply", commit: change.sha };
    expect(told).toMatchObject([{ ...of, statuses: [{ state: "in_progress" }] }]);
    const before = await small.tip("refs/heads/plangate/record");
    second.finish();
    const third = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const left = { ...dispatched, inputs: { event: "left", run: String(second.id) } };
    const about = { run: third.id, event: "workflow_dispatch", body: left, permissions: deciding };
    expect(await step("decide", about)).toMatchObject({ code: 0 });
    expect(told[0]?.statuses.at(-1)).toMatchObject({
      state: "success",
      description: expect.stringMatching(/^ephemeral-2\/app; the ledger's entry \d+ is sha256:/),
    });
    expect(comments.map(({ body: text }) => text).join()).toMatch(/^- `ephemeral-2\/app`: applied and verified, /m);

    // Somebody who may make deployments makes so many that what plangate told is not seen.
    const ours = told.splice(0);
    const [one] = ours;
    if (one === undefined) throw new Error("nothing was told");
    told.push(
      ...Array.from({ length: 1_000 }, (_, index) => ({ ...one, id: 90_000 + index, payload: {}, at: Date.now() })),
    );
    const hidden = await step("decide", about);
    expect(hidden).toMatchObject({ code: 1, stderr: expect.stringContaining("record-witness-hidden") });
    told.splice(0, told.length, ...ours);

    // Somebody who may push puts the record back to before the apply: every part of it was written by plangate.
    const commits = execFileSync("git", ["rev-list", "plangate/record"], {
      cwd: small.github.forge.dirOf(infra),
      encoding: "utf8",
    });
    const oldest = commits.trim().split("\n").at(-1) as CommitSha;
    expect(before).not.toBe(oldest);
    execFileSync("git", ["update-ref", "refs/heads/plangate/record", oldest], { cwd: small.github.forge.dirOf(infra) });
    const refused = await step("decide", about);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("record-rewritten") });
    expect(refused.stderr).toContain(`Deployment ${told[0]?.id}, which plangate made`);
    expect(refused.stderr).toContain(`gh api -X DELETE repos/${infra}/deployments/${told[0]?.id}`);
    execFileSync("git", ["update-ref", "-d", "refs/heads/plangate/record"], {
      cwd: small.github.forge.dirOf(infra),
    });
    expect(await step("decide", about)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the branch is gone"),
    });
  });

  it("end every job that is given another public key than the default branch has, any where that has none, or one that opens more than its environment", async () => {
    const file = readFileSync(join(small.dir, "keys", "keys.json"), "utf8");
    const { seal } = JSON.parse(file) as { seal: string };
    const run = (await start({ event: "schedule", ref: "refs/heads/main" })).id;
    const about = { run, event: "schedule", body: { schedule: "7,22,37,52 * * * *" } };
    const decide = { ...about, permissions: deciding };
    const plan = {
      ...about,
      permissions: { contents: "read" },
      env: { PLANGATE_SEAL_KEY: seal.replace(/.$/, "x"), PLANGATE_ENVIRONMENT: "test", PLANGATE_ORDERS: "[]" },
    } as const;
    const replaced = { code: 1, stderr: expect.stringContaining("PLANGATE_SEAL_KEY is another key") };
    expect(await step("plan", plan)).toMatchObject(replaced);
    expect(await step("decide", { ...decide, env: plan.env })).toMatchObject(replaced);
    expect(await step("decide", decide)).toMatchObject({ code: 0 });
    const apply = {
      ...about,
      permissions: { contents: "write" },
      env: { PLANGATE_ENVIRONMENT: "test", PLANGATE_ORDERS: "[]" },
    } as const;
    const { PLANGATE_OPEN_KEY = "" } = madeKeys(join(small.dir, "keys"), "plangate");
    expect(await step("apply", { ...apply, env: { ...apply.env, PLANGATE_OPEN_KEY } })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/keys-replaced.*PLANGATE_OPEN_KEY in the environment test is not the key of test/s),
    });
    await small.pushed("root", "main", { ".github/plangate/keys.json": null });
    const asked = { code: 1, stderr: expect.stringMatching(/keys-not-committed.*`plangate ci keys`/s) };
    expect(await step("plan", { ...plan, env: apply.env })).toMatchObject(asked);
    expect(await step("decide", decide)).toMatchObject(asked);
    expect(await step("apply", apply)).toMatchObject(asked);
  });

  it("prove the flow that a pull request brings, and tell what it makes weaker", async () => {
    const commit = await small.pushed("ann", "feature/queue", {
      "plangate.yaml": flowText().replace(", after: [test]", ""),
    });
    await small.did("issue", "root", { title: "Issue 1" });
    const about = { title: "Sooner", body: "Closes #1", head: "feature/queue", base: "main" };
    const { number } = await small.did("open", "ann", about);
    const handed = await start({ event: "pull_request", ref: `refs/pull/${number}/merge`, commit });
    handed.finish();
    const { id } = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const inputs = { event: `pull-request ${number}`, run: String(handed.id) };
    const body = { workflow: trusted, ref: "refs/heads/main", inputs, sender: { login: "github-actions[bot]" } };
    const decided = await step("decide", { run: id, event: "workflow_dispatch", body, permissions: deciding });
    expect(decided).toMatchObject({ code: 0 });
    const comment = small.github.forge.state.repositories[0]?.comments.map(({ body: text }) => text).join();
    expect(comment).toContain("**1 guarantee gets weaker.**");
    expect(comment).toContain("**The proof of the new flow** found no hole");
  });

  it("end a job whose environment is missing or may be used by any ref, before it takes on anything", async () => {
    const one = await start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const look = () =>
      step("environment", {
        run: one.id,
        event: "workflow_dispatch",
        body: {},
        permissions: { actions: "read", contents: "read" },
        env: { PLANGATE_ENVIRONMENT: "test" },
      });
    expect(await look()).toMatchObject({ code: 1, stderr: expect.stringContaining("environment-refused") });
    await small.did("environment", "root", { name: "test", reviewers: [] });
    expect(await look()).toMatchObject({ code: 1, stderr: expect.stringContaining("not as the flow has it") });
    const { repos } = (await small.as("root")).rest;
    const test = { ...at, environment_name: "test" };
    await repos.createOrUpdateEnvironment({
      ...test,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await repos.createDeploymentBranchPolicy({ ...test, name: "main", type: "branch" });
    expect(await look()).toMatchObject({ code: 0, stdout: expect.stringContaining("is as the flow has it") });
  });

  it("begin no record without keys, and say who knows where they belong", async () => {
    const run = await start({ event: "push", ref: "refs/heads/main" });
    const sha = await small.tip("refs/heads/main");
    const body = { ref: "refs/heads/main", before: "0".repeat(40), after: sha, sender: { login: "ann" } };
    for (const kind of ["OPEN", "SIGN", "DIGEST", "VERIFY", "SEAL"]) {
      const missing = `PLANGATE_${kind}_KEY`;
      const about = { run: run.id, event: "push", body, permissions: deciding };
      const decided = await step("decide", { ...about, env: { [missing]: "" } });
      expect(decided).toMatchObject({ code: 2, stderr: expect.stringMatching(`${missing} is not set[^]*audit`) });
      expect(await small.tip("refs/heads/plangate/record")).toBeUndefined();
    }
  });

  it("check what a change alters, each file and folder of it, and say how much that was", async () => {
    const body = async (branch: string) => ({
      pull_request: {
        number: 7,
        base: { ref: "main", sha: await small.tip("refs/heads/main") },
        head: { ref: branch, sha: await small.tip(`refs/heads/${branch}`) },
      },
    });
    const check = async (name: string, branch: string) =>
      step("check-files", { run: 1, event: "pull_request", body: await body(branch), permissions: {}, more: [name] });
    await small.pushed("ann", "good", { "stacks/app/main.tf": root.replace('"1"', '"2"') });
    await small.pushed("ann", "bad", { "stacks/app/main.tf": root.replace('input = "1"', 'inputs="2"') });
    await small.pushed("ann", "other", { "README.md": "words" });
    for (const name of ["fmt", "validate"]) {
      expect(await check(name, "good")).toMatchObject({ code: 0, stdout: expect.stringContaining("looked at 1") });
      expect(await check(name, "bad")).toMatchObject({ code: 1, stdout: expect.stringContaining("stacks/app") });
      expect(await check(name, "other")).toMatchObject({ code: 0, stdout: expect.stringContaining("looked at 0") });
    }
    expect(await check("guess", "good")).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown-check") });
  });
});
