import { posix } from "node:path";
import type { Flow, Stack } from "../../flow/flow.ts";

/**
 * The configuration that stories are played with: one `terraform_data` a root module, which needs no provider and no
 * account and is planned and applied by the real tool. Its input is one value in the root and one in the variable file.
 */
export interface Fixture {
  /** What a push writes to a path that has no text of its own: something else than ever before. */
  readonly contentFor: (path: string, value: string) => string;
  /** The files of the first commit. */
  readonly firstFiles: Readonly<Record<string, string>>;
}

export function makeFixture(stacks: readonly Stack[]): Fixture {
  const roots = new Set(stacks.map((stack) => stack.root));
  const contentFor = (path: string, value: string) => {
    if (roots.has(posix.dirname(path)) && posix.basename(path) === "main.tf") return mainFile(value);
    if (path.endsWith(".tfvars")) return `size = ${JSON.stringify(value)}\n`;
    if (path.endsWith(".tf")) return extraFile(path, value);
    return `${value}\n`;
  };
  const paths = stacks.flatMap((stack) => [`${stack.root}/main.tf`, ...stack.varFiles]);
  return { contentFor, firstFiles: Object.fromEntries(paths.map((path) => [path, contentFor(path, "first")])) };
}

function mainFile(value: string): string {
  return `terraform {
  backend "local" {}
}

variable "size" {
  type    = string
  default = "none"
}

resource "terraform_data" "this" {
  input = {
    size  = var.size
    value = ${JSON.stringify(value)}
  }
}
`;
}

function extraFile(path: string, value: string): string {
  const name = posix.basename(path, ".tf").replaceAll(/[^A-Za-z0-9_]/g, "_");
  return `resource "terraform_data" "${name}" {\n  input = ${JSON.stringify(value)}\n}\n`;
}

/** The same flow with states on this machine, one file a stack, outside every checkout. */
export function withLocalStates(flow: Flow, folder: string): Flow {
  return {
    ...flow,
    stacks: flow.stacks.map((pattern) => ({ ...pattern, backend: [`path=${folder}/{environment}/{stack}.tfstate`] })),
  };
}

/** A state of Terraform's format 4, as far as stories need it. */
export interface StateFile {
  version: 4;
  terraform_version: string;
  serial: number;
  lineage: string;
  outputs: Record<string, never>;
  resources: unknown[];
  check_results: null;
}

/** The state that applying the fixture's root module with these values leaves. */
export function appliedState(values: { readonly size: string; readonly value: string }): StateFile {
  const type = ["object", { size: "string", value: "string" }];
  const object = { value: values, type };
  const attributes = { id: crypto.randomUUID(), input: object, output: object, triggers_replace: null };
  const provider = 'provider["terraform.io/builtin/terraform"]';
  const instances = [{ schema_version: 0, attributes, sensitive_attributes: [] }];
  return {
    version: 4,
    terraform_version: "1.10.0",
    serial: 1,
    lineage: crypto.randomUUID(),
    outputs: {},
    resources: [{ mode: "managed", type: "terraform_data", name: "this", provider, instances }],
    check_results: null,
  };
}
