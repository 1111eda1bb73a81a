import { asList, asObject, isList, isObject, type JsonObject, type JsonValue } from "./json-value.ts";
import type { PlanJson } from "./plan-json.ts";
import { isIdle } from "./plan-meaning.ts";
import { configuredResources } from "./plan-provisioners.ts";

/**
 * What a plan leaves open: decided only while it is applied, so nobody can have seen it. Shown with every plan, counted
 * and named.
 */
export interface OpenAtApply {
  /** Values not known yet, and the resources and outputs that have them. */
  readonly unknown: { readonly values: number; readonly addresses: readonly string[] };
  /** Data sources read during apply. */
  readonly reads: readonly string[];
  /** Resources whose provisioners run, with the kinds of these. */
  readonly provisioners: readonly { readonly address: string; readonly types: readonly string[] }[];
  /** Ephemeral variables and resources: what they hold at apply may differ from what the plan saw. */
  readonly ephemeral: readonly string[];
  /** Changes put off to a later plan, with the reason. */
  readonly deferred: readonly { readonly address: string; readonly reason: string }[];
  /** Actions that are invoked. */
  readonly actions: readonly string[];
}

export function openAtApply(plan: PlanJson): OpenAtApply {
  const unknown: string[] = [];
  const reads: string[] = [];
  const provisioners: { address: string; types: readonly string[] }[] = [];
  let values = 0;
  const configured = configuredResources(plan.configuration);
  for (const resource of plan.resourceChanges) {
    if (isIdle(resource)) continue;
    const open = countTrue(resource.change.after_unknown);
    if (open > 0) unknown.push(resource.address);
    values += open;
    if (resource.change.actions.includes("read")) reads.push(resource.address);
    const code = asObject(configured?.provisionersOf(resource));
    const types = asList(code.provisioners).map((provisioner) => String(asObject(provisioner).type));
    if (types.length > 0) provisioners.push({ address: resource.address, types: [...new Set(types)] });
  }
  for (const [name, change] of Object.entries(plan.outputChanges)) {
    const open = countTrue(change.after_unknown);
    if (open > 0) unknown.push(`output.${name}`);
    values += open;
  }
  const deferred = plan.deferredChanges.map(({ reason, resource_change: { address } }) => ({ address, reason }));
  const actions = asList(plan.others.action_invocations).map((invocation) => String(asObject(invocation).address));
  return {
    unknown: { values, addresses: unknown },
    reads,
    provisioners,
    ephemeral: ephemeralOf(plan),
    deferred,
    actions,
  };
}

function countTrue(marker: JsonValue | undefined): number {
  if (marker === true) return 1;
  let count = 0;
  if (isList(marker)) for (const inner of marker) count += countTrue(inner);
  else if (isObject(marker)) for (const key in marker) count += countTrue(marker[key]);
  return count;
}

function ephemeralOf(plan: PlanJson): readonly string[] {
  const root = asObject(plan.configuration.root_module);
  const found: string[] = [];
  for (const [name, declared] of Object.entries(asObject(root.variables))) {
    const variable = asObject(declared);
    // Terraform 1.11 does not say which variables are ephemeral; it just leaves their values out.
    const isLeftOut = !Object.hasOwn(variable, "default") && !Object.hasOwn(plan.variables, name);
    if (variable.ephemeral === true || isLeftOut) found.push(`var.${name}`);
  }
  const visit = (module: JsonObject, prefix: string): void => {
    for (const resource of asList(module.resources)) {
      const { mode, address } = asObject(resource);
      if (mode === "ephemeral") found.push(`${prefix}${String(address)}`);
    }
    for (const [name, call] of Object.entries(asObject(module.module_calls))) {
      visit(asObject(asObject(call).module), `${prefix}module.${name}.`);
    }
  };
  visit(root, "");
  return found;
}
