import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const environments = ["test", "prod"] as const;
const modules = 50;

const flow = `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work], merge: squash, reviews: { count: 1, by: owners } }
environments:
  test: { appliesFrom: [main], approvals: { count: 1, by: owners } }
  prod: { appliesFrom: [main], approvals: { count: 1, by: owners }, after: [test] }
stacks:
  - root: "stacks/{stack}"
    in: [test, prod]
    backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"]
    vars: ["environments/{environment}/common.tfvars", "environments/{environment}/{stack}.tfvars"]
when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge, into: main, in: test, do: [apply, verify] }
  - { on: merge, into: main, in: prod, do: [apply, verify] }
`;

const lock = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.80.0"
  constraints = "~> 5.80"
  hashes = [
    "h1:${"q1w2e3r4".repeat(5)}abc=",
${Array.from({ length: 14 }, (_, index) => `    "zh:${String(index).padStart(64, "0a1b2c3d")}",`).join("\n")}
  ]
}
`;

/**
 * Writes a repository with so many stacks and commits it: two environments, a root module for every two stacks, each
 * with three files, its dependency lock file and a file of variables for each environment, and modules that they call,
 * some of which call others. Nothing in it is wrong, and no two files of configuration are equal.
 */
export function writeLargeRepository(folder: string, stacks: number): { readonly files: number } {
  const roots = stacks / environments.length;
  let files = 0;
  const write = (path: string, text: string) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    files++;
  };
  write("plangate.yaml", flow);
  write(".gitignore", ".terraform/\n.plangate/\n");
  for (let index = 0; index < modules; index++) write(`modules/${moduleName(index)}/main.tf`, moduleText(index));
  for (const [index, environment] of environments.entries()) {
    write(`environments/${environment}/backend.hcl`, `bucket = "acme-state-${environment}"\nregion = "eu-central-1"\n`);
    write(
      `environments/${environment}/common.tfvars`,
      `environment = "${environment}"\nvpc_cidr = "10.${index}.0.0/16"\n`,
    );
  }
  for (let index = 0; index < roots; index++) {
    const name = `app-${String(index).padStart(5, "0")}`;
    write(`stacks/${name}/main.tf`, rootText(name, index));
    write(`stacks/${name}/variables.tf`, variables(name));
    write(
      `stacks/${name}/outputs.tf`,
      `output "id" {\n  description = "Of ${name}."\n  value       = module.service.id\n}\n`,
    );
    write(`stacks/${name}/.terraform.lock.hcl`, lock);
    for (const environment of environments)
      write(`environments/${environment}/${name}.tfvars`, `replicas = ${index % 7}\nname = "${name}-${environment}"\n`);
  }
  const git = (...args: readonly string[]) =>
    execFileSync(
      "git",
      ["-C", folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "gc.auto=0", ...args],
      {
        stdio: "ignore",
      },
    );
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Everything");
  return { files };
}

function moduleName(index: number): string {
  return `service-${String(index % modules).padStart(2, "0")}`;
}

function moduleText(index: number): string {
  const calls =
    index % 5 === 0 && index > 0
      ? `\nmodule "base" {\n  source = "../${moduleName(index - 1)}"\n  name   = var.name\n}\n`
      : "";
  return `variable "name" {\n  type = string\n}\n\nresource "aws_sqs_queue" "jobs_${index}" {\n  name = "\${var.name}-jobs"\n}\n${calls}\noutput "id" {\n  value = aws_sqs_queue.jobs_${index}.id\n}\n`;
}

function rootText(name: string, index: number): string {
  return `terraform {
  required_version = ">= 1.10"

  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

provider "aws" {
  region = var.region
}

module "service" {
  source = "../../modules/${moduleName(index)}"
  name   = "${name}-\${var.environment}"
}

module "labels" {
  source = "git::https://git.example.com/modules/labels.git?ref=v1.${index % 9}.0"
  name   = "${name}"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-${name}-\${var.environment}"
  tags   = merge(module.labels.tags, { Service = "${name}", Replicas = var.replicas })
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}
`;
}

function variables(name: string): string {
  return ["environment", "region", "name", "replicas", "vpc_cidr"]
    .map(
      (variable) =>
        `variable "${variable}" {\n  type        = string\n  description = "What ${name} takes for its ${variable}."\n}\n`,
    )
    .join("\n");
}
