import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsServer, openAwsServer } from "../../../test/cloud/aws-server.ts";
import { providers, terraform, whyLeftOut, writeIdentity, writeProfiles } from "../../../test/cloud/identity-folder.ts";
import { about } from "../../../test/compile/flow-under-test.ts";
import { type Compiled, trusting, type Written } from "../../../test/compile/trust-documents.ts";
import { type Flow, type PresetName, presetNames } from "../../flow/index.ts";
import { compileTrust } from "./index.ts";
import { policyText } from "./policy-text.ts";
import type { TerraformRecord } from "./terraform-json.ts";

/** What is compiled, made in an AWS by its provider, looked at again, and taken away. */

/** Each preset has accounts of its own, which nothing is in: those of the documents with another first digit. */
const accountsOf = (preset: PresetName) =>
  ["1", "2", "3"].map((digit) => `${presetNames.indexOf(preset) + 1}${digit.repeat(11)}`);
const accounts = presetNames.flatMap(accountsOf);
const issuer = "token.actions.githubusercontent.com";
const boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
let scratch: string;
let aws: AwsServer;

/** In AWS alone, with states that the flow tells. */
function inAws(preset: PresetName, edit?: (written: Written) => void): Flow {
  return trusting(preset, (written) => {
    for (const entry of written.stacks)
      entry.backend = ["bucket=acme-states", "key={environment}/{instance}{stack}.tfstate"];
    edit?.(written);
    for (const one of Object.values(written.environments)) {
      const { aws } = one.identity as { aws: { account?: string } };
      const account = aws.account?.replace(/^./, String(presetNames.indexOf(preset) + 1));
      one.identity = { aws: account === undefined ? aws : { account } };
    }
  });
}

function filesOf(flow: Flow): Readonly<Record<string, unknown>> {
  const { files, diagnostics } = compileTrust(flow, about);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return Object.fromEntries(
    files.map(({ path, text }) => [path.replace("identity/", ""), JSON.parse(text) as unknown]),
  );
}

function write(folder: string, flow: Flow, more: Readonly<Record<string, unknown>> = {}): void {
  const each = (value: unknown) => Object.fromEntries(flow.environments.map(({ name }) => [name, value]));
  writeIdentity(folder, filesOf(flow), {
    github_issuer: issuer,
    aws_permissions_boundaries: each(boundary),
    aws_apply_policies: each(["arn:aws:iam::aws:policy/AmazonVPCFullAccess"]),
    aws_profiles: Object.fromEntries(accounts.map((id) => [id, `a${id}`])),
    ...more,
  });
  writeProfiles(folder, accounts);
}

function run(folder: string, ...argv: readonly string[]): Promise<string> {
  return terraform(folder, [...argv, "-no-color"], {
    AWS_CONFIG_FILE: join(folder, "aws.config"),
    AWS_ENDPOINT_URL_STS: aws.endpoint,
    AWS_ENDPOINT_URL_IAM: aws.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
  });
}

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

async function made(folder: string): Promise<readonly Resource[]> {
  const shown = JSON.parse(await run(folder, "show", "-json")) as {
    readonly values?: { readonly root_module?: { readonly resources?: readonly Resource[] } };
  };
  return shown.values?.root_module?.resources ?? [];
}

/** What a plan would do: for each address that it changes, how. */
async function planned(folder: string): Promise<Readonly<Record<string, string>>> {
  expect(await run(folder, "plan", "-out=plan")).not.toMatch(/^exit/);
  const { resource_changes: changes = [] } = JSON.parse(await run(folder, "show", "-json", "plan")) as {
    readonly resource_changes?: readonly {
      readonly address: string;
      readonly change: { readonly actions: readonly string[] };
    }[];
  };
  return Object.fromEntries(
    changes
      .map(({ address, change: { actions } }) => [address, actions.join()] as const)
      .filter(([, actions]) => actions !== "no-op" && actions !== "read"),
  );
}

