import type { Home } from "./places.ts";
import { type Cloud, stateVariable } from "./states.ts";
import { expression, quoted, type TerraformRecord } from "./terraform-json.ts";

/**
 * The variable for what the flow does not tell of states: an entry for each environment. What is told needs none; where
 * anything is missing there is no default. A value that would open one environment's states to another is refused.
 */
export function stateVariableOf(homes: readonly Home[], apart: readonly string[], cloud: Cloud): TerraformRecord {
  const holding = homes.filter(({ states }) => states.length > 0);
  if (holding.length === 0) return {};
  const name = stateVariable(cloud);
  const missing = holding.flatMap(({ environment, states }) => [
    ...(states.some(({ bucket }) => bucket === null) ? [{ environment, what: "bucket" as const }] : []),
    ...(states.some(({ objects }) => objects === null) ? [{ environment, what: "prefix" as const }] : []),
  ]);
  const needed = missing.map(({ environment, what }) => `${environment}: ${what}`).join(", ");
  const key = cloud === "aws" ? " `kms_key_arn` where the bucket encrypts with a key of one's own." : "";
  return {
    [name]: {
      description: `Where states lie, for each environment: ${needed === "" ? "all is told by the flow." : `${needed}. A prefix ends with a slash.`}${key}`,
      type: `map(object({ bucket = optional(string), prefix = optional(string)${cloud === "aws" ? ", kms_key_arn = optional(string)" : ""} }))`,
      ...(missing.length === 0 ? { default: {} } : {}),
      validation: [
        ...missing.map(({ environment, what }) => ({
          condition: expression(`can(regex(${quoted(formOf[what])}, var.${name}[${quoted(environment)}].${what}))`),
          error_message: `The states of ${environment} need their ${what}.`,
        })),
        ...(cloud === "aws" ? [keyIsOne(name)] : []),
        ...apart.map((condition) => ({
          condition: expression(`try(${condition}, false)`),
          error_message: "Two environments would reach each other's states: give each a bucket or a prefix of its own.",
        })),
      ],
    },
  };
}

/** One key, by its own ARN: AWS gives no right by an alias, and a pattern would open other keys. */
function keyIsOne(name: string): TerraformRecord {
  const form = quoted("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$");
  return {
    condition: expression(
      `alltrue([for one in values(var.${name}) : one.kms_key_arn == null || can(regex(${form}, one.kms_key_arn))])`,
    ),
    error_message: "A key that states are encrypted with is told by its own ARN, not by an alias or a pattern.",
  };
}

/** Nothing that a policy would read as a pattern. */
const formOf = {
  bucket: "^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$",
  prefix: "^[A-Za-z0-9][A-Za-z0-9._/=+@-]*/$",
};
