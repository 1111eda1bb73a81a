import { asList, asObject, type JsonObject, type JsonValue } from "./json-value.ts";
import type { ResourceChange } from "./plan-json.ts";

/** What a plan's configuration says beyond the changes themselves. */
export interface ConfiguredResources {
  /**
   * The provisioners that this change may run, as configured, with the source of each module around them; nothing
   * when it runs none. Plan JSON shows of a command only its constants and what it refers to, neither `when` nor the
   * connection: that the whole text is the same is what the inputs digest says.
   */
  provisionersOf(change: ResourceChange): JsonValue | undefined;
}

/** Looks through the configuration for provisioners; nothing when it has none. */
export function configuredResources(configuration: JsonObject): ConfiguredResources | undefined {
  const found = new Map<string, JsonValue>();
  collect(asObject(configuration.root_module), { prefix: "", sources: [] }, found);
  if (found.size === 0) return undefined;
  return {
    provisionersOf: (change) => {
      const { actions } = change.change;
      if (!actions.includes("create") && !actions.includes("delete")) return undefined;
      return found.get(withoutIndexes(change.address));
    },
  };
}

/** Members of a configured resource that name code to run, or how to reach the machine it runs on. */
const runs = ["provisioners", "connection", "when"] as const;

/** Where in the tree of modules something stands. */
interface Within {
  /** `module.a.module.b.` */
  readonly prefix: string;
  /** Where the code of each module on the way comes from. */
  readonly sources: readonly JsonValue[];
}

function collect(module: JsonObject, within: Within, into: Map<string, JsonValue>): void {
  for (const entry of asList(module.resources)) {
    const resource = asObject(entry);
    const code: Record<string, JsonValue> = {};
    for (const name of runs) if (resource[name] !== undefined) code[name] = resource[name];
    if (Object.keys(code).length === 0) continue;
    into.set(`${within.prefix}${String(resource.address)}`, { ...code, modules: within.sources });
  }
  const calls = asObject(module.module_calls);
  for (const name of Object.keys(calls)) {
    const call = asObject(calls[name]);
    const source = { name, source: call.source ?? null, version: call.version_constraint ?? null };
    const inner = { prefix: `${within.prefix}module.${name}.`, sources: [...within.sources, source] };
    collect(asObject(call.module), inner, into);
  }
}

/** `module.a["x"].aws_vpc.b[0]` → `module.a.aws_vpc.b`: the address as the configuration has it. */
export function withoutIndexes(address: string): string {
  return address.includes("[") ? address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "") : address;
}
