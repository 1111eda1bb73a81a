import { describe, expect, it } from "vitest";
import { readConfigurationFacts, readSettings } from "../adapters/hcl/index.ts";
import { parseFlow } from "../flow/index.ts";
import { fileChecks, inspect, stackChecks } from "./inspect.ts";
import type { RepositoryReader } from "./repository.ts";

/** Files by path; a link as `-> target`, an ignored file as `ignored:` and its text, one not added yet as `new:`. */
type Files = Readonly<Record<string, string>>;

const flowFile = `version: 1
host: actions
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work], reviews: { count: 1 } }
environments:
  test: { appliesFrom: [main] }
  prod: { appliesFrom: [main], approvals: { by: [ann, bob] }, after: [test] }
stacks:
  - { root: "stacks/{stack}", in: [test, prod], backend: ["env/{environment}.hcl", "key={stack}.tfstate"], vars: ["env/{environment}.tfvars"] }
when:
  - { on: merge, into: main, in: test, do: [plan, apply] }
  - { on: merge, into: main, in: prod, do: [plan, apply] }
`;

const lock = `# Written by the tool.
provider "registry.terraform.io/hashicorp/aws" {
  version = "5.1.0"
  hashes = [
    "h1:abc=",
  ]
}
`;

/** A repository that has something for every check to look at, and nothing wrong. */
const sound: Files = {
  "plangate.yaml": flowFile,
  "stacks/app/main.tf": `terraform {
  backend "s3" {}
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
module "vpc" {
  source = "git::https://example.com/vpc.git?ref=v1.2.0"
}
resource "aws_iam_role" "apply" {
  assume_role_policy = templatefile("../../policies/trust.json", {})
}
`,
  "stacks/app/.terraform.lock.hcl": lock,
  "env/test.hcl": 'bucket = "acme-test"\n',
  "env/prod.hcl": 'bucket = "acme-prod"\n',
  "env/test.tfvars": 'environment = "test"\nvpc_cidr = "10.0.0.0/16"\n',
  "env/prod.tfvars": 'environment = "prod"\nvpc_cidr = "10.1.0.0/16"\n',
  "policies/trust.json": `{ "Statement": [{ "Effect": "Allow", "Condition": { "StringEquals": {
  "token.actions.githubusercontent.com:sub": "repo:acme/infra:environment:prod" } } }] }
`,
  "docs/link.md": "-> ../policies/trust.json",
};

function readerOf(files: Files): RepositoryReader {
  const prefix = (path: string) => /^(ignored|new):/.exec(files[path] ?? "")?.[1];
  const paths = Object.keys(files);
  return {
    files: paths
      .filter((path) => prefix(path) !== "ignored")
      .map((path) => ({
        path,
        mode: files[path]?.startsWith("-> ") ? "120000" : "100644",
        tracked: prefix(path) === undefined,
      })),
    read: async (path) => ({ text: (files[path] ?? "").replace(/^new:/, "") }),
    linkTarget: (path) => (files[path] ?? "").slice("-> ".length),
    ignored: async (asked) => new Set(asked.filter((path) => prefix(path) === "ignored")),
    configuration: readConfigurationFacts,
    settings: readSettings,
  };
}

async function inspected(changes: Files) {
  const files = Object.fromEntries(Object.entries({ ...sound, ...changes }).filter(([, text]) => text !== "gone"));
  const { value: flow, diagnostics } = parseFlow(files["plangate.yaml"] ?? "", { file: "plangate.yaml" });
  if (flow === undefined) throw new Error(JSON.stringify(diagnostics));
  return inspect(flow, readerOf(files), "plangate.yaml");
}

/** Everything that is said: `file:line:column severity code`. */
async function saidOf(changes: Files): Promise<readonly string[]> {
  const { diagnostics, checks } = await inspected(changes);
  return [...diagnostics, ...checks.flatMap((check) => check.diagnostics)].map(
    ({ file, line, column, severity, code }) => `${file}:${line}:${column} ${severity} ${code}`,
  );
}

