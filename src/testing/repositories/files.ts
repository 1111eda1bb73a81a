/**
 * Files by path; a link as `-> target`, an ignored file as `ignored:` and its text, one not added yet as `new:`, bytes
 * as `binary:` and `latin1:`, a submodule as `submodule:`. `.git/HEAD` is the branch that is checked out, or
 * `detached`; `.git/branches` are those that are here.
 */
export type Files = Readonly<Record<string, string>>;

export const flowFile = `version: 1
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

export const lock = `# Written by the tool.
provider "registry.terraform.io/hashicorp/aws" {
  version = "5.1.0"
  hashes = [
    "h1:abc=",
  ]
}
`;

// Put together here, so that no file of ours holds what looks like a key.
export const awsKey = `AKIA${"ABCDEFGH12345678"}`;

/** A repository that has something for every check to look at, and nothing wrong. */
export const sound: Files = {
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
  "policies/trust.json": `{ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringEquals": {
  "token.actions.githubusercontent.com:sub": "repo:acme@47/infra@74:environment:prod" } } }] }
`,
  "docs/link.md": "-> ../policies/trust.json",
  "docs/example.txt": `${awsKey} # plangate:ignore secret-in-file: it was never valid, and shows what one looks like\n`,
  ".github/workflows/check.yml": `on: pull_request
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@${"0123456789".repeat(4)} # v4.2.2
      - run: terraform fmt -check
`,
  ".git/HEAD": "main",
  ".git/branches": "main fix-bucket-policy",
};

/** A promise once broken, and once kept by nearly the same files. */
export interface Case {
  readonly name: string;
  readonly broken: Files;
  /** `file:line:column severity code` */
  readonly said: readonly string[];
  readonly kept: Files;
}

export const stackIs = (backend: string, vars = "env/{environment}.tfvars"): Files => ({
  "plangate.yaml": flowFile.replace(/backend: .*/, `backend: [${backend}], vars: ["${vars}"] }`),
});
export const mainWith = (text: string): Files => ({ "stacks/app/main.tf": `${sound["stacks/app/main.tf"]}${text}` });
export const subject = (text: string, operator = "StringEquals", [open, close] = ["", ""]): Files => ({
  "policies/trust.json": `{ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "x" }, "Condition": { "${operator}": {
  "token.actions.githubusercontent.com:sub": ${open}"${text}"${close} } } }] }
`,
});
export const moduleFrom = (source: string, version = ""): Files => ({
  "stacks/app/more.tf": `module "m" {\n  source = "${source}"\n${version === "" ? "" : `  version = "${version}"\n`}}\n`,
});
export const at = "stacks/app/more.tf:2:12 error";
export const key = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(3)}\n-----END ${kind}PRIVATE KEY-----\n`;
