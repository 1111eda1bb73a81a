import { type FixtureObject, rootOutput } from "./fixture.ts";

/** A state of Terraform's format 4, as far as stories need it. */
export interface StateFile {
  version: 4;
  terraform_version: string;
  serial: number;
  lineage: string;
  outputs: Readonly<Record<string, Typed>>;
  resources: unknown[];
  check_results: null;
}

/** A value as states have it. */
interface Typed {
  readonly value: unknown;
  readonly type: unknown;
}

/** The state that applying leaves in which these objects stand. */
export function appliedState(objects: readonly FixtureObject[]): StateFile {
  const held = objects.find(({ module, input }) => module === null && typeof input !== "string");
  return {
    version: 4,
    terraform_version: "1.10.0",
    serial: 1,
    lineage: crypto.randomUUID(),
    outputs: held === undefined ? {} : { [rootOutput]: typed(held.input) },
    resources: objects.map(resourceOf),
    check_results: null,
  };
}

function resourceOf({ module, name, input }: FixtureObject): unknown {
  const value = typed(input);
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

function typed(value: FixtureObject["input"]): Typed {
  return { value, type: typeof value === "string" ? "string" : ["object", { size: "string", value: "string" }] };
}
