import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { providers, terraform, whyLeftOut, writeIdentity, writeProfiles } from "../../../test/cloud/identity-folder.ts";
import { about } from "../../../test/compile/flow-under-test.ts";
import {
  compiledTrust,
  documentsOf,
  issuer,
  repository,
  trusting,
  type Written,
} from "../../../test/compile/trust-documents.ts";
import { mayAssume } from "../../domain/trust/may-assume.ts";
import type { Flow } from "../../flow/index.ts";
import { tokenClaims } from "../../testing/actions-token.ts";
import { compileTrust } from "./index.ts";

const scratch = mkdtempSync(join(tmpdir(), "plangate-trust-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Values = Readonly<Record<string, unknown>>;

const inAws: Values = {
  github_issuer: issuer,
  aws_permissions_boundaries: {
    test: "arn:aws:iam::111111111111:policy/bounds",
    prod: "arn:aws:iam::aws:policy/PowerUserAccess",
  },
  aws_apply_policies: { test: [], prod: ["arn:aws:iam::aws:policy/AmazonVPCFullAccess"] },
  aws_states: { test: { bucket: "states", prefix: "test/" }, prod: { bucket: "states", prefix: "prod/" } },
};
const given: Values = {
  ...inAws,
  gcp_plan_roles: { test: ["roles/compute.viewer"], prod: ["roles/compute.viewer"] },
  gcp_apply_roles: { test: ["roles/compute.admin"], prod: ["roles/compute.admin"] },
  gcp_states: { test: { bucket: "states-test", prefix: "a/" }, prod: { bucket: "states-prod", prefix: "a/" } },
};

/** The states of both, and the key of one. */
const keyed = (kms_key_arn: string) => ({
  test: { bucket: "states", prefix: "test/", kms_key_arn },
  prod: { bucket: "states", prefix: "prod/" },
});

function folderOf(name: string, files: Values, values: Values): string {
  const folder = join(scratch, name);
  writeIdentity(folder, files, values);
  return folder;
}

/** Only what is asked from the user, which needs no provider. */
function askedFor(flow: Flow): Values {
  return Object.fromEntries(
    Object.entries(compiledTrust(flow)).map(([name, { variable }]) => [`${name}.tf.json`, { variable }]),
  );
}

const files = (written: Written) => {
  for (const entry of written.stacks) entry.backend = ["{environment}.hcl"];
};

describe("what whoever makes the identities is asked for", () => {
  const asked = askedFor(trusting("trunk-demo", files));
  let count = 0;
  const answered = (values: Values) => terraform(folderOf(`asked-${++count}`, asked, values), ["plan", "-no-color"]);

  it("is answered", async () => {
    expect(await answered(given)).toContain("No changes");
    const key = "arn:aws:kms:eu-west-1:111111111111:key/mrk-1234abcd";
    const more = { aws_states: keyed(key), aws_quotas: { managed_policies_per_role: 25 } };
    expect(await answered({ ...given, ...more })).toContain("No changes");
  });

  it.each<[string, Values, string]>([
    ["an issuer with its scheme", { github_issuer: `https://${issuer}` }, "The issuer is a host"],
    [
      "no state for an environment",
      { aws_states: { test: { bucket: "states", prefix: "test/" } } },
      "The states of prod need their bucket",
    ],
    [
      "a prefix that is a pattern",
      { aws_states: { test: { bucket: "b-1", prefix: "*/" }, prod: { bucket: "b-2", prefix: "a/" } } },
      "The states of test need their prefix",
    ],
    [
      "one place for two environments",
      { aws_states: { test: { bucket: "states", prefix: "a/" }, prod: { bucket: "states", prefix: "a/" } } },
      "Two environments would reach",
    ],
    [
      "one place in another",
      { aws_states: { test: { bucket: "states", prefix: "a/" }, prod: { bucket: "states", prefix: "a/prod/" } } },
      "Two environments would reach",
    ],
    [
      "one place in Google",
      { gcp_states: { test: { bucket: "states", prefix: "a/" }, prod: { bucket: "states", prefix: "a/" } } },
      "Two environments would reach",
    ],
    [
      "bounds that bound nothing",
      {
        aws_permissions_boundaries: {
          test: "arn:aws:iam::111111111111:policy/b",
          prod: "arn:aws:iam::aws:policy/AdministratorAccess",
        },
      },
      "needs the ARN of a policy of account 333333333333",
    ],
    [
      "bounds of another account",
      {
        aws_permissions_boundaries: {
          test: "arn:aws:iam::111111111111:policy/b",
          prod: "arn:aws:iam::111111111111:policy/b",
        },
      },
      "needs the ARN of a policy of account 333333333333",
    ],
    ["no bounds", { aws_permissions_boundaries: {} }, "needs the ARN of a policy of account 111111111111"],
    ["any key for the key of states", { aws_states: keyed("*") }, "is told by its own ARN"],
    ["keys by a pattern", { aws_states: keyed("arn:aws:kms:eu-west-1:111111111111:key/*") }, "is told by its own ARN"],
    [
      "a key by an alias",
      { aws_states: keyed("arn:aws:kms:eu-west-1:111111111111:alias/x") },
      "is told by its own ARN",
    ],
    [
      "more than AWS gives any account",
      { aws_quotas: { role_trust_policy_length: 8193 } },
      "AWS gives no account more than 8192 characters",
    ],
    [
      "no word about what applying may do",
      { aws_apply_policies: { test: [] } },
      "What applies to prod needs its policies",
    ],
    [
      "a role over everything",
      { gcp_apply_roles: { test: [], prod: ["roles/owner"] } },
      "One of the roles reaches the states",
    ],
    [
      "a role over all states",
      { gcp_plan_roles: { test: [], prod: ["roles/storage.objectViewer"] } },
      "One of the roles reaches the states",
    ],
    [
      "a role that acts as others",
      { gcp_apply_roles: { test: ["roles/iam.serviceAccountTokenCreator"], prod: [] } },
      "One of the roles reaches the states",
    ],
    [
      "a plan that writes",
      { gcp_plan_roles: { test: ["roles/compute.admin"], prod: [] } },
      "One of the roles reaches the states",
    ],
    [
      "a plan that reads secrets",
      { gcp_plan_roles: { test: ["roles/secretmanager.secretAccessor"], prod: [] } },
      "One of the roles reaches the states",
    ],
  ])("refuses %s", async (_name, values, said) => {
    expect((await answered({ ...given, ...values })).replaceAll(/\s*\n[│ ]*/g, " ")).toContain(said);
  });

  it("refuses a state among the bundles, and takes one beside them", async () => {
    const flow = trusting("trunk-demo", (written) => {
      files(written);
      written.bundles = { s3: { bucket: "acme-plans", region: "eu-central-1", prefix: "delivery/" } };
    });
    const asked = askedFor(flow);
    const answered = async (name: string, prefix: string) => {
      const aws_states = { test: { bucket: "acme-plans", prefix }, prod: { bucket: "states", prefix: "prod/" } };
      const said = await terraform(folderOf(name, asked, { ...given, aws_states }), ["plan", "-no-color"]);
      return said.replaceAll(/\s*\n[│ ]*/g, " ");
    };
    expect(await answered("among-bundles", "delivery/test/")).toContain("would reach each other's states");
    expect(await answered("beside-bundles", "states/test/")).toContain("No changes");
  });

  it("refuses what is no number, where the flow lacks the numbers", async () => {
    const flow = trusting("trunk-demo", (written) => {
      files(written);
      written.repository = { owner: "acme", name: "delivery" };
    });
    const values = { ...given, github_owner_id: "*", github_repository_id: "815000" };
    expect(await terraform(folderOf("numbers", askedFor(flow), values), ["plan", "-no-color"])).toContain(
      "It is a number",
    );
  });
});

/** Answers one question, as AWS does: which account a key is of. The key says it itself. */
async function withAccounts<T>(use: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer(({ headers }, response) => {
    const account = /Credential=AKIA0000(\d{12})/.exec(headers.authorization ?? "")?.[1] ?? "";
    const result = `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/ann</Arn><UserId>A</UserId>`;
    response.setHeader("content-type", "text/xml");
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

describe.skipIf("missing" in providers)(`the identities in AWS, as the provider makes them${whyLeftOut}`, () => {
  const flow = trusting("trunk-demo", (written) => {
    files(written);
    for (const one of Object.values(written.environments)) delete (one.identity as Record<string, unknown>).gcp;
  });
  const compiled = Object.fromEntries(
    compileTrust(flow, about).files.map(({ path, text }) => [
      path.replace("identity/", ""),
      JSON.parse(text) as unknown,
    ]),
  );
  const folder = folderOf("whole", compiled, {
    ...inAws,
    aws_profiles: { "111111111111": "a111111111111", "333333333333": "a333333333333" },
  });
  writeProfiles(folder, ["111111111111", "333333333333"]);

  it("are what the analyser judged, with every policy as AWS would get it", { timeout: 300_000 }, async () => {
    expect(await terraform(folder, ["init", "-no-color"])).toContain("successfully initialized");
    expect(await terraform(folder, ["validate", "-no-color"])).toContain("The configuration is valid");
    await withAccounts(async (endpoint) => {
      const env = {
        AWS_CONFIG_FILE: join(folder, "aws.config"),
        AWS_ENDPOINT_URL_STS: endpoint,
        AWS_REGION: "eu-west-1",
      };
      expect(await terraform(folder, ["plan", "-no-color", "-out=plan"], env)).not.toMatch(/^exit/);
    });
    const shown = JSON.parse(await terraform(folder, ["show", "-json", "plan"])) as {
      planned_values: {
        root_module: { resources: readonly { type: string; name: string; values: Record<string, string> }[] };
      };
    };
    const { resources } = shown.planned_values.root_module;
    const roles = resources
      .filter(({ type }) => type === "aws_iam_role")
      .map(({ name, values }) => ({ arn: name, trust: JSON.parse(values.assume_role_policy ?? "") as unknown }));
    expect(roles.map(({ arn }) => arn).sort()).toEqual([
      "env_prod_apply",
      "env_prod_plan",
      "env_test_apply",
      "env_test_plan",
    ]);
    const becomes = (environment: string, ref: string, called: string | null) =>
      mayAssume(
        { roles, providers: [], accounts: [] },
        tokenClaims({
          job: { repository, event: "push", ref, environment, workflow: ".github/workflows/plangate.yml", called },
          issuer: `https://${issuer}`,
          audience: "sts.amazonaws.com",
          immutable: true,
        }),
      ).map(({ identity }) => identity);
    const apply = "acme/delivery/.github/workflows/plangate-apply.yml@refs/heads/main";
    expect(becomes("prod", "refs/heads/main", apply)).toEqual(["env_prod_apply"]);
    expect(becomes("prod", "refs/heads/x", apply)).toEqual([]);
    expect(becomes("prod", "refs/heads/main", null)).toEqual([]);
    expect(becomes("demo-test", "refs/heads/main", apply)).toEqual(["env_test_apply"]);
    expect(becomes("test-plan", "refs/pull/7/merge", null)).toEqual(["env_test_plan"]);
    expect(becomes("prod-plan", "refs/pull/7/merge", null)).toEqual([]);
    // Single values are no lists to AWS, and mean the same.
    const single = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.length === 1
          ? single(value[0])
          : value.map(single)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, single(part)]))
          : value;
    const ours = documentsOf(flow).roles.map(({ trust }) => single(trust));
    expect(roles.map(({ trust }) => single(trust))).toEqual(expect.arrayContaining(ours));
    const rights = resources.filter(({ type }) => type === "aws_iam_role_policy");
    for (const { values } of rights) expect((values.policy ?? "").replaceAll(/\s+/g, "").length).toBeLessThan(10_240);
  });
});
