import type { PresetName } from "../../src/flow/index.ts";

/** What stands in the repository before anybody has heard of plangate: Terraform that needs no provider and no account. */
export interface StageFiles {
  readonly files: Readonly<Record<string, string>>;
  /** Long-lived branches besides the default one. */
  readonly branches: readonly string[];
  /** What `init` is told besides preset and owners. */
  readonly init: readonly string[];
  /** What everybody has to edit in the flow that `init` wrote. */
  readonly edit: (flow: string) => string;
}

/** A root module that holds one object; `size` comes from its file of variables, when it has one. */
export function rootModule(name: string, value: string): string {
  return `terraform {
  required_version = "~> 1.10"

  backend "local" {}
}

variable "size" {
  type    = string
  default = "none"
}

resource "terraform_data" "${name}" {
  input = {
    size  = var.size
    value = "${value}"
  }
}
`;
}

/** Where states lie: a bucket would be named here. */
export const stateOf = (states: string, environment: string, stack: string) =>
  `${states}/${environment}/${stack}.tfstate`;

export function stageFiles(preset: PresetName, states: string): StageFiles {
  switch (preset) {
    case "trunk-demo":
      return oneRoot(states, []);
    case "integration-branch":
      return oneRoot(states, ["development"]);
    case "gitflow":
      return rootPerStack(states, { environments: ["dev", "stage", "prod"], branches: ["develop"] });
    case "trunk-stored-plan":
      return rootPerStack(states, { environments: ["ephemeral", "test", "prod"], branches: [] });
  }
}

/** One root module, a file of backend settings and one of variables for each environment: there is nothing to edit. */
function oneRoot(states: string, branches: readonly string[]): StageFiles {
  const files = ["test", "prod"].flatMap((environment): [string, string][] => [
    [`infra/backend-${environment}.hcl`, `path = "${stateOf(states, environment, "infra")}"\n`],
    [`environments/${environment}/vars.tfvars`, `size = "${environment}"\n`],
  ]);
  return {
    files: { "infra/main.tf": rootModule("infra", "one"), ...Object.fromEntries(files) },
    branches,
    init: [],
    edit: (flow) => flow,
  };
}

/** A root module a folder, whose states `init` can only put beside one another: where is edited. */
function rootPerStack(
  states: string,
  { environments, branches }: { readonly environments: readonly string[]; readonly branches: readonly string[] },
): StageFiles {
  const stacks = ["app", "network"];
  return {
    files: Object.fromEntries([
      ...stacks.map((stack) => [`stacks/${stack}/main.tf`, rootModule(stack, "one")]),
      ...environments.map((name) => [`environments/${name}/terraform.tfvars`, `size = "${name}"\n`]),
    ]),
    branches,
    init: ["--environments", environments.join(",")],
    edit: (flow) => flow.replace('"path={environment}/', `"path=${states}/{environment}/`),
  };
}
