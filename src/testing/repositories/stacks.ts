import { type Case, type Files, flowFile, mainWith, moduleFrom, stackIs } from "./files.ts";

const role = (name: string) => `role_arn = "arn:aws:iam::123456789012:role/${name}"\n`;

const trusting = (subjects: string): Files => ({
  "policies/delivery.json": `{ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": [${subjects}] } } }] }`,
});

const trustBlock = (name: string, environment: string) => `data "aws_iam_policy_document" "${name}" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"

      values = [
        "repo:acme@47/infra@74:environment:${environment}",
      ]
    }
  }
}
`;

const stageFlow: Files = {
  "plangate.yaml": `${flowFile
    .replace("  prod: {", "  stage: { appliesFrom: [main], approvals: { by: [ann, bob] } }\n  prod: {")
    .replace(
      "in: [test, prod]",
      "in: [test, stage, prod]",
    )}  - { on: merge, into: main, in: stage, do: [plan, apply] }\n`,
};
const devFlow: Files = {
  "plangate.yaml": flowFile.replace('match: "**", except: [main]', 'match: "dev/**"'),
  ".git/branches": "main dev/add-logging",
};
const ticketFlow: Files = {
  "plangate.yaml": flowFile.replace('match: "**", except: [main]', 'match: "dev/[A-Z]*-[0-9]*"'),
  ".git/branches": "main",
};

