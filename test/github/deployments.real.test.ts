import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("deployments", () => {
  it("are made, told of, and removed", async () => {
    const { repos } = (await small.as("ann")).rest;
    const made = await repos.createDeployment({
      ...at,
      ref: "main",
      environment: "prod",
      required_contexts: [],
      auto_merge: false,
      payload: { ledger: "abc" },
    });
    const deployment_id = "id" in made.data ? made.data.id : 0;
    const status = await repos.createDeploymentStatus({
      ...at,
      deployment_id,
      state: "in_progress",
      description: "applying",
    });
    expect(status.data).toMatchObject({ state: "in_progress", environment: "prod" });
    expect((await repos.getDeployment({ ...at, deployment_id })).data).toMatchObject({ payload: { ledger: "abc" } });
    await repos.deleteDeployment({ ...at, deployment_id });
  });

  it("wait for checks that nobody says are not needed, and make an environment that is not there", async () => {
    const { repos } = (await small.as("ann")).rest;
    const sha = (await small.tip("refs/heads/main")) ?? "";
    await repos.createCommitStatus({ ...at, sha, state: "pending", context: "done" });
    const deploy = { ...at, ref: "main", environment: "stage" };
    await expect(repos.createDeployment(deploy)).rejects.toMatchObject({ status: 409 });
    await expect(repos.createDeployment({ ...deploy, required_contexts: ["done"] })).rejects.toMatchObject({
      status: 409,
    });
    await expect(repos.getEnvironment({ ...at, environment_name: "stage" })).rejects.toMatchObject({ status: 404 });
    await repos.createDeployment({ ...deploy, required_contexts: [] });
    expect((await repos.getEnvironment({ ...at, environment_name: "stage" })).data).toMatchObject({
      protection_rules: [],
      deployment_branch_policy: null,
    });
  });

  it("end what was deployed there before, and are not taken away while they are active", async () => {
    const { repos } = (await small.as("ann")).rest;
    const deployed = async (environment: string) => {
      const made = await repos.createDeployment({ ...at, ref: "main", environment, required_contexts: [] });
      const deployment_id = "id" in made.data ? made.data.id : 0;
      await repos.createDeploymentStatus({ ...at, deployment_id, state: "success" });
      return { ...at, deployment_id };
    };
    const [first, other, second] = [await deployed("test"), await deployed("stage"), await deployed("test")];
    const states = async (of: typeof first) => (await repos.listDeploymentStatuses(of)).data.map(({ state }) => state);
    expect([await states(first), await states(other), await states(second)]).toEqual([
      ["inactive", "success"],
      ["success"],
      ["success"],
    ]);
    await expect(repos.deleteDeployment(second)).rejects.toMatchObject({ status: 422 });
    await repos.deleteDeployment(first);
    await repos.createDeploymentStatus({ ...second, state: "inactive" });
    await repos.deleteDeployment(second);
    // The last one goes, whatever it says.
    await repos.deleteDeployment(other);
  });
});
