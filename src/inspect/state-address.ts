import type { BackendFact } from "../domain/configuration-facts.ts";
import { makeRedactor } from "../domain/redaction.ts";
import { joinPath } from "../domain/tree.ts";
import type { Stack } from "../flow/flow.ts";
import type { InspectedStacks } from "./check.ts";

/** Where a stack's state lies, as far as the text tells. */
export type StateAddress =
  /** Equal texts are one state. */
  | { readonly kind: "told"; readonly address: string; readonly where: string }
  | { readonly kind: "untold"; readonly missing: readonly string[] }
  /** No backend, or one without an address of its own: other checks speak of these. */
  | { readonly kind: "none" };

/** The settings that tell one state from another, by type of backend; a default where there is one. */
const settingsOf: Readonly<Record<string, readonly (readonly [name: string, byDefault: string | null])[]>> = {
  s3: [
    ["bucket", null],
    ["key", null],
    ["endpoint", ""],
  ],
  gcs: [
    ["bucket", null],
    ["prefix", ""],
  ],
  azurerm: [
    ["storage_account_name", null],
    ["container_name", null],
    ["key", null],
  ],
  http: [["address", null]],
  pg: [
    ["conn_str", ""],
    ["schema_name", "terraform_remote_state"],
  ],
  consul: [
    ["address", ""],
    ["path", null],
  ],
  kubernetes: [
    ["namespace", "default"],
    ["secret_suffix", null],
  ],
  oss: [
    ["bucket", null],
    ["prefix", ""],
    ["key", "terraform.tfstate"],
  ],
  cos: [
    ["bucket", null],
    ["prefix", ""],
    ["key", "terraform.tfstate"],
  ],
};

/** The backend block of the stack's root module, with what the flow gives on top: later settings win, as with the tool. */
export function stateAddressOf(stack: Stack, { modules, survey }: InspectedStacks): StateAddress {
  const [backend] = modules.in(stack.root).backends;
  if (backend === undefined || backend.type === "cloud" || backend.type === "remote") return { kind: "none" };
  const settings = new Map(Object.entries(backend.settings));
  for (const given of stack.backend) {
    const at = given.indexOf("=");
    if (at >= 0) settings.set(given.slice(0, at).trim(), given.slice(at + 1).trim());
    else for (const { key, value } of survey.settings.get(given)?.settings ?? []) settings.set(key, value);
  }
  return addressIn(backend.type, settings, stack.root);
}

/** The address that settings of a backend come to, wherever they were read. */
export function addressIn(
  type: BackendFact["type"],
  settings: ReadonlyMap<string, string | null>,
  root: string,
): StateAddress {
  if (type === "local") {
    const path = settings.get("path") ?? "terraform.tfstate";
    const whole = path.startsWith("/") ? path : (joinPath(root, path) ?? path);
    return { kind: "told", address: `local ${whole}`, where: whole };
  }
  const wanted = settingsOf[type] ?? [...settings.keys()].sort().map((name) => [name, null] as const);
  const missing = wanted.filter(([name, byDefault]) => settings.get(name) == null && byDefault === null);
  if (missing.length > 0) return { kind: "untold", missing: missing.map(([name]) => name) };
  const told = wanted.map(([name, byDefault]) => [name, tidy(settings.get(name) ?? byDefault ?? "")] as const);
  const where = told
    .flatMap(([name, value]) => (value === "" ? [] : [`${name} ${shownPlace(name, value)}`]))
    .join(", ");
  return { kind: "told", address: JSON.stringify([type, told]), where };
}

const redact = makeRedactor({ values: [] });

/** A setting's value as people are shown it: a connection string may hold a password in any form, an address one in its URL. */
export function shownPlace(name: string, value: string): string {
  return name === "conn_str" ? "…" : redact(value);
}

/** Slashes at the ends tell no two states apart. */
function tidy(value: string): string {
  return value.replace(/^\/+|\/+$/g, "");
}
