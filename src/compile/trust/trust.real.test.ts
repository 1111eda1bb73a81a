import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
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

const mirror = process.env.PLANGATE_PROVIDER_MIRROR;
const hasProvider = mirror !== undefined && existsSync(join(mirror, "registry.terraform.io/hashicorp/aws"));

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

function folderOf(name: string, files: Values, values: Values): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [path, content] of Object.entries({ ...files, "values.auto.tfvars.json": values }))
    writeFileSync(join(folder, path), JSON.stringify(content));
  const installation =
    mirror === undefined
      ? ""
      : `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  writeFileSync(join(folder, "cli.rc"), `disable_checkpoint = true\n${installation}`);
  return folder;
}

function terraform(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((done) => {
    const child = spawn("terraform", argv, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TF_CLI_CONFIG_FILE: join(folder, "cli.rc"),
        TF_IN_AUTOMATION: "1",
        TF_INPUT: "0",
        ...env,
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
    child.on("close", (code) => done(code === 0 ? said : `exit ${code}: ${said}`));
  });
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
    const account = /Credential=AKIA(\d{12})/.exec(headers.authorization ?? "")?.[1] ?? "";
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

describe.skipIf(!hasProvider)("the identities in AWS, as the provider makes them", () => {
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
  const profiles = ["111111111111", "333333333333"]
    .map((id) => `[profile a${id}]\naws_access_key_id = AKIA${id}\naws_secret_access_key = x\nregion = eu-west-1\n`)
    .join("\n");
  writeFileSync(join(folder, "aws.config"), profiles);

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
    const shown = JSON.parse(
      execFileSync("terraform", ["show", "-json", "plan"], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: folder, TF_CLI_CONFIG_FILE: join(folder, "cli.rc") },
      }),
    ) as {
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
