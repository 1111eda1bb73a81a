import type { BackendSettings } from "../ports.ts";
import { isCredential, isSet } from "./backend-identity.ts";

/** A backend as files say it, read without running anything: the block's own attributes, and what the flow gives with them. */
export interface WrittenBackend {
  readonly type: string;
  /** By name, nested ones as `assume_role.role_arn`; null: written, and not as a plain value. */
  readonly settings: Readonly<Record<string, string | null>>;
}

/**
 * Why a plan file does not write where its configuration says; null when it does. For whoever has no right to reach the
 * backend: every written setting has to be the plan file's, and nothing but credentials may stand there unwritten, such as a
 * bucket that came from the environment of whoever planned. Values are not told: a plan file may say anything.
 */
export function whyOtherBackend(found: BackendSettings, written: WrittenBackend): string | null {
  if (found.type !== written.type) return `it is of type ${written.type} by its configuration`;
  if (found.workspace !== "default") return "it is of another workspace than the default one";
  const settings = flattened(found.settings);
  for (const [name, value] of Object.entries(written.settings)) {
    if (isCredential(name)) continue;
    if (value === null) return `its setting ${name} is not written as a plain value, so nobody can compare it`;
    if (settings.get(name) !== value) return `its setting ${name} is another one in the configuration`;
  }
  for (const name of settings.keys()) {
    if (written.settings[name] === undefined && !isCredential(name))
      return `its setting ${JSON.stringify(name.slice(0, 60))} stands in no file: write it into the backend's settings`;
  }
  return null;
}

function flattened(settings: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  const add = (name: string, value: unknown): void => {
    if (!isSet(value)) return;
    if (Array.isArray(value) || typeof value !== "object" || value === null) {
      flat.set(name, typeof value === "string" ? value : JSON.stringify(value));
      return;
    }
    for (const [inner, one] of Object.entries(value)) add(`${name}.${inner}`, one);
  };
  for (const [name, value] of Object.entries(settings)) add(name, value);
  return flat;
}
