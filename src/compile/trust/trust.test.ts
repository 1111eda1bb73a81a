import { describe, expect, it } from "vitest";
import { about, flowOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import {
  compiledTrust,
  documentsOf,
  repository,
  trusting,
  type Written,
} from "../../../test/compile/trust-documents.ts";
import type { Stack } from "../../flow/index.ts";
import { presetNames, renderPreset } from "../../flow/index.ts";
import { files } from "../workflows/naming.ts";
import { compileTrust } from "./index.ts";

/** A job of a compiled workflow, as far as how long it takes goes. */
interface Job {
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly { readonly with?: Readonly<Record<string, unknown>> }[];
}

const told = (edit: (written: Written) => void, more: Partial<typeof about> = {}) =>
  compileTrust(trusting("trunk-demo", edit), { ...about, ...more });
const codes = (edit: (written: Written) => void, more: Partial<typeof about> = {}) =>
  told(edit, more).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
/** The stacks of the preset with these backend settings. */
const keptIn =
  (...backend: readonly string[]) =>
  (written: Written) => {
    for (const entry of written.stacks) entry.backend = backend;
  };
const rights = (block: string, edit?: (written: Written) => void) => {
  const { aws } = compiledTrust(trusting("trunk-demo", edit));
  return aws?.data.aws_iam_policy_document?.[`${block}_rights`]?.statement as readonly Record<string, unknown>[];
};
const statement = (block: string, sid: string, edit?: (written: Written) => void) =>
  rights(block, edit).find((one) => one.sid === sid);

describe("compileTrust", () => {
  it("gives nothing where no environment says in which account or project its workflows have an identity", () => {
    expect(compileTrust(flowOf(renderPreset("trunk-demo")), about)).toEqual({ files: [], diagnostics: [] });
    const local = trusting("trunk-demo", (written) => {
      for (const one of Object.values(written.environments)) one.identity = { aws: { profile: "x" } };
    });
    expect(compileTrust(local, about).files).toEqual([]);
  });

  it.each(presetNames)(
    "lets jobs of %s hold a role for as long as they may take, which is what they ask for",
    (preset) => {
      const flow = trusting(preset);
      const sessions: Readonly<Record<string, number | undefined>> = Object.fromEntries(
        documentsOf(flow).roles.map(({ arn, longestSession }) => [/-(plan|apply)$/.exec(arn)?.[1], longestSession]),
      );
      const asked = Object.entries(workflowsOf(flow)).flatMap(([path, { jobs }]) =>
        Object.values(jobs as Record<string, Job>).flatMap(({ steps = [], "timeout-minutes": minutes = 0 }) =>
          steps.flatMap(({ with: given }) =>
            given?.["role-to-assume"] === undefined
              ? []
              : [[path === files.apply ? "apply" : "plan", given["role-duration-seconds"], minutes * 60]],
          ),
        ),
      );
      expect(asked.length).toBeGreaterThan(2);
      for (const [phase, seconds, takes] of asked) expect([seconds, takes]).toEqual([sessions[String(phase)], seconds]);
      expect(Object.values(sessions).every((one = 0) => one >= 3600 && one <= 12 * 3600)).toBe(true);
    },
  );

  it("takes the account of the role and the project of the service account that local commands act as", () => {
    const flow = trusting("trunk-demo", ({ environments }) => {
      for (const one of Object.values(environments)) delete one.identity;
      const [test, prod] = [environments.test, environments.prod];
      if (test !== undefined) test.identity = { gcp: { serviceAccount: "ops@acme-ops.iam.gserviceaccount.com" } };
      if (prod !== undefined) prod.identity = { aws: { role: "arn:aws-us-gov:iam::444444444444:role/ops" } };
    });
    const { aws, gcp, main } = compiledTrust(flow);
    expect(Object.keys(aws?.resource.aws_iam_role ?? {})).toEqual(["env_prod_plan", "env_prod_apply"]);
    expect(JSON.stringify(aws?.data)).toContain("arn:aws-us-gov:iam::444444444444:oidc-provider/");
    expect(JSON.stringify(gcp?.resource.google_service_account)).toContain('"project":"acme-ops"');
    expect(Object.keys(main?.variable ?? {})).toEqual(["github_issuer"]);
  });

  it("is the same text each time, and holds nothing that Terraform would take for code", () => {
    const [first, second] = [told(() => {}), told(() => {})];
    expect(first).toEqual(second);
    for (const { text } of first.files) expect(text.endsWith("}\n")).toBe(true);
  });

  it("asks for the numbers that the flow lacks, and never trusts by name", () => {
    const flow = trusting("trunk-demo", (written) => {
      written.repository = { owner: "acme", name: "delivery" };
    });
    const { diagnostics } = compileTrust(flow, about);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(["warning repository-by-name"]);
    expect(Object.keys(compiledTrust(flow).main?.variable ?? {})).toEqual([
      "github_issuer",
      "github_owner_id",
      "github_repository_id",
    ]);
    const numbers = { github_owner_id: "4711", github_repository_id: "815000" };
    expect(documentsOf(flow, numbers)).toEqual(documentsOf(trusting("trunk-demo")));
  });

  it.each<[string, (written: Written) => void, Partial<typeof about>, string]>([
    ["a flow without its repository", (written) => void delete written.repository, {}, "error repository-unnamed"],
    ["a branch that policies read otherwise", () => {}, { defaultBranch: `main$${"{x}"}` }, "error branch-not-trusted"],
    [
      "a stack among the identities",
      () => {},
      { stacks: [{ name: "prod/identity", root: "identity" } as unknown as Stack] as never },
      "error identity-delivered",
    ],
    [
      "names that stacks of another environment could have",
      (written) => {
        written.stacks = ["test", "prod"].map((name) => ({
          root: `stacks-${name}/{stack}`,
          in: [name],
          backend: ["bucket=states", name === "prod" ? "key={stack}.tfstate" : "key=test-{stack}.tfstate"],
        }));
      },
      {},
      "error states-within-reach",
    ],
    [
      "a repository whose name is too long for Google",
      (written) => {
        written.repository = { ...repository, name: "x".repeat(90) };
      },
      {},
      "error subject-too-long",
    ],
  ])("refuses %s, and writes nothing", (_name, edit, more, expected) => {
    const { files, diagnostics } = told(edit, more);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toContain(expected);
    expect(files).toEqual([]);
    expect(diagnostics.every(({ file, hint }) => file === "plangate.yaml" && hint !== undefined)).toBe(true);
  });

  it.each([
    ["a bucket for each", ["bucket=states-{environment}", "key={stack}.tfstate"]],
    ["a folder for each", ["bucket=states", "key={environment}/{stack}.tfstate"]],
    ["a name for each", ["bucket=states", "key={stack}/{environment}.tfstate"]],
  ])("takes %s for states that are apart, and asks for nothing", (_name, backend) => {
    expect(codes(keptIn(...backend))).toEqual([]);
    const { aws } = compiledTrust(trusting("trunk-demo", keptIn(...backend)));
    expect(aws?.variable.aws_states).toMatchObject({
      default: {},
      validation: [{ error_message: expect.stringMatching(/^A key that states are encrypted with/) }],
    });
  });

  it("asks where states lie that a file tells, and refuses what would bring two environments together", () => {
    const { aws } = compiledTrust(trusting("trunk-demo", keptIn("{environment}.hcl")));
    const asked = aws?.variable.aws_states as { default?: unknown; validation: readonly { condition: string }[] };
    expect(asked.default).toBeUndefined();
    expect(asked.validation.map(({ condition }) => condition).at(-1)).toBe(
      `\${try(var.aws_states["test"].bucket != var.aws_states["prod"].bucket || (!startswith(var.aws_states["test"].prefix, var.aws_states["prod"].prefix) && !startswith(var.aws_states["prod"].prefix, var.aws_states["test"].prefix)), false)}`,
    );
  });

  it("tells of environments that share an account or a project", () => {
    const { diagnostics, files } = told(({ environments }) => {
      for (const one of Object.values(environments)) one.identity = { aws: { account: "111111111111" } };
    });
    expect(diagnostics.map(({ severity, code, summary }) => `${severity} ${code}: ${summary}`)).toEqual([
      "warning home-shared: The account 111111111111 is that of test and prod: what plans for one of them can look at the others there.",
    ]);
    expect(files.map(({ path }) => path)).toEqual(["identity/aws.tf.json", "identity/main.tf.json"]);
  });

  it("forgets what settings said when a file comes behind them", () => {
    const { aws } = compiledTrust(
      trusting("trunk-demo", keptIn("bucket=states", "key={environment}/x", "{environment}.hcl")),
    );
    expect(JSON.stringify(aws?.data)).not.toContain("s3:::states");
  });

  it("lets a plan read its own state under its lock, and write nothing else", () => {
    const edit = keptIn("bucket=states", "key={environment}/{stack}.tfstate");
    expect(statement("env_prod_plan", "ReadState", edit)).toMatchObject({
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::states/prod/*.tfstate"],
    });
    const written = rights("env_prod_plan", edit).filter(
      ({ effect, actions }) => effect === "Allow" && /Put|Delete|\*"/.test(JSON.stringify(actions)),
    );
    expect(written).toEqual([
      {
        sid: "LockState",
        effect: "Allow",
        actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        resources: ["arn:aws:s3:::states/prod/*.tfstate.tflock"],
      },
    ]);
  });

  it("keeps every identity from the states of other environments, whatever else it may", () => {
    const edit = keptIn("bucket=states", "key={environment}/{stack}.tfstate");
    for (const [block, other] of [
      ["env_prod_plan", "test"],
      ["env_prod_apply", "test"],
      ["env_test_plan", "prod"],
      ["env_test_apply", "prod"],
    ] as const)
      expect(statement(block, "NoStateOfAnotherEnvironment", edit)).toEqual({
        sid: "NoStateOfAnotherEnvironment",
        effect: "Deny",
        actions: ["s3:*Object*"],
        // Locks, too: who takes one away lets two write at once.
        resources: [`arn:aws:s3:::states/${other}/*.tfstate*`],
      });
  });

  it("shows a plan no secrets, no other objects and no other identity", () => {
    expect(statement("env_prod_plan", "NoSecrets")?.actions).toContain("secretsmanager:GetSecretValue");
    expect(statement("env_prod_plan", "NoParameters")).toMatchObject({
      effect: "Deny",
      actions: ["ssm:GetParameter*"],
    });
    expect(statement("env_prod_plan", "NoOtherIdentity")).toMatchObject({ effect: "Deny", resources: ["*"] });
    expect(statement("env_prod_plan", "NoObjectsButState")).toMatchObject({
      effect: "Deny",
      not_resources: [expect.stringMatching(/^arn:aws:s3:::/), expect.stringMatching(/\.tflock$/)],
    });
  });

  it("bounds what applies, and keeps its hands off identities and off its bounds", () => {
    const boundary = `\${var.aws_permissions_boundaries["prod"]}`;
    const { aws } = compiledTrust(trusting("trunk-demo"));
    expect(aws?.resource.aws_iam_role?.env_prod_apply).toMatchObject({ permissions_boundary: boundary });
    expect(statement("env_prod_apply", "NoHandOnIdentities")).toMatchObject({
      effect: "Deny",
      not_actions: ["iam:Get*", "iam:List*"],
      resources: ["arn:aws:iam::333333333333:role/plangate/*", "arn:aws:iam::333333333333:oidc-provider/*", boundary],
    });
    expect(statement("env_prod_apply", "NobodyWithoutTheBoundary")).toMatchObject({
      effect: "Deny",
      condition: [{ test: "StringNotEquals", variable: "iam:PermissionsBoundary", values: [boundary] }],
    });
    expect(aws?.variable.aws_permissions_boundaries).not.toHaveProperty("default");
    expect(aws?.variable.aws_apply_policies).not.toHaveProperty("default");
  });

  it("says for every environment of GitHub that holds one which identity it is", () => {
    const { aws, gcp } = compiledTrust(trusting("trunk-demo"));
    const holders = ["test-plan", "demo-test", "teardown-test", "prod-plan", "prod"];
    expect(Object.keys(aws?.output.aws_roles?.value as object)).toEqual(holders);
    expect(Object.keys(gcp?.output.gcp_identities?.value as object)).toEqual(holders);
  });

  it("gives Google's identities their states by the beginning of their names, and locks alone to those that plan", () => {
    const edit = keptIn("bucket=states", "prefix={environment}/{stack}");
    const { gcp } = compiledTrust(trusting("trunk-demo", edit));
    const bindings = Object.entries(gcp?.resource.google_storage_bucket_iam_member ?? {}).map(
      ([name, { role, condition }]) => [
        name.replace(/_[0-9a-f]{8}$/, ""),
        role,
        (condition as { expression?: string } | undefined)?.expression,
      ],
    );
    const states = "resource.name.startsWith('projects/_/buckets/states/objects/prod/')";
    expect(bindings.filter(([name]) => String(name).startsWith("env_prod_"))).toEqual([
      ["env_prod_plan_find", "roles/storage.legacyBucketReader", undefined],
      ["env_prod_plan_read", "roles/storage.objectViewer", states],
      ["env_prod_plan_lock", "roles/storage.objectUser", `${states} && resource.name.endsWith('.tflock')`],
      ["env_prod_apply_find", "roles/storage.legacyBucketReader", undefined],
      ["env_prod_apply_write", "roles/storage.objectUser", states],
    ]);
  });

  it("tells an instance's state from what all share", () => {
    const flow = trusting("trunk-stored-plan", ({ stacks }) => {
      for (const entry of stacks)
        entry.backend = ["bucket=states-{environment}", "key={stack}/{instance}terraform.tfstate"];
    });
    const text = JSON.stringify(compiledTrust(flow).aws?.data);
    expect(text).toContain('"arn:aws:s3:::states-ephemeral/*/*/terraform.tfstate"');
    expect(text).toContain('"arn:aws:s3:::states-test/*/terraform.tfstate"');
  });
});
