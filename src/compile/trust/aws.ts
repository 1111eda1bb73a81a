import { jobMinutes } from "../names.ts";
import { boundariesVariable, boundaryOf, rolePath, statementsFor } from "./aws-rights.ts";
import { issuer } from "./main.ts";
import { roleName } from "./naming.ts";
import type { Home, Making } from "./places.ts";
import { stateVariableOf } from "./state-variable.ts";
import { expression, filled, quoted, type Terraform, type TerraformRecord } from "./terraform-json.ts";
import type { WantedIdentity } from "./wanted.ts";

/** What aws-actions/configure-aws-credentials asks GitHub's token for. */
const audience = "sts.amazonaws.com";
const policiesVariable = "aws_apply_policies";
const profilesVariable = "aws_profiles";
const trustingVariable = "aws_accounts_that_trust_github";

/**
 * The identities in AWS: a role for each, in the account of its environment, which exactly the jobs may become that hold
 * it. `apart` are conditions under which no environment reaches the states of another.
 */
export function awsFile(making: Making, apart: readonly string[]): TerraformRecord {
  const { homes } = making;
  const identities = homes.flatMap((home) => home.identities.map((one) => ({ home, one })));
  return {
    provider: { aws: accountsOf(homes).map(({ in: account }) => providerFor(account)) },
    variable: variables(making, apart),
    resource: {
      aws_iam_openid_connect_provider: Object.fromEntries(
        accountsOf(homes).map(({ in: account }) => [
          accountBlock(account),
          {
            provider: providerOf(account),
            count: expression(`contains(var.${trustingVariable}, ${quoted(account)}) ? 0 : 1`),
            url: filled`https://${issuer}`,
            client_id_list: [audience],
          },
        ]),
      ),
      aws_iam_role: Object.fromEntries(
        identities.map(({ home, one }) => [blockOf(making, one), role(making, home, one)]),
      ),
      aws_iam_role_policy: Object.fromEntries(
        identities.map(({ home, one }) => [
          blockOf(making, one),
          {
            provider: providerOf(home.in),
            name: "plangate",
            role: expression(`aws_iam_role.${blockOf(making, one)}.name`),
            policy: documentOf(`${blockOf(making, one)}_rights`),
          },
        ]),
      ),
      aws_iam_role_policy_attachment: Object.fromEntries(
        identities.flatMap(({ home, one }) =>
          one.phase === "bundles"
            ? []
            : [
                [
                  blockOf(making, one),
                  {
                    provider: providerOf(home.in),
                    role: expression(`aws_iam_role.${blockOf(making, one)}.name`),
                    ...attached(home, one),
                  },
                ],
              ],
        ),
      ),
    },
    data: {
      aws_iam_policy_document: Object.fromEntries(
        identities.flatMap(({ home, one }) => [
          [`${blockOf(making, one)}_trust`, { provider: providerOf(home.in), statement: [trust(making, home, one)] }],
          [
            `${blockOf(making, one)}_rights`,
            { provider: providerOf(home.in), statement: statementsFor(home, one.phase, making) },
          ],
        ]),
      ),
    },
    output: {
      aws_roles: {
        description: "For each environment of GitHub the value of its variable PLANGATE_AWS_ROLE.",
        value: Object.fromEntries(
          identities.flatMap(({ one }) =>
            one.holders.map((holder) => [holder, expression(`aws_iam_role.${blockOf(making, one)}.arn`)]),
          ),
        ),
      },
    },
  };
}

function role(making: Making, { in: account, environment }: Home, one: WantedIdentity): TerraformRecord {
  return {
    provider: providerOf(account),
    name: roleName(making.repository, one),
    path: rolePath,
    description: saidOf(one, making.claims.fullName),
    assume_role_policy: documentOf(`${blockOf(making, one)}_trust`),
    max_session_duration: jobMinutes[one.phase] * 60,
    ...(one.phase === "apply" ? { permissions_boundary: boundaryOf(environment) } : {}),
  };
}

/** What an identity is for. */
export function saidOf({ phase, environment }: WantedIdentity, repository: string): string {
  if (phase === "bundles") return `Keeps the stored plans of ${repository}`;
  return `${phase === "plan" ? "Plans for" : "Applies to"} ${environment} of ${repository}`;
}

/** The claims are compared whole, one by one, with all of them in the one statement: it holds when each of them does. */
function trust({ claims }: Making, { in: account, partition }: Home, one: WantedIdentity): TerraformRecord {
  const equals = (claim: string, values: readonly Terraform[]): TerraformRecord => ({
    test: "StringEquals",
    variable: filled`${issuer}:${claim}`,
    values,
  });
  return {
    effect: "Allow",
    actions: ["sts:AssumeRoleWithWebIdentity"],
    principals: [
      { type: "Federated", identifiers: [filled`arn:${partition}:iam::${account}:oidc-provider/${issuer}`] },
    ],
    condition: [
      equals("aud", [audience]),
      equals("sub", one.holders.map(claims.subjectOf)),
      // AWS reads no claim for the owner's number: the subject has it.
      equals("repository_id", [claims.id]),
      ...(one.ref === null ? [] : [equals("ref", [one.ref])]),
      ...(one.jobWorkflow === null ? [] : [equals("job_workflow_ref", [one.jobWorkflow])]),
    ],
  };
}

/** Whoever plans reads what AWS calls reading; what applies may do what its user says, within its bounds. */
function attached({ partition, environment }: Home, { phase }: WantedIdentity): TerraformRecord {
  if (phase === "plan") return { policy_arn: `arn:${partition}:iam::aws:policy/ReadOnlyAccess` };
  return {
    for_each: expression(`var.${policiesVariable}[${quoted(environment)}]`),
    policy_arn: expression("each.value"),
  };
}

function variables(making: Making, apart: readonly string[]): TerraformRecord {
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

/** The credentials of another account are refused before anything is made with them. */
function providerFor(account: string): TerraformRecord {
  return {
    alias: accountBlock(account),
    allowed_account_ids: [account],
    profile: expression(`lookup(var.${profilesVariable}, ${quoted(account)}, null)`),
  };
}

function accountsOf(homes: readonly Home[]): readonly Home[] {
  return [...new Map(homes.map((home) => [home.in, home])).values()];
}

function accountBlock(account: string): string {
  return `account_${account}`;
}

/** A reference, which Terraform's JSON writes as a plain text. */
function providerOf(account: string): string {
  return `aws.${accountBlock(account)}`;
}

function documentOf(block: string) {
  return expression(`data.aws_iam_policy_document.${block}.json`);
}

function blockOf(making: Making, { environment, phase }: WantedIdentity): string {
  return `${making.blockOf(environment)}_${phase}`;
}
