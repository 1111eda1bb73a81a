import { posix } from "node:path";
import type { JsonObject, JsonValue } from "../../domain/json-value.ts";
import { asList, asObject, isList, isObject, member } from "../../domain/json-value.ts";
import type { PlanJson } from "../../domain/plan-json.ts";
import type { TreeFile } from "../../domain/tree.ts";
import type { Flow } from "../../flow/flow.ts";
import type { BackendSettings } from "../ports.ts";

/**
 * What the configuration holds that runs commands and that the flow does not allow, as a sentence; null when nothing.
 * Provisioners run when resources change; `external` data runs already while planning, so a plan that holds it is not signed.
 */
export function forbiddenParts(plan: PlanJson, flow: Flow): string | null {
  return (
    inProviders(asObject(member(plan.configuration, "provider_config")), flow) ??
    inModule(asObject(member(plan.configuration, "root_module")), "", flow)
  );
}

/** Types of data sources and actions whose whole purpose is to run a program. */
const programs: ReadonlySet<string> = new Set(["external", "local_command"]);

/** Settings by which providers are told to run a program, or to read a file that may tell them to. */
const programSettings: ReadonlySet<string> = new Set(["exec", "shared_config_files", "ssh_opts", "credential_process"]);

/** What a backend is told to run, as a sentence; null when nothing. */
export function forbiddenSettings({ settings }: Pick<BackendSettings, "settings">, { allow }: Flow): string | null {
  const found = Object.entries(settings).find(
    ([name, value]) => programSettings.has(name) && Array.isArray(value) && value.length > 0,
  );
  if (found === undefined || allow.externalData) return null;
  return `the backend's ${found[0]} may name a program to run; the flow does not allow external data`;
}

/** Data that a program gives is refused before anything is planned, where the text tells of it. */
export function forbiddenData(file: string | null, { allow }: Flow): string | null {
  return file === null || allow.externalData
    ? null
    : `${file} has a program run while planning; the flow does not allow external data`;
}

/** The tool takes programs of such names in a root module for plugins of its own, in the place of those built in too. */
export function forbiddenPrograms(files: readonly TreeFile[], root: string): string | null {
  const plugin = files.find(({ path }) => isPlugin(posix.relative(root, path)));
  return plugin === undefined ? null : `the tool would start ${plugin.path} as a program of its own`;
}

/** Of a path under the root module. */
export function isPlugin(path: string): boolean {
  return /^(?:terraform|tofu)-(?:provider|provisioner)-|^terraform\.d\//i.test(path);
}

function inProviders(providers: JsonObject, { allow }: Flow): string | null {
  if (allow.externalData) return null;
  for (const [name, provider] of Object.entries(providers)) {
    const setting = programSettingIn(member(asObject(provider), "expressions"));
    if (setting !== null)
      return `the provider ${name} may run a program while planning (${setting}); the flow does not allow external data`;
  }
  return null;
}

function programSettingIn(value: JsonValue | undefined): string | null {
  if (isList(value)) {
    for (const inner of value) {
      const found = programSettingIn(inner);
      if (found !== null) return found;
    }
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const found = programSettings.has(name) ? name : programSettingIn(inner);
      if (found !== null) return found;
    }
  }
  return null;
}

function inModule(module: JsonObject, prefix: string, flow: Flow): string | null {
  for (const resource of asList(member(module, "resources"))) {
    const found = inResource(asObject(resource), prefix, flow);
    if (found !== null) return found;
  }
  for (const action of asList(member(module, "actions"))) {
    const type = text(member(asObject(action), "type"));
    if (programs.has(type) && !flow.allow.provisioners.includes(type))
      return `${prefix}${text(member(asObject(action), "address"))} runs a program, which the flow does not allow`;
  }
  for (const [name, call] of Object.entries(asObject(member(module, "module_calls")))) {
    const found = inModule(asObject(member(asObject(call), "module")), `${prefix}module.${name}.`, flow);
    if (found !== null) return found;
  }
  return null;
}

function inResource(resource: JsonObject, prefix: string, flow: Flow): string | null {
  const address = `${prefix}${text(member(resource, "address"))}`;
  const reads = member(resource, "mode") !== "managed" && programs.has(text(member(resource, "type")));
  if (reads && !flow.allow.externalData) {
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