describe.skipIf("missing" in providers)(`identities, made in an AWS${whyLeftOut}`, () => {
  // Moto and the provider are fetched where they are not there yet.
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "plangate-applied-"));
    aws = await openAwsServer(accounts);
  }, 600_000);
  afterAll(() => {
    aws?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it.each(presetNames)("of %s are made at once, and are what was asked for", { timeout: 600_000 }, async (preset) => {
    const folder = join(scratch, preset);
    write(folder, inAws(preset));
    expect(await run(folder, "init")).toContain("successfully initialized");
    expect(await run(folder, "apply", "-auto-approve")).toContain("Apply complete!");
    expect(await run(folder, "plan", "-detailed-exitcode")).toContain("No changes.");

    const resources = await made(folder);
    const compiled = JSON.parse(readFileSync(join(folder, "aws.tf.json"), "utf8")) as Compiled;
    const blocks = Object.entries(compiled.resource.aws_iam_role ?? {});
    expect(blocks.length).toBeGreaterThan(3);
    for (const [block, { provider, name }] of blocks) {
      const of = (type: string) => resources.find((one) => one.type === type && one.name === block)?.values;
      // What is measured before anything is made is what AWS measures.
      for (const [kind, text] of [
        ["trust", of("aws_iam_role")?.assume_role_policy],
        ["rights", of("aws_iam_role_policy")?.policy],
      ] as const) {
        const document = compiled.data.aws_iam_policy_document?.[`${block}_${kind}`];
        const measured = policyText(filledIn(document?.statement), String).length;
        expect([block, kind, measured]).toEqual([block, kind, JSON.stringify(JSON.parse(String(text))).length]);
      }
      const account = String(provider).slice(-12);
      const attached = await aws.ask(account, "ListAttachedRolePolicies", { RoleName: String(name) });
      expect(attached).toContain(block.endsWith("_plan") ? "ReadOnlyAccess" : "AmazonVPCFullAccess");
      const role = await aws.ask(account, "GetRole", { RoleName: String(name) });
      expect([block, role.includes(boundary)]).toEqual([block, block.endsWith("_apply")]);
    }
  });

  it("of one environment more leave roles that are there, and go away with all", { timeout: 600_000 }, async () => {
    const folder = join(scratch, "gitflow");
    const before = await made(folder);
    write(
      folder,
      inAws("gitflow", (written) => {
        // In front of the others, one with a name that is one of theirs but for a sign.
        const added = ["qa", "dev.2"];
        for (const name of added)
          written.environments = {
            [name]: { kind: "test", appliesFrom: ["develop"], identity: { aws: { account: "222222222222" } } },
            ...written.environments,
          };
        for (const entry of written.stacks) entry.in = [...added, ...(entry.in as string[])];
        for (const name of added)
          (written.when as unknown[]).unshift(
            { on: "pull_request", into: "develop", in: name, do: ["check", "plan", "comment"] },
            { on: "merge", into: "develop", in: name, do: ["apply", "verify"] },
          );
      }),
    );
    const touched = Object.entries(await planned(folder)).filter(([, how]) => how !== "create");
    // That each is kept from the states of the new ones is what changes of the others, and nothing else.
    expect(touched.map(([address, how]) => `${how} ${address}`).sort()).toEqual(
      before
        .filter(({ type }) => type === "aws_iam_role_policy")
        .map(({ name }) => `update aws_iam_role_policy.${name}`)
        .sort(),
    );
    expect(await run(folder, "apply", "plan")).toContain("Apply complete!");
    const kept = (resources: readonly Resource[]) =>
      resources
        .filter(({ type }) => type === "aws_iam_role")
        .map(({ name, values }) => [name, values.arn, values.unique_id, values.assume_role_policy]);
    expect(kept(before).length).toBe(6);
    expect(kept(await made(folder))).toEqual(expect.arrayContaining(kept(before)));

    expect(await run(folder, "destroy", "-auto-approve")).toContain("Destroy complete!");
    for (const account of accountsOf("gitflow")) {
      expect(await aws.ask(account, "ListRoles", {})).not.toContain("<RoleName>");
      expect(await aws.ask(account, "ListOpenIDConnectProviders", {})).not.toContain(issuer);
    }
  });

  it("are not begun where AWS would refuse them half-way", { timeout: 600_000 }, async () => {
    const folder = join(scratch, "limits");
    const planned = async (more: Readonly<Record<string, unknown>>, role: string) => {
      const edit = ({ environments }: Written) => {
        if (environments.stage !== undefined) environments.stage.identity = { aws: { role } };
      };
      write(folder, inAws("gitflow", edit), more);
      const said = (await run(folder, "plan")).replaceAll(/\s*\n[│ ]*/g, " ");
      const known = [
        "AWS takes fewer policies on one role than aws_apply_policies has for prod",
        "The trust of env_prod_apply is longer than AWS takes",
        "The flow has account 222222222222 in the partition aws-us-gov",
        "nobody can take on these roles",
      ];
      return [said.slice(0, 6) === "exit 1", ...known.map((one) => said.includes(one))];
    };
    const stage = (partition: string) => ({
      aws_permissions_boundaries: { dev: boundary, stage: boundary.replace("arn:aws:", partition), prod: boundary },
    });
    const policies = {
      aws_apply_policies: {
        dev: [],
        stage: [],
        prod: Array.from({ length: 11 }, (_, index) => `arn:aws:iam::${accountsOf("gitflow")[2]}:policy/p${index}`),
      },
    };
    write(folder, inAws("gitflow"));
    expect(await run(folder, "init")).toContain("successfully initialized");
    expect(
      await planned(
        { ...stage("arn:aws-us-gov:"), ...policies, aws_quotas: { role_trust_policy_length: 600 } },
        "arn:aws-us-gov:iam::222222222222:role/ops",
      ),
    ).toEqual([true, true, true, true, false]);
    // What an account asked for counts, and another issuer is no more than told of.
    expect(
      await planned(
        {
          ...stage("arn:aws:"),
          ...policies,
          aws_quotas: { managed_policies_per_role: 11 },
          github_issuer: "github.example.org/_services/token",
        },
        `arn:aws:iam::${accountsOf("gitflow")[1]}:role/ops`,
      ),
    ).toEqual([false, false, false, false, true]);
  });
});

/** With what the tests give where something is asked for. */
function filledIn(statements: unknown): readonly TerraformRecord[] {
  const text = JSON.stringify(statements)
    .replaceAll(/\$\{var\.github_issuer\}/g, issuer)
    .replaceAll(/\$\{var\.aws_permissions_boundaries\[[^\]]*\]\}/g, boundary)
    .replaceAll(/\$\{coalesce\(try\([^)]*\), \\"([^"]*)\\"\)\}/g, "$1");
  expect(text).not.toMatch(/\$\{/);
  return JSON.parse(text) as readonly TerraformRecord[];
}
