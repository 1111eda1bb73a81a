import { digestOf } from "../../domain/digest.ts";
import { googleTakes } from "./takes.ts";
import type { WantedIdentity } from "./wanted.ts";

/**
 * The name of an environment in Terraform's language: small letters, digits and `_`, and each another. It follows from
 * the environment alone, so that one more in the flow moves nothing of what is made already.
 */
export function blockName(environment: string): string {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(environment)) return `env_${environment.replaceAll("-", "_")}`;
  // No name of the kind above has two in a row.
  return `env_${environment.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}__${shortOf(environment)}`;
}

/** What the blocks of an identity are called. */
export function blockOf({ environment, phase }: WantedIdentity): string {
  return `${blockName(environment)}_${phase}`;
}

/** What an identity is for. */
export function saidOf({ phase, environment }: WantedIdentity, repository: string): string {
  const said =
    phase === "bundles"
      ? `Keeps the stored plans of ${repository}`
      : `${phase === "plan" ? "Plans for" : "Applies to"} ${environment} of ${repository}`;
  return said.slice(0, googleTakes.description);
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

/** Tells texts apart of which no more than a part can be shown. */
export function shortOf(text: string): string {
  return digestOf(text).slice("sha256:".length, "sha256:".length + 8);
}
