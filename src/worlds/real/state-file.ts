import type { FixtureObject } from "./fixture.ts";

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

/** The state that applying leaves in which these objects stand. */
export function appliedState(objects: readonly FixtureObject[]): StateFile {
  return {
    version: 4,
    terraform_version: "1.10.0",
    serial: 1,
    lineage: crypto.randomUUID(),
    outputs: {},
    resources: objects.map(resourceOf),
    check_results: null,
  };
}

function resourceOf({ module, name, input }: FixtureObject): unknown {
  const type = typeof input === "string" ? "string" : ["object", { size: "string", value: "string" }];
  const value = { value: input, type };
  const attributes = { id: crypto.randomUUID(), input: value, output: value, triggers_replace: null };
  return {
    ...(module === null ? {} : { module }),
    mode: "managed",
    type: "terraform_data",
    name,
    provider: 'provider["terraform.io/builtin/terraform"]',
    instances: [{ schema_version: 0, attributes, sensitive_attributes: [] }],
  };
}
