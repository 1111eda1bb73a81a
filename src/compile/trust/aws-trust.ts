import { issuer } from "./main.ts";
import type { Home } from "./places.ts";
import { filled, type Terraform, type TerraformRecord } from "./terraform-json.ts";
import type { RepositoryClaims, WantedIdentity } from "./wanted.ts";

/** What aws-actions/configure-aws-credentials asks GitHub's token for. */
export const audience = "sts.amazonaws.com";

/**
 * Who may take on a role: the claims are compared whole, one by one, with all of them in the one statement, which holds when
 * each of them does, and never where one is missing.
 */
export function trustStatement(
  claims: RepositoryClaims,
  { in: account, partition }: Home,
  one: WantedIdentity,
): TerraformRecord {
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
