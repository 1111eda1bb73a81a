import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Matrix } from "../../src/apps/ci/matrix.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { type CiStage, ciStage, rootModule } from "./ci-stage.ts";
import { applying, deciding, trusted } from "./compiled-rights.ts";
import { infra } from "./small-github.ts";

let stage: CiStage;

beforeEach(async () => {
  stage = await ciStage();
});

afterEach(() => stage.small.close());

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

describe("the commands, on GitHub's interface", () => {
  it("take a pull request from its own workflow to an apply, with the record on its branch and bundles in artifacts", async () => {
    await stage.small.pushed("ann", "feature/queue", { "stacks/app/main.tf": rootModule.replace('"1"', '"2"') });
    await stage.small.did("issue", "root", { title: "Issue 1" });
    const opened = await stage.small.did("open", "ann", {
      title: "Queue",
      body: "Closes #1",
      head: "feature/queue",
      base: "main",
    });
    const sha = (branch: string) => stage.small.tip(`refs/heads/${branch}`);
    const change = { ref: "feature/queue", sha: await sha("feature/queue") };
    const body = {
      number: opened.number,
      pull_request: { number: opened.number, base: { ref: "main", sha: await sha("main") }, head: change },
    };
    const ref = `refs/pull/${opened.number}/merge`;
    const first = await stage.start({
      event: "pull_request",
      ref,
      ...(change.sha === undefined ? {} : { commit: change.sha }),
    });

    const touched = await stage.step("touched", {
      run: first.id,
      event: "pull_request",
      body,
      permissions: { contents: "read" },
    });
    expect(touched).toMatchObject({ code: 0, stdout: expect.stringContaining("test/app") });
    const handed = await stage.step("hand-over", {
      run: first.id,
      event: "pull_request",
      body,
      permissions: { actions: "write" },
    });
    expect(handed).toMatchObject({ code: 0, stdout: expect.stringContaining(`pull-request ${opened.number}`) });
    first.finish();

    const second = await stage.start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const inputs = { event: `pull-request ${opened.number}`, run: String(first.id) };
    const dispatched = { workflow: trusted, ref: "refs/heads/main", inputs, sender: { login: "github-actions[bot]" } };
    const decided = await stage.step("decide", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: deciding,
    });
    expect(decided.stderr).not.toContain("error");
    expect(decided.code).toBe(0);
    expect(decided.output).toMatch(/^plans<<plangate-/m);
    expect(decided.output).toContain('"stack":"test/app"');
    expect(await stage.small.tip("refs/heads/plangate/record")).toBeDefined();

    const plans = JSON.parse(/^plans<<.*\n(.*)\n/m.exec(decided.output)?.[1] ?? "{}") as Matrix<unknown>;
    expect(Object.keys(plans).sort()).toEqual(["ephemeral", "test"]);
    for (const [environment, bundles] of Object.entries(plans)) {
      for (const [index, { orders }] of bundles.entries()) {
        const env = { PLANGATE_ENVIRONMENT: environment, PLANGATE_ORDERS: JSON.stringify(orders) };
        const event = "workflow_dispatch";
        const planned = await stage.step("plan", { run: second.id, event, body: dispatched, permissions: {}, env });
        expect(planned.code).toBe(0);
        second.upload(`plangate-plan-${environment}-${index}`, filesBelow(planned.out));
      }
    }
    const presented = await stage.step("present", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: deciding,
    });
    expect(presented.stderr).not.toContain("error");
    expect(presented.code).toBe(0);
    expect(presented.output).toMatch(/^applies<<plangate-/m);
    const comments = stage.small.github.forge.state.repositories[0]?.comments ?? [];
    expect(comments.map(({ body: text }) => text).join()).toContain("test/app");
    second.upload(`plangate-bundles-${second.id}-1-present`, filesBelow(presented.out));

    const applies = JSON.parse(/^applies<<.*\n(.*)\n/m.exec(presented.output)?.[1] ?? "{}") as Matrix<unknown>;
    expect(Object.keys(applies)).toEqual(["ephemeral"]);
    const applied = await stage.step("apply", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: applying,
      env: {
        PLANGATE_ENVIRONMENT: "ephemeral",
        PLANGATE_ORDERS: JSON.stringify(applies.ephemeral?.[0]?.orders),
        PLANGATE_KEPT: "kept",
        PLANGATE_SIGN_KEY: "",
        PLANGATE_SEAL_KEY: "",
      },
    });
    expect(applied.stderr).not.toContain("error");
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining("applied and verified") });
    expect(existsSync(join(stage.small.dir, "states", "ephemeral", String(opened.number), "app.tfstate"))).toBe(true);
    const wentOn = await stage.step("go-on", {
      run: second.id,
      event: "workflow_dispatch",
      body: dispatched,
      permissions: { actions: "write", contents: "read" },
      env: { PLANGATE_SIGN_KEY: "", PLANGATE_SEAL_KEY: "", PLANGATE_OPEN_KEY: "", PLANGATE_VERIFY_KEY: "" },
    });
    expect(wentOn).toMatchObject({ code: 0, stdout: expect.stringContaining("Started anew for what is left") });

    const told = stage.small.github.kept(infra).deployments;
    const of = { environment: "ephemeral", task: "plangate:apply", commit: change.sha };
    expect(told).toMatchObject([{ ...of, statuses: [{ state: "in_progress" }] }]);
    const before = await stage.small.tip("refs/heads/plangate/record");
    second.finish();
    const third = await stage.start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const left = { ...dispatched, inputs: { event: "left", run: String(second.id) } };
    const about = { run: third.id, event: "workflow_dispatch", body: left, permissions: deciding };
    expect(await stage.step("decide", about)).toMatchObject({ code: 0 });
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
    const hidden = await stage.step("decide", about);
    expect(hidden).toMatchObject({ code: 1, stderr: expect.stringContaining("record-witness-hidden") });
    told.splice(0, told.length, ...ours);

    // Somebody who may push puts the record back to before the apply: every part of it was written by plangate.
    const commits = execFileSync("git", ["rev-list", "plangate/record"], {
      cwd: stage.small.github.forge.dirOf(infra),
      encoding: "utf8",
    });
    const oldest = commits.trim().split("\n").at(-1) as CommitSha;
    expect(before).not.toBe(oldest);
    execFileSync("git", ["update-ref", "refs/heads/plangate/record", oldest], {
      cwd: stage.small.github.forge.dirOf(infra),
    });
    const refused = await stage.step("decide", about);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("record-rewritten") });
    expect(refused.stderr).toContain(`Deployment ${told[0]?.id}, which plangate made`);
    expect(refused.stderr).toContain(`gh api -X DELETE repos/${infra}/deployments/${told[0]?.id}`);
    execFileSync("git", ["update-ref", "-d", "refs/heads/plangate/record"], {
      cwd: stage.small.github.forge.dirOf(infra),
    });
    expect(await stage.step("decide", about)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the branch is gone"),
    });
  });

  it("prove the flow that a pull request brings, and tell what it makes weaker", async () => {
    const commit = await stage.small.pushed("ann", "feature/queue", {
      "plangate.yaml": stage.flowText.replace(", after: [test]", ""),
    });
    await stage.small.did("issue", "root", { title: "Issue 1" });
    const about = { title: "Sooner", body: "Closes #1", head: "feature/queue", base: "main" };
    const { number } = await stage.small.did("open", "ann", about);
    const handed = await stage.start({ event: "pull_request", ref: `refs/pull/${number}/merge`, commit });
    handed.finish();
    const { id } = await stage.start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const inputs = { event: `pull-request ${number}`, run: String(handed.id) };
    const body = { workflow: trusted, ref: "refs/heads/main", inputs, sender: { login: "github-actions[bot]" } };
    const decided = await stage.step("decide", { run: id, event: "workflow_dispatch", body, permissions: deciding });
    expect(decided).toMatchObject({ code: 0 });
    const comment = stage.small.github.forge.state.repositories[0]?.comments.map(({ body: text }) => text).join();
    expect(comment).toContain("**1 guarantee gets weaker.**");
    expect(comment).toContain("**The proof of the new flow** found no hole");
  });

  it("check what a change alters, each file and folder of it, and say how much that was", async () => {
    const body = async (branch: string) => ({
      pull_request: {
        number: 7,
        base: { ref: "main", sha: await stage.small.tip("refs/heads/main") },
        head: { ref: branch, sha: await stage.small.tip(`refs/heads/${branch}`) },
      },
    });
    const check = async (name: string, branch: string) =>
      stage.step("check-files", {
        run: 1,
        event: "pull_request",
        body: await body(branch),
        permissions: {},
        more: [name],
      });
    await stage.small.pushed("ann", "good", { "stacks/app/main.tf": rootModule.replace('"1"', '"2"') });
    await stage.small.pushed("ann", "bad", { "stacks/app/main.tf": rootModule.replace('input = "1"', 'inputs="2"') });
    await stage.small.pushed("ann", "other", { "README.md": "words" });
    for (const name of ["fmt", "validate"]) {
      expect(await check(name, "good")).toMatchObject({ code: 0, stdout: expect.stringContaining("looked at 1") });
      expect(await check(name, "bad")).toMatchObject({ code: 1, stdout: expect.stringContaining("stacks/app") });
      expect(await check(name, "other")).toMatchObject({ code: 0, stdout: expect.stringContaining("looked at 0") });
    }
    expect(await check("guess", "good")).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown-check") });
  });
});