export const stacksCases: readonly Case[] = [
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
    name: "a file that the tool takes by itself is of no other environment",
    broken: { "stacks/app/prod.auto.tfvars": 'size = "large"\n' },
    said: ["stacks/app/prod.auto.tfvars:1:1 error environment-mixed"],
    kept: { "stacks/app/all.auto.tfvars": 'size = "large"\n', "stacks/web/prod.auto.tfvars": "" },
  },
  {
    name: "networks have no address in common where a variable's default is what both environments get",
    broken: {
      "env/prod.tfvars": 'environment = "prod"\n',
      "env/test.tfvars": 'environment = "test"\n',
      ...mainWith('variable "vpc_cidr" {\n  default = "10.2.0.0/16"\n}\n'),
    },
    said: ["stacks/app/main.tf:16:13 error cidr-overlap"],
    kept: {
      "env/prod.tfvars": 'environment = "prod"\nvpc_cidr = "10.3.0.0/16"\n',
      "env/test.tfvars": 'environment = "test"\n',
      ...mainWith('variable "vpc_cidr" {\n  default = "10.2.0.0/16"\n}\n'),
    },
  },
  {
    name: "networks have no address in common where a module has them written in",
    broken: {
      ...moduleFrom("../../modules/net"),
      "modules/net/main.tf": 'resource "aws_vpc" "this" {\n  cidr_block = "10.9.0.0/16"\n}\n',
    },
    said: ["modules/net/main.tf:2:16 error cidr-overlap"],
    kept: {
      ...moduleFrom("../../modules/net"),
      "modules/net/main.tf":
        'resource "aws_security_group" "this" {\n  ingress {\n    cidr_blocks = ["10.9.0.0/16"]\n  }\n}\n',
    },
  },
  {
    name: "networks are compared whatever the cloud calls them",
    broken: { "env/prod.tfvars": 'address_space = ["10.0.64.0/18"]\n' },
    said: ["env/prod.tfvars:1:18 error cidr-overlap"],
    kept: { "env/prod.tfvars": 'address_space = ["10.1.64.0/18"]\n' },
  },
  {
    name: "networks of three environments are compared each with each",
    broken: {
      ...stageFlow,
      "env/stage.hcl": 'bucket = "acme-stage"\n',
      "env/stage.tfvars": 'vpc_cidr = "10.1.255.0/24"\n',
    },
    said: ["env/stage.tfvars:1:12 error cidr-overlap"],
    kept: {
      ...stageFlow,
      "env/stage.hcl": 'bucket = "acme-stage"\n',
      "env/stage.tfvars": 'vpc_cidr = "10.2.255.0/24"\n',
    },
  },
  {
    name: "no two environments use one identity",
    broken: {
      "env/test.hcl": `bucket = "acme-test"\n${role("delivery")}`,
      "env/prod.hcl": `bucket = "acme-prod"\n${role("delivery")}`,
    },
    said: ["env/test.hcl:2:12 error identity-shared"],
    kept: {
      "env/test.hcl": `bucket = "acme-test"\n${role("test")}`,
      "env/prod.hcl": `bucket = "acme-prod"\n${role("prod")}`,
    },
  },
  {
    name: "no environment has the identity of another in its files",
    broken: { "env/test.tfvars": 'service_account = "apply@acme-prod.iam.gserviceaccount.com"\n' },
    said: ["env/test.tfvars:1:19 error identity-of-another"],
    kept: { "env/test.tfvars": 'service_account = "apply@acme-test.iam.gserviceaccount.com"\n' },
  },
  {
    name: "no root module that two environments share has one identity written into its provider",
    broken: mainWith(`provider "aws" {\n  assume_role {\n    ${role("delivery").trim()}\n  }\n}\n`),
    said: ["stacks/app/main.tf:17:16 error identity-shared"],
    kept: mainWith(`resource "aws_lambda_function" "f" {\n  ${role("lambda").trim()}\n}\n`),
  },
  {
    name: "no identity lets workflows of two environments act as it",
    broken: trusting('"repo:acme@47/infra@74:environment:test", "repo:acme@47/infra@74:environment:prod"'),
    said: ["policies/delivery.json:1:158 error identity-shared"],
    kept: trusting('"repo:acme@47/infra@74:environment:prod", "repo:acme@47/infra@74:environment:prod"'),
  },
  {
    name: "no identity of one environment lets workflows of another act as it",
    broken: mainWith(trustBlock("apply_test", "prod")),
    said: ["stacks/app/main.tf:23:9 error identity-of-another"],
    kept: mainWith(trustBlock("apply_prod", "prod")),
  },
  {
    name: "the branch that is checked out is of a class of the flow",
    broken: { ...devFlow, ".git/HEAD": "add-logging" },
    said: ["plangate.yaml:1:1 error branch-unknown"],
    kept: { ...devFlow, ".git/HEAD": "dev/add-logging" },
  },
  {
    name: "other branches are of a class of the flow",
    broken: { ...devFlow, ".git/branches": "main left-over" },
    said: ["plangate.yaml:1:1 warning branch-unknown"],
    kept: { ...devFlow, ".git/branches": "main dev/left-over", ".git/HEAD": "detached" },
  },
  {
    name: "a branch says what it is for",
    broken: { ...devFlow, ".git/HEAD": "dev/test2" },
    said: ["plangate.yaml:1:1 error branch-undescriptive"],
    kept: { ...devFlow, ".git/HEAD": "dev/fix-iam-binding" },
  },
  {
    name: "a branch with a ticket says what it is for",
    broken: { ...devFlow, ".git/branches": "dev/wip-2" },
    said: ["plangate.yaml:1:1 warning branch-undescriptive"],
    kept: { ...devFlow, ".git/branches": "dev/JIRA-123 dev/JIRA-123-update-vpc dev/42-roles" },
  },
  {
    name: "a branch says what it is for, also where any name is of the class",
    broken: { ".git/HEAD": "wip" },
    said: ["plangate.yaml:1:1 warning branch-undescriptive"],
    kept: { ".git/HEAD": "add-s3" },
  },
  {
    name: "a branch's name asks for its ticket where the flow's pattern does",
    broken: { ...ticketFlow, ".git/HEAD": "dev/update-vpc" },
    said: ["plangate.yaml:1:1 error branch-unknown"],
    kept: { ...ticketFlow, ".git/HEAD": "dev/NET-12-update-vpc" },
  },
  {
    name: "a branch's name means nothing to a shell",
    broken: { ".git/HEAD": "add-$(id)-'logging'" },
    said: ["plangate.yaml:1:1 error branch-characters"],
    kept: { ".git/HEAD": "add-größere-logging#12" },
  },
];