const stackIs = (backend: string, vars = "env/{environment}.tfvars"): Files => ({
  "plangate.yaml": flowFile.replace(/backend: .*/, `backend: [${backend}], vars: ["${vars}"] }`),
});
const mainWith = (text: string): Files => ({ "stacks/app/main.tf": `${sound["stacks/app/main.tf"]}${text}` });
const subject = (text: string, operator = "StringEquals"): Files => ({
  "policies/trust.json": `{ "Statement": [{ "Effect": "Allow", "Condition": { "${operator}": {
  "token.actions.githubusercontent.com:sub": "${text}" } } }] }
`,
});
const moduleFrom = (source: string, version = ""): Files => ({
  "stacks/app/more.tf": `module "m" {\n  source = "${source}"\n${version === "" ? "" : `  version = "${version}"\n`}}\n`,
});
const at = "stacks/app/more.tf:2:12 error";
// Put together here, so that no file of ours holds what looks like a key.
const awsKey = `AKIA${"ABCDEFGH12345678"}`;
const key = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(3)}\n-----END ${kind}PRIVATE KEY-----\n`;

/** Each promise once broken, and once kept by nearly the same files. */
const cases: readonly { name: string; broken: Files; said: readonly string[]; kept: Files }[] = [
  {
    name: "no two stacks share a state, when only files tell them apart",
    broken: { "env/prod.hcl": 'bucket = "acme-test"\n' },
    said: ["plangate.yaml:10:5 error state-shared", "env/prod.hcl:1:10 warning environment-mixed"],
    kept: { "env/prod.hcl": 'bucket = "acme-test-prod"\n' },
  },
  {
    name: "no two roots share a state, when the block says where it lies",
    broken: {
      ...stackIs('"env/{environment}.hcl"'),
      "stacks/app/main.tf": 'terraform {\n  backend "s3" {\n    key = "one"\n  }\n}\n',
      "stacks/web/main.tf": 'terraform {\n  backend "s3" {\n    key = "/one"\n  }\n}\n',
    },
    said: ["plangate.yaml:10:5 error state-shared", "plangate.yaml:10:5 error state-shared"],
    kept: {
      ...stackIs('"env/{environment}.hcl"'),
      "stacks/app/main.tf": 'terraform {\n  backend "s3" {\n    key = "one"\n  }\n}\n',
      "stacks/web/main.tf": 'terraform {\n  backend "s3" {\n    key = "two"\n  }\n}\n',
    },
  },
  {
    name: "where a state lies is told",
    broken: { "env/prod.hcl": 'region = "eu"\n' },
    said: ["plangate.yaml:10:5 warning state-untold"],
    kept: { "env/prod.hcl": 'region = "eu"\nbucket = "acme-prod"\n' },
  },
  {
    name: "a root module has a backend",
    broken: { "stacks/app/main.tf": "locals {}\n" },
    said: ["plangate.yaml:10:5 error backend-missing"],
    kept: { "stacks/app/main.tf": 'terraform {\n  backend "s3" {}\n}\n' },
  },
  {
    name: "a root module's state is not kept where its plans are run",
    broken: { "stacks/app/main.tf": "terraform {\n  cloud {\n  }\n}\n" },
    said: ["stacks/app/main.tf:2:3 error backend-cloud"],
    kept: { "stacks/app/main.tf": 'terraform {\n  backend "gcs" {}\n}\n' },
  },
  {
    name: "a state outlives the runner",
    broken: {
      ...stackIs('"path={environment}/{stack}"'),
      "stacks/app/main.tf": 'terraform {\n  backend "local" {}\n}\n',
    },
    said: ["stacks/app/main.tf:2:3 warning backend-local"],
    kept: {
      ...stackIs('"address=https://x/{environment}/{stack}"'),
      "stacks/app/main.tf": 'terraform {\n  backend "http" {}\n}\n',
    },
  },
  {
    name: "a file that a stack names is there",
    broken: { "env/prod.tfvars": "gone" },
    said: ["plangate.yaml:10:5 error file-missing"],
    kept: { "env/prod.tfvars": "" },
  },
  {
    name: "a file that a stack names is not ignored",
    broken: { "env/prod.tfvars": "ignored:" },
    said: ["plangate.yaml:10:5 error file-ignored"],
    kept: { "env/secret.tfvars": "ignored:" },
  },
  {
    name: "a file that a stack names is in Git",
    broken: { "env/prod.tfvars": "new:" },
    said: ["plangate.yaml:10:5 error file-untracked"],
    kept: { "env/more.tfvars": "new:" },
  },
  {
    name: "a stack uses files of its own environment, by their names",
    broken: stackIs('"env/{environment}.hcl", "key={stack}"', "env/test.tfvars"),
    said: [
      "plangate.yaml:10:5 error environment-mixed",
      "env/test.tfvars:1:15 error environment-mixed",
      "env/test.tfvars:2:12 error cidr-overlap",
    ],
    kept: { ...stackIs('"env/{environment}.hcl", "key={stack}"', "env/common.tfvars"), "env/common.tfvars": "" },
  },
  {
    name: "a production backend is not given to test under its other name",
    broken: {
      ...stackIs('"state/production.hcl", "key={environment}/{stack}"'),
      "state/production.hcl": 'bucket = "b"\n',
    },
    said: ["plangate.yaml:10:5 error environment-mixed"],
    kept: {
      ...stackIs('"state/reproduction.hcl", "key={environment}/{stack}"'),
      "state/reproduction.hcl": 'bucket = "b"\n',
    },
  },
  {
    name: "a file says the environment that it is used for",
    broken: { "env/prod.tfvars": 'environment = "test"\n' },
    said: ["env/prod.tfvars:1:15 error environment-mixed"],
    kept: { "env/prod.tfvars": 'environment = "production"\n' },
  },
  {
    name: "networks of two environments have no address in common, also when one lies inside the other",
    broken: { "env/prod.tfvars": 'net = {\n  vpc_cidr = "10.0.128.0/20"\n}\n' },
    said: ["env/prod.tfvars:2:14 error cidr-overlap"],
    kept: { "env/prod.tfvars": 'net = {\n  vpc_cidr = "10.1.128.0/20"\n}\n' },
  },
  {
    name: "ranges that say who may come in are the same everywhere, and networks are not",
    broken: { "env/prod.tfvars": 'subnet_cidrs = ["10.0.0.0/24"]\n' },
    said: ["env/prod.tfvars:1:17 error cidr-overlap"],
    kept: { "env/prod.tfvars": 'allowed_cidrs = ["10.0.0.0/24"]\nany_cidr = "0.0.0.0/0"\n' },
  },
  {
    name: "networks are compared as a later file leaves them",
    broken: { "stacks/app/common.auto.tfvars": 'other_cidr = "172.16.0.0/16"\n' },
    said: ["stacks/app/common.auto.tfvars:1:14 error cidr-overlap"],
    kept: { "stacks/app/common.auto.tfvars": 'vpc_cidr = "172.16.0.0/16"\n' },
  },
  {
    name: "policies lie in the folder for them",
    broken: { "stacks/app/s3.json": '{ "Statement": [{ "Effect": "Allow" }] }' },
    said: ["stacks/app/s3.json:1:1 warning policy-elsewhere"],
    kept: { "policies/app/s3.json": '{ "Statement": [{ "Effect": "Allow" }] }' },
  },
  {
    name: "policies are not written into the configuration",
    broken: mainWith('resource "aws_s3_bucket_policy" "b" {\n  policy = jsonencode({ Statement = [] })\n}\n'),
    said: ["stacks/app/main.tf:16:12 warning policy-inline"],
    kept: mainWith('resource "aws_s3_bucket_policy" "b" {\n  policy = jsonencode({ other = [] })\n}\n'),
  },
  {
    name: "a policy can be read",
    broken: { "policies/s3.json": '{ "Statement": [{ "Effect": "Allow", }] }' },
    said: ["policies/s3.json:1:1 error policy-invalid"],
    kept: { "policies/s3.json": '{ "Statement": [{ "Effect": "Allow", "Resource": "$' + '{arn}" }] }' },
  },
  {
    name: "no AWS key lies in a file",
    broken: { "notes.txt": `first line\nid: ${awsKey}\n` },
    said: ["notes.txt:2:5 error secret-in-file"],
    kept: { "notes.txt": "first line\nid: AKIAIOSFODNN7EXAMPLE\n" },
  },
  {
    name: "no private key lies in a file",
    broken: { id_rsa: key("RSA ") },
    said: ["id_rsa:1:1 error secret-in-file"],
    kept: { "how-to.md": `It begins with ${key("RSA ").split("\n")[0]} and must not be committed.\n` },
  },
  {
    name: "no key of a service account lies in a file",
    broken: { "sa.json": JSON.stringify({ type: "service_account", private_key: key("") }) },
    said: ["sa.json:1:42 error secret-in-file"],
    kept: { "sa.json": JSON.stringify({ type: "external_account", audience: "//iam.googleapis.com/x" }) },
  },
  {
    name: "no token of GitHub lies in a file",
    broken: { ".npmrc": `token=ghp${"_"}${"a1B2".repeat(9)}\n` },
    said: [".npmrc:1:7 error secret-in-file"],
    kept: { ".npmrc": "token=$" + "{GITHUB_TOKEN}\n" },
  },
  {
    name: "a module from Git has a ref",
    broken: moduleFrom("git::https://example.com/m.git"),
    said: [`${at} module-unpinned`],
    kept: moduleFrom("git::https://example.com/m.git//sub?ref=v1.0.0&depth=1"),
  },
  {
    name: "a module from Git is taken from no branch",
    broken: moduleFrom("github.com/acme/m?ref=main"),
    said: [`${at} module-ref-moves`],
    kept: moduleFrom(`github.com/acme/m?ref=${"0123456789".repeat(4)}`),
  },
  {
    name: "a short commit is no commit",
    broken: moduleFrom("git@example.com:acme/m.git?ref=0123456"),
    said: [`${at} module-ref-moves`],
    kept: moduleFrom("git@example.com:acme/m.git?ref=network-v1.0"),
  },
  {
    name: "a module from a registry has a version",
    broken: moduleFrom("acme/vpc/aws"),
    said: [`${at} module-unpinned`],
    kept: moduleFrom("acme/vpc/aws", "1.2.3"),
  },
  {
    name: "a module from a registry has one version",
    broken: moduleFrom("registry.example.com/acme/vpc/aws", "~> 1.2"),
    said: [`${at} module-ref-moves`],
    kept: moduleFrom("registry.example.com/acme/vpc/aws", "= 1.2.3"),
  },
  {
    name: "an archive has a checksum",
    broken: moduleFrom("https://example.com/m.zip"),
    said: [`${at} module-unpinned`],
    kept: moduleFrom("https://example.com/m.zip?checksum=sha256:aa"),
  },
  {
    name: "a root with providers has its dependency lock file",
    broken: { "stacks/app/.terraform.lock.hcl": "gone" },
    said: ["plangate.yaml:10:5 error lock-file-missing"],
    kept: {
      "stacks/app/.terraform.lock.hcl": "gone",
      "stacks/app/main.tf": 'terraform {\n  backend "s3" {}\n}\nresource "terraform_data" "x" {}\n',
    },
  },
  {
    name: "a dependency lock file is not ignored",
    broken: { "stacks/app/.terraform.lock.hcl": `ignored:${lock}` },
    said: ["plangate.yaml:10:5 error lock-file-missing"],
    kept: { "modules/m/.terraform.lock.hcl": `ignored:${lock}` },
  },
  {
    name: "a dependency lock file has every provider, also those of local modules",
    broken: {
      ...moduleFrom("../../modules/m"),
      "modules/m/main.tf":
        'terraform {\n  required_providers {\n    r = {\n      source = "hashicorp/random"\n    }\n  }\n}\n',
    },
    said: ["modules/m/main.tf:3:9 error lock-file-outdated"],
    kept: {
      ...moduleFrom("../../modules/m"),
      "modules/m/main.tf":
        'terraform {\n  required_providers {\n    r = {\n      source = "registry.terraform.io/hashicorp/aws"\n    }\n  }\n}\n',
    },
  },
  {
    name: "a dependency lock file is in the tool's form",
    broken: { "stacks/app/.terraform.lock.hcl": `${lock}provider "x" { version = "1" }\n` },
    said: ["stacks/app/.terraform.lock.hcl:1:1 error lock-file-unreadable"],
    kept: { "stacks/app/.terraform.lock.hcl": `${lock}# provider "x"\n` },
  },
  {
    name: "every provider that is locked is on the flow's list",
    broken: { "stacks/app/.terraform.lock.hcl": lock + lock.replace("hashicorp/aws", "evil/aws") },
    said: ["stacks/app/.terraform.lock.hcl:9:1 error provider-not-allowed"],
    kept: { "stacks/app/.terraform.lock.hcl": lock + lock.replace("hashicorp/aws", "hashicorp/random") },
  },
  {
    name: "no subject has a wildcard",
    broken: subject("repo:acme/infra:*", "StringLike"),
    said: ["policies/trust.json:2:46 error trust-wildcard"],
    kept: subject("repo:acme/infra:ref:refs/heads/main", "StringLike"),
  },
  {
    name: "no subject trusts pull requests with what applies, in a condition of a policy document",
    broken: mainWith(
      'data "aws_iam_policy_document" "apply" {\n  statement {\n    condition {\n      test = "StringEquals"\n      variable = "x:sub"\n      values = ["repo:acme/infra:environment:prod", "repo:acme/infra:pull_request"]\n    }\n  }\n}\n',
    ),
    said: ["stacks/app/main.tf:20:53 error trust-pull-request"],
    kept: mainWith(
      'data "aws_iam_policy_document" "plan" {\n  statement {\n    condition {\n      test = "StringEquals"\n      variable = "x:sub"\n      values = ["repo:acme/infra:environment:prod", "repo:acme/infra:pull_request"]\n    }\n  }\n}\n',
    ),
  },
  {
    name: "ForAllValues restricts nobody",
    broken: subject("repo:acme/infra:environment:prod", "ForAllValues:StringEquals"),
    said: ["policies/trust.json:2:46 error trust-for-all-values"],
    kept: subject("repo:acme/infra:environment:prod", "ForAnyValue:StringEquals"),
  },
  {
    name: "a whole repository is not trusted",
    broken: mainWith('locals {\n  member = "principalSet://iam/pools/p/attribute.repository/acme/infra"\n}\n'),
    said: ["stacks/app/main.tf:16:12 error trust-repository-wide"],
    kept: mainWith('locals {\n  member = "principal://iam/pools/p/subject/repo:acme/infra:environment:prod"\n}\n'),
  },
  {
    name: "no link leads out, over any number of links",
    broken: { "docs/out": "-> ../up/x", up: "-> .." },
    said: ["docs/out:1:1 error link-leads-out", "up:1:1 error link-leads-out"],
    kept: { "docs/out": "-> ../up/x", up: "-> docs" },
  },
  {
    name: "configuration that cannot be read is told",
    broken: { "stacks/app/broken.tf": 'resource "aws_vpc" {{{\n' },
    said: ["stacks/app/broken.tf:1:1 warning configuration-unreadable"],
    kept: { "stacks/app/broken.txt": 'resource "aws_vpc" {{{\n' },
  },
];

