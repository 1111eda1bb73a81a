import { type Case, type Files, flowFile, mainWith, stackIs } from "./files.ts";

const backendIs = (settings: string): Files => ({
  "stacks/app/main.tf": `terraform {\n  backend "s3" {${settings}}\n}\n`,
});
const at = "plangate.yaml:10:5 error state-said-twice";

const perPullRequest: Files = {
  "plangate.yaml": flowFile
    .replace("  test: {", "  eph: { kind: ephemeral, appliesFrom: [work], destroyable: true }\n  test: {")
    .replace(
      "when:\n",
      `  - { root: "stacks/{stack}", in: [eph], backend: ["env/eph.hcl", "key={instance}{stack}.tfstate"] }
when:
  - { on: pull_request, into: main, in: eph, do: [plan, apply] }
`,
    ),
};

export const statePlacesCases: readonly Case[] = [
  {
    name: "a file of settings and the flow do not say two places for a state",
    broken: { "env/prod.hcl": 'bucket = "acme-prod"\nkey    = "app/prod"\n' },
    said: [at],
    kept: { "env/prod.hcl": 'bucket = "acme-prod"\nkey    = "app.tfstate"\n' },
  },
  {
    name: "a backend block and the flow do not say two places for a state",
    broken: backendIs('\n    key = "app"\n  '),
    said: [at],
    kept: { ...stackIs('"env/{environment}.hcl"'), ...backendIs('\n    key = "app"\n  ') },
  },
  {
    name: "what is computed in a backend block is another place than what the flow says",
    broken: { ...stackIs('"key={environment}/{stack}", "bucket=new"'), ...backendIs("bucket = var.bucket") },
    said: [at],
    kept: { ...stackIs('"key={environment}/{stack}", "bucket=new"'), ...backendIs("region = var.region") },
  },
  {
    name: "no bucket is said twice, and what says how to get there may be",
    broken: {
      ...stackIs('"key={environment}/{stack}", "bucket=new"'),
      ...backendIs('\n    bucket = "old"\n  '),
    },
    said: [at],
    kept: {
      ...stackIs('"key={environment}/{stack}", "bucket=new", "region=eu-1"'),
      ...backendIs('\n    region = "eu-2"\n  '),
    },
  },
  {
    name: "a state of each pull request is a new one, whatever a file says",
    broken: { ...perPullRequest, "env/eph.hcl": 'bucket = "acme"\nkey = "app"\n', ...backendIs('key = "app"') },
    said: ["plangate.yaml:11:5 error state-said-twice"],
    kept: { ...perPullRequest, "env/eph.hcl": 'bucket = "acme"\nkey = "app"\n' },
  },
  {
    name: "no state lies in a workspace, as a file of settings says",
    broken: { "env/prod.hcl": 'bucket = "acme-prod"\nworkspace_key_prefix = "app"\n' },
    said: ["env/prod.hcl:2:24 error state-in-workspace"],
    kept: { "env/prod.hcl": 'bucket = "acme-prod"\n' },
  },
  {
    name: "no state lies in a workspace, as the backend block says",
    broken: backendIs('\n    workspace_key_prefix = "app"\n  '),
    said: ["stacks/app/main.tf:2:3 error state-in-workspace"],
    kept: backendIs('\n    workspace_key_prefix = ""\n  '),
  },
  {
    name: "no state lies in a workspace, as the flow says",
    broken: stackIs('"env/{environment}.hcl", "key={stack}", "workspace_key_prefix={environment}"'),
    said: ["plangate.yaml:10:5 error state-in-workspace"],
    kept: stackIs('"env/{environment}.hcl", "key=env:/{environment}/{stack}"'),
  },
  {
    name: "no configuration counts on a workspace",
    broken: mainWith("locals {\n  name = upper(terraform.workspace)\n}\n"),
    said: ["stacks/app/main.tf:16:16 warning workspace-not-used"],
    kept: mainWith('# Not terraform.workspace.\nlocals {\n  terraform = { workspace = "x" }\n}\n'),
  },
  {
    name: "no command chooses a workspace",
    broken: {
      Makefile: 'plan:\n\tterraform -chdir=infra workspace select "$(ENV)"\n',
      ".envrc": "export TF_WORKSPACE=x\n",
    },
    said: ["Makefile:2:2 warning workspace-not-used", ".envrc:1:8 warning workspace-not-used"],
    kept: {
      Makefile: "plan:\n\tterraform plan # in this workspace\n",
      "README.md": "terraform workspace select prod\n",
    },
  },
];
