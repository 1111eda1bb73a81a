import { jobMinutes } from "../names.ts";
import { boundaryOf, rolePath, statementsFor } from "./aws-rights.ts";
import { audience, trustStatement } from "./aws-trust.ts";
import { awsVariables, policiesVariable, profilesVariable, quotasVariable, trustingVariable } from "./aws-variables.ts";
import { issuer } from "./main.ts";
import { blockOf, roleName, saidOf } from "./naming.ts";
import type { Home, Making } from "./places.ts";
import { awsTakes } from "./takes.ts";
import { codeOf, expression, filled, quoted, type TerraformRecord } from "./terraform-json.ts";
import type { WantedIdentity } from "./wanted.ts";

/**
 * The identities in AWS: a role for each, in the account of its environment, which exactly the jobs may become that hold
 * it. `apart` are conditions under which no environment reaches the states of another.
 */
export function awsFile(making: Making, apart: readonly string[]): TerraformRecord {
  const { homes } = making;
  const identities = homes.flatMap((home) => home.identities.map((one) => ({ home, one })));
  return {
    provider: { aws: accountsOf(homes).map(({ in: account }) => providerFor(account)) },
    variable: awsVariables(making, apart),
    check: { aws_claims: { assert: [claimsHandedOn] } },
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
      aws_iam_role: Object.fromEntries(identities.map(({ home, one }) => [blockOf(one), role(making, home, one)])),
      aws_iam_role_policy: Object.fromEntries(
        identities.map(({ home, one }) => [
          blockOf(one),
          {
            provider: providerOf(home.in),
            name: "plangate",
            role: expression(`aws_iam_role.${blockOf(one)}.name`),
            policy: documentOf(`${blockOf(one)}_rights`),
            lifecycle: { precondition: [rightsFit(one)] },
          },
        ]),
      ),
      aws_iam_role_policy_attachment: Object.fromEntries(
        identities.flatMap(({ home, one }) =>
          one.phase === "bundles"
            ? []
            : [
                [
                  blockOf(one),
                  {
                    provider: providerOf(home.in),
                    role: expression(`aws_iam_role.${blockOf(one)}.name`),
                    ...attached(home, one),
                  },
                ],
              ],
        ),
      ),
    },
    data: {
      aws_partition: Object.fromEntries(
        accountsOf(homes).map(({ in: account }) => [accountBlock(account), { provider: providerOf(account) }]),
      ),
      aws_iam_policy_document: Object.fromEntries(
        identities.flatMap(({ home, one }) => [
          [
            `${blockOf(one)}_trust`,
            { provider: providerOf(home.in), statement: [trustStatement(making.claims, home, one)] },
          ],
          [
            `${blockOf(one)}_rights`,
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
            one.holders.map((holder) => [holder, expression(`aws_iam_role.${blockOf(one)}.arn`)]),
          ),
        ),
      },
    },
  };
}

function role(making: Making, home: Home, one: WantedIdentity): TerraformRecord {
  const { in: account, environment } = home;
  return {
    provider: providerOf(account),
    name: roleName(making.repository, one),
    path: rolePath,
    description: saidOf(one, making.claims.fullName),
    assume_role_policy: documentOf(`${blockOf(one)}_trust`),
    max_session_duration: jobMinutes[one.phase] * 60,
    ...(one.phase === "apply" ? { permissions_boundary: boundaryOf(environment) } : {}),
    depends_on: [`aws_iam_openid_connect_provider.${accountBlock(account)}`],
    lifecycle: {
      precondition: [partitionIs(home), trustFits(one), ...(one.phase === "apply" ? [policiesFit(environment)] : [])],
    },
  };
}

/** What has to hold before anything is made, with what to do where it does not. */
function required(condition: string, message: string): TerraformRecord {
  return { condition: expression(condition), error_message: message };
}

function partitionIs({ in: account, partition }: Home): TerraformRecord {
  return required(
    `data.aws_partition.${accountBlock(account)}.partition == ${quoted(partition)}`,
    `The flow has account ${account} in the partition ${partition}, and it is asked in a region of another one. In the flow, identity.aws.role tells the partition.`,
  );
}

function trustFits(one: WantedIdentity): TerraformRecord {
  return required(
    `length(${minifiedOf(`${blockOf(one)}_trust`)}) <= var.${quotasVariable}.role_trust_policy_length`,
    `The trust of ${blockOf(one)} is longer than AWS takes. Give gates and the repository shorter names, or ask AWS for more ("Role trust policy length") and say in ${quotasVariable} how much the account got.`,
  );
}

function policiesFit(environment: string): TerraformRecord {
  return required(
    `length(var.${policiesVariable}[${quoted(environment)}]) <= var.${quotasVariable}.managed_policies_per_role`,
    `AWS takes fewer policies on one role than ${policiesVariable} has for ${environment}. Put several into one, or ask AWS for more and say in ${quotasVariable} how many the account got.`,
  );
}

function rightsFit(one: WantedIdentity): TerraformRecord {
  return required(
    `length(${minifiedOf(`${blockOf(one)}_rights`)}) <= ${awsTakes.rights}`,
    `The policy of ${blockOf(one)} is longer than the ${awsTakes.rights} characters that AWS takes. Give buckets, prefixes and entries of stacks that tell where states lie in fewer words.`,
  );
}

/** Said, and nothing more: AWS may come to hand on more. */
const claimsHandedOn: TerraformRecord = {
  condition: expression(`${codeOf(issuer)} == "token.actions.githubusercontent.com"`),
  error_message:
    "AWS says of tokens of github.com alone that conditions are given repository_id, ref and job_workflow_ref. If it gives them none of this issuer's, nobody can take on these roles.",
};

/** Whoever plans reads what AWS calls reading; what applies may do what its user says, within its bounds. */
function attached({ partition, environment }: Home, { phase }: WantedIdentity): TerraformRecord {
  if (phase === "plan") return { policy_arn: `arn:${partition}:iam::aws:policy/ReadOnlyAccess` };
  return {
    for_each: expression(`var.${policiesVariable}[${quoted(environment)}]`),
    policy_arn: expression("each.value"),
  };
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

/** As AWS measures it. */
function minifiedOf(block: string): string {
  return `data.aws_iam_policy_document.${block}.minified_json`;
}
