import { execFileSync } from "node:child_process";

/** 8 files for each root module; modules 10 to 49 call one of the first ten. */
export const moduleCount = 50;

const call = (source: string) => `module "more" {\n  source = "${source}"\n}\n`;

/**
 * Branches of the repository, each one commit away from main: the file that the commit changes in its last line, or the
 * one that comes with it. New calls change what is read where, and a new stack what there is.
 */
export const branches: Readonly<Record<string, { readonly path: string; readonly comes?: string }>> = {
  "one-stack": { path: "stacks/test/s00001/main.tf" },
  module: { path: "modules/m17/main.tf" },
  "nested-module": { path: "modules/m03/main.tf" },
  "new-call": { path: "stacks/test/s00001/extra.tf", comes: call("../../../modules/m00") },
  "new-call-in-a-nested-module": { path: "modules/m03/extra.tf", comes: call("../m04") },
  "new-stack": { path: "stacks/test/new/main.tf", comes: call("../../../modules/m17") },
};

/** A branch a commit away from main, and one a commit away from that. */
export const history = {
  later: { path: "stacks/test/s00003/extra.tf", comes: call("../../../modules/m04") },
  latest: { path: "stacks/test/s00005/extra.tf", comes: call("../../../modules/m05") },
} as const;

const flow = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  test: { appliesFrom: [main] }
  prod: { appliesFrom: [main], approvals: { by: [ann, bob] }, after: [test] }
stacks:
  - root: "stacks/{environment}/{stack}"
    in: [test, prod]
    backend: ["key={environment}/{stack}"]
    vars: ["stacks/{environment}/{stack}/common.tfvars", "stacks/{environment}/{stack}/{environment}.tfvars"]
when:
  - { on: merge, into: main, in: test, do: [plan, apply, verify] }
  - { on: merge, into: main, in: prod, do: [plan, gate, apply, verify] }
`;

/** The main file of the stack or module that a branch changes. */
function textOf(path: string): string {
  const [, index = "0"] = /(\d+)\/main\.tf$/.exec(path) ?? [];
  return path.startsWith("stacks/") ? stackMain(Number(index)) : moduleMain(Number(index));
}

const two = (index: number) => String(index).padStart(2, "0");

/**
 * Makes a repository of so many stacks, all files different from stack to stack as far as they are in real ones, in one
 * packed history and checked out.
 */
export function makeLargeRepository(dir: string, stacks: number): void {
  const git = (args: readonly string[], input = "") => execFileSync("git", args, { cwd: dir, input, stdio: "pipe" });
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", dir]);
  const parts = [commit("main"), file("plangate.yaml", flow)];
  for (let index = 0; index < stacks; index++) parts.push(...stackFiles(index));
  for (let index = 0; index < moduleCount; index++) parts.push(...moduleFiles(index));
  for (const [branch, { path, comes = `${textOf(path)}# changed\n` }] of Object.entries(branches))
    parts.push(commit(branch), "from refs/heads/main\n", file(path, comes));
  let from = "main";
  for (const [branch, { path, comes }] of Object.entries(history)) {
    parts.push(commit(branch), `from refs/heads/${from}\n`, file(path, comes));
    from = branch;
  }
  git(["fast-import", "--quiet"], parts.join(""));
  git(["checkout", "--quiet", "--force", "main"]);
}

function commit(branch: string): string {
  return `commit refs/heads/${branch}\ncommitter Ann <ann@acme.example> 1700000000 +0000\ndata 6\nChange\n`;
}

function file(path: string, text: string): string {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

function stackMain(index: number): string {
  const tags = `merge(var.tags, { Name = "s${index}", Team = "team-${index % 17}" })`;
  return `module "network" {\n  source = "../../../modules/m${two(index % moduleCount)}"\n  name   = "s${index}"\n  cidr   = var.cidr\n}\n\nresource "aws_s3_bucket" "data" {\n  bucket = "acme-\${var.environment}-${index}"\n  tags   = ${tags}\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n`;
}

function moduleMain(index: number): string {
  const inner = index < 10 ? "" : `module "inner" {\n  source = "../m${two(index % 10)}"\n}\n\n`;
  return `${inner}resource "aws_vpc" "this" {\n  cidr_block = var.cidr\n}\n`;
}

function stackFiles(index: number): readonly string[] {
  const environment = index % 2 === 0 ? "prod" : "test";
  const at = `stacks/${environment}/s${String(index).padStart(5, "0")}`;
  return [
    file(`${at}/main.tf`, stackMain(index)),
    file(
      `${at}/variables.tf`,
      `variable "environment" {\n  description = "Where stack ${index} lives"\n  type        = string\n}\n\nvariable "cidr" {\n  type    = string\n  default = "10.${index % 256}.0.0/16"\n}\n\nvariable "tags" {\n  type    = map(string)\n  default = {}\n}\n`,
    ),
    file(`${at}/outputs.tf`, `output "bucket_${index}" {\n  value = aws_s3_bucket.data.arn\n}\n`),
    file(
      `${at}/versions.tf`,
      `terraform {\n  required_version = ">= 1.10"\n  backend "s3" {}\n\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.${index % 90}"\n    }\n  }\n}\n`,
    ),
    // Now and then somebody reads a file, which only the parser understands.
    file(`${at}/policy.tf`, index % 50 === 0 ? `locals {\n  policy = file("\${path.module}/README.md")\n}\n` : ""),
    file(`${at}/common.tfvars`, `cidr = "10.${index % 200}.0.0/16"\n`),
    file(`${at}/${environment}.tfvars`, `environment = "${environment}"\n`),
    file(`${at}/README.md`, `# Stack ${index}\n`),
  ];
}

function moduleFiles(index: number): readonly string[] {
  const at = `modules/m${two(index)}`;
  return [
    file(`${at}/main.tf`, moduleMain(index)),
    file(`${at}/variables.tf`, `variable "cidr" {\n  type = string\n}\n\nvariable "name" {\n  type = string\n}\n`),
    file(`${at}/outputs.tf`, `output "id" {\n  value = aws_vpc.this.id\n}\n`),
  ];
}
