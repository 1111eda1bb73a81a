import { renderPreset } from "../../../flow/index.ts";

/** The flow of the demo: the preset as `init` writes it, with states on this machine. */
export const demoFlow = renderPreset("trunk-stored-plan", {
  people: { text: "[ann, bob]", comment: "" },
  stacks: `  - root: "stacks/{stack}"
    in: [ephemeral, test, prod]
    backend: ["path=../../.plangate/demo/states/{environment}/{instance}{stack}.tfstate"]
    vars: ["environments/{environment}/{stack}.tfvars"]`,
});

/** The service that most of the demo is about. */
export function appFile({ replicas, debug = false }: { readonly replicas: number; readonly debug?: boolean }): string {
  return `terraform {
  backend "local" {}
}

variable "environment" {
  type = string
}

resource "terraform_data" "service" {
  input = {
    name     = "shop-\${var.environment}"
    replicas = ${replicas}
  }
}

resource "terraform_data" "cache" {
  input            = "cache-\${var.environment}"
  triggers_replace = ${debug}
}

output "service" {
  value = terraform_data.service.output.name
}
`;
}

/** Enough objects that their apply takes a while: time to lose the machine in between. */
function slowFile(): string {
  return `terraform {
  backend "local" {}
}

variable "environment" {
  type = string
}

resource "terraform_data" "shard" {
  count = 300
  input = "\${var.environment}-\${count.index}"
}
`;
}

export const demoFiles: Readonly<Record<string, string>> = {
  "plangate.yaml": demoFlow,
  "README.md": "# shop\n\nThe infrastructure of a shop, delivered by plangate.\n",
  "stacks/app/main.tf": appFile({ replicas: 1 }),
  ...variableFiles("app"),
};

/** A stack of many objects that comes later. */
export const slowFiles: Readonly<Record<string, string>> = {
  "stacks/slow/main.tf": slowFile(),
  ...variableFiles("slow"),
};

function variableFiles(stack: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ["ephemeral", "test", "prod"].map((environment) => [
      `environments/${environment}/${stack}.tfvars`,
      `environment = "${environment}"\n`,
    ]),
  );
}
