import type { JsonObject, JsonValue } from "../../domain/json-value.ts";
import { asList, asObject, member } from "../../domain/json-value.ts";
import type { PlanJson } from "../../domain/plan-json.ts";
import type { Flow } from "../../flow/flow.ts";

/**
 * What the configuration holds that runs commands and that the flow does not allow, as a sentence; null when nothing.
 * Provisioners run when resources change; `external` data runs already while planning, so a plan that holds it is not signed.
 */
export function forbiddenParts(plan: PlanJson, flow: Flow): string | null {
  return inModule(asObject(member(plan.configuration, "root_module")), "", flow);
}

function inModule(module: JsonObject, prefix: string, flow: Flow): string | null {
  for (const resource of asList(member(module, "resources"))) {
    const found = inResource(asObject(resource), prefix, flow);
    if (found !== null) return found;
  }
  for (const [name, call] of Object.entries(asObject(member(module, "module_calls")))) {
    const found = inModule(asObject(member(asObject(call), "module")), `${prefix}module.${name}.`, flow);
    if (found !== null) return found;
  }
  return null;
}

function inResource(resource: JsonObject, prefix: string, flow: Flow): string | null {
  const address = `${prefix}${text(member(resource, "address"))}`;
  if (member(resource, "mode") === "data" && member(resource, "type") === "external" && !flow.allow.externalData) {
    return `${address} runs a program while planning; the flow does not allow external data`;
  }
  for (const provisioner of asList(member(resource, "provisioners"))) {
    const type = text(member(asObject(provisioner), "type"));
    if (!flow.allow.provisioners.includes(type))
      return `${address} has a ${type} provisioner, which the flow does not allow`;
  }
  return null;
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
