import { at, type Case, type Files, lock, moduleFrom } from "./files.ts";

const commit = "0123456789".repeat(4);
const workflow = (step: string): Files => ({
  ".github/workflows/w.yml": `on: push\njobs:\n  j:\n    runs-on: ubuntu-24.04\n    steps:\n      ${step}\n`,
});
const object = (type: string, name: string) => `resource "aws_${type}" "${name}" {\n  name = "${name}"\n}\n`;
const objects = (type: string) => ["a", "b", "c"].map((name) => object(type, name)).join("");

const copies = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`modules/q${100 + index}/main.tf`, objects("queue")]),
  );

export const supplyCases: readonly Case[] = [
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
  {
    name: "an action is named by its commit",
    broken: workflow("- uses: actions/checkout@v4"),
    said: [".github/workflows/w.yml:6:15 error action-unpinned"],
    kept: workflow(`- uses: actions/checkout@${commit} # v4.2.2`),
  },
  {
    name: "an action is named by its commit however the YAML is written",
    broken: workflow('- { name: x, "uses": "acme/act" }'),
    said: [".github/workflows/w.yml:6:28 error action-unpinned"],
    kept: workflow('- { name: x, "uses": "./act" }'),
  },
  {
    name: "an action of our own names others by their commit",
    broken: { "actions/mine/action.yml": "runs:\n  using: composite\n  steps:\n    - uses: acme/act@main\n" },
    said: ["actions/mine/action.yml:4:13 error action-unpinned"],
    kept: { "actions/mine/action.yml": `runs:\n  using: composite\n  steps:\n    - uses: acme/act@${commit}\n` },
  },
  {
    name: "an action that fetches a tool says which",
    broken: workflow(`- uses: hashicorp/setup-terraform@${commit}`),
    said: [".github/workflows/w.yml:6:15 error tool-unpinned"],
    kept: workflow(`- uses: hashicorp/setup-terraform@${commit}\n        with: { terraform_version: 1.11.4 }`),
  },
  {
    name: "an action that fetches a tool names one version",
    broken: workflow(`- uses: hashicorp/setup-terraform@${commit}\n        with: { terraform_version: ~1.11 }`),
    said: [".github/workflows/w.yml:6:15 error tool-unpinned"],
    kept: workflow(`- uses: hashicorp/setup-terraform@${commit}\n        with: { terraform_version: "1.11.4" }`),
  },
  {
    name: "an image is not whatever is newest",
    broken: workflow("- run: true\n    container: alpine:latest"),
    said: [".github/workflows/w.yml:7:16 error image-unpinned"],
    kept: workflow(`- run: true\n    container: alpine@sha256:${"ab".repeat(32)}`),
  },
  {
    name: "an image is not a tag that can be moved",
    broken: workflow("- uses: docker://alpine:3.20"),
    said: [".github/workflows/w.yml:6:15 warning image-unpinned"],
    kept: workflow(`- uses: docker://alpine:3.20@sha256:${"ab".repeat(32)}`),
  },
  {
    name: "nothing is run as it is downloaded",
    broken: workflow(
      "- run: |\n          curl -sSfL https://example.com/install.sh | sudo bash -s -- -b /usr/local/bin",
    ),
    said: [".github/workflows/w.yml:6:14 error download-unchecked"],
    kept: workflow(
      "- run: |\n          # curl https://example.com/install.sh | sh\n          curl -O https://example.com/a.zip\n",
    ),
  },
  {
    name: "nothing is evaluated as it is downloaded",
    broken: workflow('- run: bash -c "$(curl -fsSL https://example.com/install.sh)"'),
    said: [".github/workflows/w.yml:6:14 error download-unchecked"],
    kept: workflow("- run: curl -fsSL https://example.com/status | jq ."),
  },
  {
    name: "no tool is the newest release",
    broken: workflow("- run: go install example.com/tool@latest"),
    said: [".github/workflows/w.yml:6:14 error tool-unpinned"],
    kept: workflow("- run: go install example.com/tool@v1.2.3"),
  },
  {
    name: "a gate can fail",
    broken: workflow("- run: terraform fmt -check\n        continue-on-error: true"),
    said: [".github/workflows/w.yml:6:14 warning gate-cannot-fail"],
    kept: workflow("- run: du -sh .\n        continue-on-error: true"),
  },
  {
    name: "a gate's failure is not taken away",
    broken: workflow("- run: tflint --recursive || true"),
    said: [".github/workflows/w.yml:6:14 warning gate-cannot-fail"],
    kept: workflow("- run: tflint --recursive || exit 1"),
  },
  {
    name: "a file that says which tool is used names one version",
    broken: { ".terraform-version": "latest:^1.11\n" },
    said: [".terraform-version:1:1 error tool-unpinned"],
    kept: { ".terraform-version": "1.11.4\n" },
  },
  {
    name: "an image that is built upon is not whatever is newest",
    broken: { Dockerfile: "FROM hashicorp/terraform:latest\n" },
    said: ["Dockerfile:1:6 error image-unpinned"],
    kept: { Dockerfile: "FROM hashicorp/terraform:1.11.4 AS build\nFROM build\nFROM scratch\n" },
  },
  {
    name: "dependency lock files are not kept out of Git",
    broken: { ".gitignore": ".terraform/\n.terraform.lock.hcl\n" },
    said: [".gitignore:2:1 error lock-file-ignored"],
    kept: { ".gitignore": ".terraform/\n# .terraform.lock.hcl\n!.terraform.lock.hcl\n" },
  },
  {
    name: "no module is a copy of another, whatever its comments say",
    broken: {
      "modules/queue/main.tf": objects("queue"),
      "modules/queue2/all.tf": `# ours now\n${objects("queue").replaceAll("  name", "    # the name\n    name")}`,
    },
    said: ["modules/queue2/all.tf:1:1 error module-copied"],
    kept: { "modules/queue/main.tf": objects("queue"), "modules/topic/main.tf": objects("topic") },
  },
  {
    name: "no module is most of another",
    broken: {
      "modules/queue/main.tf": objects("queue"),
      "lib/queue/main.tf": `${objects("queue")}${object("queue", "dead_letters")}`,
    },
    said: ["modules/queue/main.tf:1:1 error module-copied"],
    kept: { "modules/queue/main.tf": objects("queue"), "lib/queue/main.tf": object("queue", "a") },
  },
  {
    name: "no module is copied so often that everybody seems to write it",
    broken: copies(60),
    said: Object.keys(copies(60))
      .slice(1)
      .map((file) => `${file}:1:1 error module-copied`),
    kept: copies(1),
  },
  {
    name: "root modules that are copies are told, since each environment often has one",
    broken: { "old/test/main.tf": objects("queue"), "old/prod/main.tf": objects("queue") },
    said: ["old/test/main.tf:1:1 warning module-copied"],
    kept: { "old/test/main.tf": objects("queue"), "old/examples/main.tf": objects("queue") },
  },
  {
    name: "modules that were fetched are not kept",
    broken: { "stacks/app/.terraform/modules/m/main.tf": "locals {}\n" },
    said: ["stacks/app/.terraform/modules/m/main.tf:1:1 error module-copied"],
    kept: { "stacks/app/.terraform/modules/m/main.tf": "ignored:locals {}\n" },
  },
  {
    name: "configuration is UTF-8",
    broken: { "stacks/app/old.tf": "latin1:# f\ufffdr\n" },
    said: ["stacks/app/old.tf:1:1 error not-utf-8"],
    kept: { "docs/old.txt": "latin1:f\ufffdr\n", "stacks/app/new.tf": "# für\n" },
  },
  {
    name: "configuration is text",
    broken: { "env/more.tfvars": "binary:" },
    said: ["env/more.tfvars:1:1 error not-utf-8"],
    kept: { "docs/picture.png": "binary:" },
  },
  {
    name: "a submodule is told, since nobody looks into it",
    broken: { "vendor/modules": "submodule:" },
    said: ["vendor/modules:1:1 warning submodule-not-read"],
    kept: { "vendor/modules/main.tf": "locals {}\n" },
  },
  {
    name: "a workflow that is no YAML is told",
    broken: { ".github/workflows/w.yml": "jobs: [\n" },
    said: [".github/workflows/w.yml:1:1 warning configuration-unreadable"],
    kept: { ".github/workflows/w.yml": "jobs: []\n" },
  },
  {
    name: "no workflow applies by itself",
    broken: workflow("- run: cd infra && terraform -chdir=app apply -auto-approve"),
    said: [".github/workflows/w.yml:6:14 warning applied-elsewhere"],
    kept: workflow("- run: terraform plan -destroy # and not terraform apply"),
  },
  {
    name: "no workflow has an action apply",
    broken: workflow(`- uses: dflook/terraform-apply@${commit} # v2.2.1`),
    said: [".github/workflows/w.yml:6:15 warning applied-elsewhere"],
    kept: workflow(`- uses: dflook/terraform-plan@${commit} # v2.2.1`),
  },
];
