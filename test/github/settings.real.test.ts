import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("an environment", () => {
  const prod = { ...at, environment_name: "prod" };

  it("is set with reviewers and branches, listed, and taken away", async () => {
    const root = await small.as("root");
    const ann = (await root.rest.users.getByUsername({ username: "ann" })).data.id;
    const team = (await root.rest.teams.getByName({ org: "acme", team_slug: "devops" })).data.id;
    const made = await root.rest.repos.createOrUpdateEnvironment({
      ...prod,
      wait_timer: 5,
      prevent_self_review: true,
      reviewers: [
        { type: "User", id: ann },
        { type: "Team", id: team },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(made.data.protection_rules).toMatchObject([
      { type: "wait_timer", wait_timer: 5 },
      {
        type: "required_reviewers",
        prevent_self_review: true,
        reviewers: [{ reviewer: { login: "ann" } }, { reviewer: { slug: "devops" } }],
      },
      { type: "branch_policy" },
    ]);
    expect(small.github.forge.state.repositories[0]?.environments).toMatchObject([
      { name: "prod", reviewers: ["ann", "acme/devops"] },
    ]);
    const policy = await root.rest.repos.createDeploymentBranchPolicy({ ...prod, name: "main" });
    expect(small.github.forge.state.repositories[0]?.environments[0]?.refs).toEqual(["main"]);
    const id = { ...prod, branch_policy_id: policy.data.id ?? 0 };
    await root.rest.repos.updateDeploymentBranchPolicy({ ...id, name: "release/*" });
    expect((await root.rest.repos.listDeploymentBranchPolicies(prod)).data).toMatchObject({
      total_count: 1,
      branch_policies: [{ name: "release/*" }],
    });
    await root.rest.repos.deleteDeploymentBranchPolicy(id);
    await root.rest.repos.createDeploymentProtectionRule({ ...prod, integration_id: small.github.app.id });
    expect((await root.rest.repos.getAllDeploymentProtectionRules(prod)).data).toMatchObject({ total_count: 1 });
    expect((await root.rest.repos.getAllEnvironments(at)).data).toMatchObject({
      total_count: 1,
      environments: [{ can_admins_bypass: true }],
    });
    await root.rest.repos.getEnvironment(prod);
    await root.rest.repos.deleteAnEnvironment(prod);
    await expect(root.rest.repos.getEnvironment(prod)).rejects.toMatchObject({ status: 404 });
    const writer = await small.as("ann");
    await expect(writer.rest.repos.createOrUpdateEnvironment(prod)).rejects.toMatchObject({ status: 403 });
  });

  it("has no reviewers in a private repository of a team's account", async () => {
    const team = await smallGitHub({ plan: "team" });
    const root = await team.as("root");
    const ann = (await root.rest.users.getByUsername({ username: "ann" })).data.id;
    const reviewers = [{ type: "User" as const, id: ann }];
    await expect(root.rest.repos.createOrUpdateEnvironment({ ...prod, reviewers })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("billing plan"),
    });
    await root.rest.repos.createOrUpdateEnvironment(prod);
    await team.close();
  });

  it("keeps variables, and of secrets nothing that is read back", async () => {
    const root = await small.as("root");
    await root.rest.repos.createOrUpdateEnvironment(prod);
    await root.rest.actions.createEnvironmentVariable({ ...prod, name: "region", value: "one" });
    await root.rest.actions.updateEnvironmentVariable({ ...prod, name: "region", value: "two" });
    expect((await root.rest.actions.getEnvironmentVariable({ ...prod, name: "REGION" })).data).toMatchObject({
      value: "two",
    });
    expect((await root.rest.actions.listEnvironmentVariables(prod)).data.total_count).toBe(1);
    await root.rest.actions.deleteEnvironmentVariable({ ...prod, name: "region" });
    await root.rest.actions.getEnvironmentPublicKey(prod);
    await root.rest.actions.createOrUpdateEnvironmentSecret({
      ...prod,
      secret_name: "OPEN",
      encrypted_value: "eA==",
      key_id: "1",
    });
    await root.rest.actions.getEnvironmentSecret({ ...prod, secret_name: "OPEN" });
    expect((await root.rest.actions.listEnvironmentSecrets(prod)).data.secrets).toMatchObject([{ name: "OPEN" }]);
    await root.rest.actions.deleteEnvironmentSecret({ ...prod, secret_name: "OPEN" });
    await root.rest.actions.createRepoVariable({ ...at, name: "SEAL", value: "key" });
    await expect(root.rest.actions.createRepoVariable({ ...at, name: "seal", value: "key" })).rejects.toMatchObject({
      status: 409,
    });
    await root.rest.actions.updateRepoVariable({ ...at, name: "SEAL", value: "other" });
    await root.rest.actions.getRepoVariable({ ...at, name: "SEAL" });
    await root.rest.actions.listRepoVariables(at);
    await root.rest.actions.deleteRepoVariable({ ...at, name: "SEAL" });
    await root.rest.actions.getRepoPublicKey(at);
    await root.rest.actions.createOrUpdateRepoSecret({ ...at, secret_name: "X", encrypted_value: "eA==", key_id: "1" });
    await root.rest.actions.getRepoSecret({ ...at, secret_name: "X" });
    await root.rest.actions.listRepoSecrets(at);
    await root.rest.actions.deleteRepoSecret({ ...at, secret_name: "X" });
  });
});

describe("settings of Actions", () => {
  it("are read and changed by who administers the repository", async () => {
    const { request, rest } = await small.as("root");
    const { actions, repos } = rest;
    const under = "/repos/{owner}/{repo}/actions";
    await actions.setGithubActionsPermissionsRepository({
      ...at,
      enabled: true,
      allowed_actions: "selected",
      sha_pinning_required: true,
    });
    expect((await actions.getGithubActionsPermissionsRepository(at)).data).toMatchObject({
      allowed_actions: "selected",
      sha_pinning_required: true,
    });
    await actions.setAllowedActionsRepository({ ...at, github_owned_allowed: true, patterns_allowed: ["acme/*"] });
    expect((await actions.getAllowedActionsRepository(at)).data).toMatchObject({ patterns_allowed: ["acme/*"] });
    await actions.setGithubActionsDefaultWorkflowPermissionsRepository({
      ...at,
      default_workflow_permissions: "read",
      can_approve_pull_request_reviews: false,
    });
    expect((await actions.getGithubActionsDefaultWorkflowPermissionsRepository(at)).data).toMatchObject({
      default_workflow_permissions: "read",
    });
    await request(`PUT ${under}/permissions/fork-pr-contributor-approval`, {
      ...at,
      approval_policy: "all_external_contributors",
    });
    expect((await request(`GET ${under}/permissions/fork-pr-contributor-approval`, at)).data.approval_policy).toBe(
      "all_external_contributors",
    );
    await request(`PUT ${under}/permissions/artifact-and-log-retention`, { ...at, days: 30 });
    expect((await request(`GET ${under}/permissions/artifact-and-log-retention`, at)).data).toEqual({
      days: 30,
      maximum_allowed_days: 400,
    });
    const before = await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", at);
    expect(before.data).toMatchObject({
      use_immutable_subject: true,
      sub_claim_prefix: expect.stringMatching(/^repo:acme@\d+\/infra@\d+$/),
    });
    await request("PUT /repos/{owner}/{repo}/actions/oidc/customization/sub", {
      ...at,
      use_default: false,
      include_claim_keys: ["repo", "context"],
    });
    expect((await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", at)).data).toMatchObject({
      include_claim_keys: ["repo", "context"],
    });
    await request("PUT /repos/{owner}/{repo}/immutable-releases", at);
    expect((await request("GET /repos/{owner}/{repo}/immutable-releases", at)).data).toMatchObject({ enabled: true });
    await request("DELETE /repos/{owner}/{repo}/immutable-releases", at);
    const changed = await repos.update({ ...at, allow_merge_commit: false, delete_branch_on_merge: true });
    expect(changed.data).toMatchObject({
      allow_merge_commit: false,
      allow_squash_merge: true,
      delete_branch_on_merge: true,
    });
    await expect((await small.as("ann")).rest.repos.update({ ...at, allow_merge_commit: true })).rejects.toMatchObject({
      status: 403,
    });
  });
});
