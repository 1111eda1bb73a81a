import { boundariesVariable } from "./aws-rights.ts";
import type { Home, Making } from "./places.ts";
import { stateVariableOf } from "./state-variable.ts";
import { awsTakes } from "./takes.ts";
import { expression, quoted, type TerraformRecord } from "./terraform-json.ts";

export const policiesVariable = "aws_apply_policies";
export const profilesVariable = "aws_profiles";
export const trustingVariable = "aws_accounts_that_trust_github";
export const quotasVariable = "aws_quotas";

/** What the file of AWS asks from whoever makes the identities. `apart` has to hold of where states lie. */
export function awsVariables(making: Making, apart: readonly string[]): TerraformRecord {
  const applied = making.homes.filter(({ identities }) => identities.some(({ phase }) => phase === "apply"));
  const states = stateVariableOf(making.homes, apart, "aws");
  return {
    [profilesVariable]: {
      description:
        "For each account the profile of a person who may make roles there. Default: the credentials at hand.",
      type: "map(string)",
      default: {},
    },
    [trustingVariable]: {
      description: "Accounts that have an identity provider for GitHub already: there can be one only.",
      type: "set(string)",
      default: [],
    },
    [quotasVariable]: {
      description:
        "How much AWS takes of a role, where accounts asked for more than they have by default: characters of its trust, and policies on it.",
      type: `object({ role_trust_policy_length = optional(number, ${awsTakes.trust}), managed_policies_per_role = optional(number, ${awsTakes.policies}) })`,
      default: {},
      validation: [
        {
          condition: expression(
            `var.${quotasVariable}.role_trust_policy_length <= ${awsTakes.trustAtMost} && var.${quotasVariable}.managed_policies_per_role <= ${awsTakes.policiesAtMost}`,
          ),
          error_message: `AWS gives no account more than ${awsTakes.trustAtMost} characters and ${awsTakes.policiesAtMost} policies.`,
        },
      ],
    },
    ...(applied.length === 0
      ? {}
      : {
          [boundariesVariable]: {
            description: `For each of ${namesOf(applied)} the ARN of the policy that bounds what applies there, and whatever it makes.`,
            type: "map(string)",
            validation: applied.map(({ environment, in: account, partition }) => ({
              condition: expression(
                `can(regex(${quoted(`^arn:${partition}:iam::(${account}|aws):policy/`)}, var.${boundariesVariable}[${quoted(environment)}])) && !endswith(try(var.${boundariesVariable}[${quoted(environment)}], ""), "/AdministratorAccess")`,
              ),
              error_message: `What applies to ${environment} needs the ARN of a policy of account ${account} that bounds it.`,
            })),
          },
          [policiesVariable]: {
            description: `For each of ${namesOf(applied)} the ARNs of the policies that say what applying there may do.`,
            type: "map(set(string))",
            validation: applied.map(({ environment }) => ({
              condition: expression(`can(var.${policiesVariable}[${quoted(environment)}])`),
              error_message: `What applies to ${environment} needs its policies: an empty list where it needs none but the state.`,
            })),
          },
        }),
    ...states,
  };
}

function namesOf(homes: readonly Home[]): string {
  return homes.map(({ environment }) => environment).join(", ");
}
