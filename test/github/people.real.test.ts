import type { Octokit } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, octokitWith, type SmallGitHub, smallGitHub } from "./small-github.ts";

/** A public repository, since a private one is not there for a stranger: root administers, ann writes, sam is a stranger. */
let small: SmallGitHub;
const prod = { ...at, environment_name: "prod" };

beforeAll(async () => {
  small = await smallGitHub({ private: false });
  await small.did("environment", "root", { name: "prod", reviewers: ["ann"], refs: ["main"] });
});

afterAll(() => small.close());

const under = "/repos/{owner}/{repo}/actions/permissions";
const tries: Readonly<Record<string, (as: Octokit) => Promise<unknown>>> = {
  "see what Actions may": ({ request }) => request(`GET ${under}`, at),
  "see how long artifacts are kept": ({ request }) => request(`GET ${under}/artifact-and-log-retention`, at),
  "see deploy keys": ({ rest }) => rest.repos.listDeployKeys(at),
  "see who passed rules": ({ rest }) => rest.repos.getRepoRuleSuites(at),
  "see webhooks": ({ rest }) => rest.repos.listWebhooks(at),
  "let a branch deploy": ({ rest }) => rest.repos.createDeploymentBranchPolicy({ ...prod, name: "dev/*" }),
  "put a rule before an environment": ({ rest }) =>
    rest.repos.createDeploymentProtectionRule({ ...prod, integration_id: small.github.app.id }),
  "see variables": ({ rest }) => rest.actions.listRepoVariables(at),
  "see an environment's variables": ({ rest }) => rest.actions.listEnvironmentVariables(prod),
  "see names of secrets": ({ rest }) => rest.actions.listRepoSecrets(at),
  "see collaborators": ({ rest }) => rest.repos.listCollaborators(at),
  "see what somebody may": ({ rest }) => rest.repos.getCollaboratorPermissionLevel({ ...at, username: "ann" }),
  "see environments": ({ rest }) => rest.repos.getAllEnvironments(at),
  "see rulesets": ({ rest }) => rest.repos.getRepoRulesets(at),
};

async function outcomeOf(what: string, as: Octokit): Promise<number> {
  try {
    await tries[what]?.(as);
    return 200;
  } catch (error) {
    return (error as { readonly status: number }).status;
  }
}

describe("what people may", () => {
  it.each([
    { what: "see what Actions may", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "see how long artifacts are kept", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "see deploy keys", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "see who passed rules", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "see webhooks", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "let a branch deploy", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "put a rule before an environment", root: 200, ann: 403, sam: 403, nobody: 401 },
    { what: "see variables", root: 200, ann: 200, sam: 403, nobody: 401 },
    { what: "see an environment's variables", root: 200, ann: 200, sam: 403, nobody: 401 },
    { what: "see names of secrets", root: 200, ann: 200, sam: 403, nobody: 401 },
    { what: "see collaborators", root: 200, ann: 200, sam: 403, nobody: 401 },
    { what: "see what somebody may", root: 200, ann: 200, sam: 403, nobody: 401 },
    { what: "see environments", root: 200, ann: 200, sam: 200, nobody: 200 },
    { what: "see rulesets", root: 200, ann: 200, sam: 200, nobody: 200 },
  ])("$what: an administrator, a writer, a reader, nobody", async ({ what, root, ann, sam, nobody }) => {
    const [asRoot, asAnn, asSam] = [await small.as("root"), await small.as("ann"), await small.as("sam")];
    const strangers = octokitWith(small.github.url, "");
    const others = [await outcomeOf(what, asAnn), await outcomeOf(what, asSam), await outcomeOf(what, strangers)];
    expect(others).toEqual([ann, sam, nobody]);
    expect(await outcomeOf(what, asRoot)).toBe(root);
  });

  it("changes nothing where it is refused", async () => {
    const [root, ann] = [await small.as("root"), await small.as("ann")];
    const { name } = (
      await root.rest.repos.createOrUpdateEnvironment({
        ...at,
        environment_name: "kept",
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      })
    ).data;
    const kept = { ...at, environment_name: name };
    await expect(ann.rest.repos.createDeploymentBranchPolicy({ ...kept, name: "evil" })).rejects.toMatchObject({
      status: 403,
    });
    expect((await root.rest.repos.listDeploymentBranchPolicies(kept)).data.total_count).toBe(0);
  });

  it("is told of people by what they may at least, and of no program", async () => {
    const { repos } = (await small.as("ann")).rest;
    await small.did("role", "root", { login: "sam", role: "read" });
    await small.as({ job: { contents: "write" }, repository: "acme/infra" }).then((job) => job.rest.repos.get(at));
    const logins = async (permission: "pull" | "push" | "admin") =>
      (await repos.listCollaborators({ ...at, permission })).data.map(({ login }) => login).toSorted();
    expect(await logins("pull")).toEqual(["ann", "bob", "eve", "root", "sam"]);
    expect(await logins("push")).toEqual(["ann", "bob", "eve", "root"]);
    expect(await logins("admin")).toEqual(["root"]);
  });
});
