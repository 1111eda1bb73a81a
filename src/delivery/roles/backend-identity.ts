import { digestOfJson } from "../../domain/digest.ts";
import type { BackendIdentity } from "../../domain/plan.ts";
import type { BackendSettings } from "../ports.ts";

/** Names of backend settings that are credentials: they change without the state moving, and must not be digested. */
const credentials =
  /password|secret|token|access_key|session|credentials|_key$|sas_|client_certificate|client_private/i;

/** Where a state lives, told apart from how one gets there. */
export function backendIdentity(backend: BackendSettings): BackendIdentity {
  const settings = Object.fromEntries(
    Object.entries(backend.settings)
      .filter(([name, value]) => isSet(value) && !isCredential(name))
      .map(([name, value]) => [name, name === "conn_str" ? withoutPassword(String(value)) : value]),
  );
  const { type, workspace } = backend;
  return { type, workspace, identity: digestOfJson({ type, workspace, settings }) };
}

/** By its name: something that lets one get at a state, and does not say where it is. */
export function isCredential(name: string): boolean {
  return credentials.test(name);
}

/** Tools write down settings that nobody gave as null, empty or false. */
export function isSet(value: unknown): boolean {
  return value !== null && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** Which database it is stands beside the password: `postgres://user:password@host/name`, or `host=… password=…`. */
function withoutPassword(connection: string): string {
  return connection
    .replace(/^(\w+:\/\/[^:/?#@]*):[^/?#]*@/, "$1@")
    .replaceAll(/\b(password|passfile|sslpassword)\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s&]*)/gi, "$1=");
}
