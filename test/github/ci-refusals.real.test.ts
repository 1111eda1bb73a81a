import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madeKeys } from "../../src/testing/made-keys.ts";
import { type CiStage, ciStage } from "./ci-stage.ts";
import { deciding } from "./compiled-rights.ts";
import { at } from "./small-github.ts";

let stage: CiStage;

beforeEach(async () => {
  stage = await ciStage();
});

afterEach(() => stage.small.close());

describe("the commands, where something is not as it has to be", () => {
  it("end every job that is given another public key than the default branch has, any where that has none, or one that opens more than its environment", async () => {
    const file = readFileSync(join(stage.small.dir, "keys", "keys.json"), "utf8");
    const { seal } = JSON.parse(file) as { seal: string };
    const run = (await stage.start({ event: "schedule", ref: "refs/heads/main" })).id;
    const about = { run, event: "schedule", body: { schedule: "7,22,37,52 * * * *" } };
    const decide = { ...about, permissions: deciding };
    const plan = {
      ...about,
      permissions: { contents: "read" },
      env: { PLANGATE_SEAL_KEY: seal.replace(/.$/, "x"), PLANGATE_ENVIRONMENT: "test", PLANGATE_ORDERS: "[]" },
    } as const;
    const replaced = { code: 1, stderr: expect.stringContaining("PLANGATE_SEAL_KEY is another key") };
    expect(await stage.step("plan", plan)).toMatchObject(replaced);
    expect(await stage.step("decide", { ...decide, env: plan.env })).toMatchObject(replaced);
    expect(await stage.step("decide", decide)).toMatchObject({ code: 0 });
    const apply = {
      ...about,
      permissions: { contents: "write" },
      env: { PLANGATE_ENVIRONMENT: "test", PLANGATE_ORDERS: "[]" },
    } as const;
    const { PLANGATE_OPEN_KEY = "" } = madeKeys(join(stage.small.dir, "keys"), "plangate");
    expect(await stage.step("apply", { ...apply, env: { ...apply.env, PLANGATE_OPEN_KEY } })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/keys-replaced.*PLANGATE_OPEN_KEY in the environment test is not the key of test/s),
    });
    await stage.small.pushed("root", "main", { ".github/plangate/keys.json": null });
    const asked = { code: 1, stderr: expect.stringMatching(/keys-not-committed.*`plangate ci keys`/s) };
    expect(await stage.step("plan", { ...plan, env: apply.env })).toMatchObject(asked);
    expect(await stage.step("decide", decide)).toMatchObject(asked);
    expect(await stage.step("apply", apply)).toMatchObject(asked);
  });

  it("end a job whose environment is missing or may be used by any ref, before it takes on anything", async () => {
    const one = await stage.start({ event: "workflow_dispatch", ref: "refs/heads/main" });
    const look = () =>
      stage.step("environment", {
        run: one.id,
        event: "workflow_dispatch",
        body: {},
        permissions: { actions: "read", contents: "read" },
        env: { PLANGATE_ENVIRONMENT: "test" },
      });
    expect(await look()).toMatchObject({ code: 1, stderr: expect.stringContaining("environment-refused") });
    await stage.small.did("environment", "root", { name: "test", reviewers: [] });
    expect(await look()).toMatchObject({ code: 1, stderr: expect.stringContaining("not as the flow has it") });
    const { repos } = (await stage.small.as("root")).rest;
    const test = { ...at, environment_name: "test" };
    await repos.createOrUpdateEnvironment({
      ...test,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await repos.createDeploymentBranchPolicy({ ...test, name: "main", type: "branch" });
    expect(await look()).toMatchObject({ code: 0, stdout: expect.stringContaining("is as the flow has it") });
  });

  it("begin no record without keys, and say who knows where they belong", async () => {
    const run = await stage.start({ event: "push", ref: "refs/heads/main" });
    const sha = await stage.small.tip("refs/heads/main");
    const body = { ref: "refs/heads/main", before: "0".repeat(40), after: sha, sender: { login: "ann" } };
    for (const kind of ["OPEN", "SIGN", "DIGEST", "VERIFY", "SEAL"]) {
      const missing = `PLANGATE_${kind}_KEY`;
      const about = { run: run.id, event: "push", body, permissions: deciding };
      const decided = await stage.step("decide", { ...about, env: { [missing]: "" } });
      expect(decided).toMatchObject({ code: 2, stderr: expect.stringMatching(`${missing} is not set[^]*audit`) });
      expect(await stage.small.tip("refs/heads/plangate/record")).toBeUndefined();
    }
  });
});