describe("inspect", () => {
  it("finds nothing wrong in a sound repository, and every check sees something there", async () => {
    expect(await saidOf({})).toEqual([]);
    const { checks } = await inspected({});
    expect(checks.filter(({ count }) => count === 0)).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([...stackChecks, ...fileChecks].map(({ name }) => name));
  });

  it.each(cases)("$name", async ({ broken, said, kept }) => {
    expect(await saidOf(broken)).toEqual(said);
    expect(await saidOf(kept)).toEqual([]);
  });

  it("has a case for every check", async () => {
    const complaining = new Set<string>();
    for (const { broken } of cases) {
      const { checks } = await inspected(broken);
      for (const { name, diagnostics } of checks) if (diagnostics.length > 0) complaining.add(name);
    }
    expect([...complaining].sort()).toEqual([...stackChecks, ...fileChecks].map(({ name }) => name).sort());
  });

  it("never shows a secret that it found", async () => {
    const { checks } = await inspected({ "notes.txt": awsKey, "sa.json": key("") });
    expect(JSON.stringify(checks)).not.toMatch(new RegExp(`${awsKey}|MIIE`));
  });

  it("says that it saw nothing in an empty repository, and checks no stacks without a flow", async () => {
    const { stacks, checks } = await inspect(undefined, readerOf({}), "plangate.yaml");
    expect(stacks).toEqual([]);
    expect(checks).toEqual(fileChecks.map(({ name }) => ({ name, count: 0, diagnostics: [] })));
  });
});
