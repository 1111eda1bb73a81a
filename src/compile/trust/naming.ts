import { digestOf } from "../../domain/digest.ts";
import { idsFor } from "../workflows/naming.ts";
import type { WantedIdentity } from "./wanted.ts";

/** Names in Terraform's language for environments: letters, digits and `_`, and each another. */
export function blockNames(environments: readonly string[]): (environment: string) => string {
  const idOf = idsFor(environments);
  return (environment) => `env_${idOf(environment).replaceAll("-", "_")}`;
}

/** As long as AWS takes the name of a role. */
const longestRole = 64;

/** `delivery-prod-apply`; a longer one is cut, and told apart by a digest. */
export function roleName(repository: string, { environment, phase }: WantedIdentity): string {
  const whole = `${repository}-${environment}-${phase}`;
  if (whole.length <= longestRole) return whole;
  const end = `-${shortOf(whole)}-${phase}`;
  return `${whole.slice(0, longestRole - end.length)}${end}`;
}

/**
 * `pg-prod-apply-1a2b3c4d`: what Google takes for a service account and for a pool, at most 30 small letters, digits and
 * `-`. The digest tells repositories apart that share a project.
 */
export function accountName(repository: string, { environment, phase }: WantedIdentity): string {
  const words = environment
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 10)
    .replace(/-$/, "");
  return `pg-${words}-${phase}-${shortOf(`${repository} ${environment}`)}`;
}

function shortOf(text: string): string {
  return digestOf(text).slice("sha256:".length, "sha256:".length + 8);
}
