import { describe, expect, it } from "vitest";
import { judged, type Request } from "../../../test/cloud/policy-evaluation.ts";
import { compiledTrust, trusting } from "../../../test/compile/trust-documents.ts";
import { policyText } from "./policy-text.ts";
import { awsTakes } from "./takes.ts";
import type { TerraformRecord } from "./terraform-json.ts";

/** Two environments of one account and one bucket, as bad as it may be: what applies has all rights by other policies. */

const flow = trusting("trunk-stored-plan", (written) => {
  for (const entry of written.stacks) entry.backend = ["bucket=states", "key={environment}/{instance}{stack}.tfstate"];
  for (const one of Object.values(written.environments)) one.identity = { aws: { account: "111111111111" } };
  written.bundles = { s3: { bucket: "plans", region: "eu-central-1", prefix: "p/", account: "111111111111" } };
});
const statements = compiledTrust(flow).aws?.data.aws_iam_policy_document ?? {};
const here = (what: string) => `arn:aws:iam::111111111111:${what}`;
const bounds = here("policy/bounds");
const key = "arn:aws:kms:eu-west-1:111111111111:key/1";

/** The policy of an identity, with one boundary and one key for all. */
function own(block: string): string {
  const text = JSON.stringify(statements[`${block}_rights`]?.statement)
    .replaceAll(/\$\{var\.aws_permissions_boundaries[^}]*\}/g, bounds)
    .replaceAll(/\$\{coalesce[^}]*\}/g, key);
  return policyText(JSON.parse(text) as readonly TerraformRecord[], String);
}

const allowing = (...Action: readonly string[]) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const everything = allowing("*");
/** A part of what AWS calls ReadOnlyAccess, which has no right to secrets and keys anyway. */
const reading = allowing("s3:Get*", "s3:List*", "ssm:Get*", "ec2:Describe*", "dynamodb:Get*", "sts:Get*", "iam:Get*");

type Row = readonly [action: string, resource: string, expected: string, keys?: Request["keys"]];
const object = (name: string) => `arn:aws:s3:::states/${name}`;
const judge = (policies: readonly string[], rows: readonly Row[]) =>
  rows.map(([action, resource, , keys = {}]) => [action, resource, judged(policies, { action, resource, keys })]);
const expected = (rows: readonly Row[]) => rows.map(([action, resource, as]) => [action, resource, as]);

describe("what AWS lets an identity do", () => {
  it("is what applies to test, and nothing of prod's, whatever other policies it has", () => {
    const others = "denied by NoStateOfAnotherEnvironment";
    const identities = "denied by NoHandOnIdentities";
    const boundary = "denied by NobodyWithoutTheBoundary";
    const under = { "iam:PermissionsBoundary": bounds };
    const rows: readonly Row[] = [
      ["s3:GetObject", object("test/app.tfstate"), "allowed"],
      ["s3:PutObject", object("test/app.tfstate"), "allowed"],
      ["s3:DeleteObject", object("test/app.tfstate.tflock"), "allowed"],
      ["s3:GetObject", object("prod/app.tfstate"), others],
      ["s3:GetObjectVersion", object("prod/app.tfstate"), others],
      ["s3:PutObject", object("prod/app.tfstate"), others],
      ["s3:DeleteObjectVersion", object("prod/app.tfstate"), others],
      ["s3:PutObject", object("prod/app.tfstate.tflock"), others],
      ["s3:DeleteObject", object("prod/app.tfstate.tflock"), others],
      ["s3:GetObject", object("ephemeral/12/app.tfstate"), others],
      ["s3:GetBucketObjectLockConfiguration", "arn:aws:s3:::states", "allowed"],
      ["s3:ListBucketVersions", "arn:aws:s3:::states", "allowed"],
      ["s3:PutLifecycleConfiguration", "arn:aws:s3:::states", "denied by NoHandOnBuckets"],
      ["s3:PutBucketPolicy", "arn:aws:s3:::states", "denied by NoHandOnBuckets"],
      ["s3:PutReplicationConfiguration", "arn:aws:s3:::states", "denied by NoHandOnBuckets"],
      ["s3:PutBucketPolicy", "arn:aws:s3:::plans", "denied by NoHandOnBuckets"],
      ["s3:PutBucketPolicy", "arn:aws:s3:::data", "allowed"],
      ["s3:PutObject", "arn:aws:s3:::data/x", "allowed"],
      ["sts:AssumeRole", here("role/plangate/delivery-prod-apply"), identities],
      ["sts:AssumeRole", here("role/plangate/delivery-test-plan"), identities],
      ["iam:PassRole", here("role/plangate/delivery-prod-apply"), identities],
      ["iam:UpdateAssumeRolePolicy", here("role/plangate/delivery-prod-apply"), identities],
      ["iam:DeleteRole", here("role/plangate/delivery-test-apply"), identities],
      ["iam:GetRole", here("role/plangate/delivery-prod-apply"), "allowed"],
      ["iam:AddClientIDToOpenIDConnectProvider", here("oidc-provider/token.example.org"), identities],
      ["iam:CreatePolicyVersion", bounds, identities],
      ["iam:SetDefaultPolicyVersion", bounds, identities],
      ["iam:DeleteRolePermissionsBoundary", here("role/app"), "denied by NoWayPastTheBoundary", under],
      ["iam:CreateRole", here("role/app"), boundary],
      ["iam:CreateRole", here("role/app"), boundary, { "iam:PermissionsBoundary": here("policy/wider") }],
      ["iam:CreateRole", here("role/app"), "allowed", under],
      ["iam:PutRolePermissionsBoundary", here("role/app"), "allowed", under],
      // A role that was there before, and has all rights or comes to have them.
      ["iam:AttachRolePolicy", here("role/admin"), boundary],
      ["iam:PutRolePolicy", here("role/admin"), boundary],
      ["iam:PutUserPolicy", here("user/ann"), boundary],
      ["iam:AttachRolePolicy", here("role/app"), "allowed", under],
      ["s3:GetObject", "arn:aws:s3:::plans/p/1/manifest.json", "allowed"],
      ["s3:PutObject", "arn:aws:s3:::plans/p/1/manifest.json", "denied by BundlesStayAsTheyAre"],
      ["s3:DeleteObject", "arn:aws:s3:::plans/p/1/manifest.json", "denied by BundlesStayAsTheyAre"],
    ];
    expect(judge([own("env_test_apply"), everything], rows)).toEqual(expected(rows));
  });

  it("is to look, for what plans, with its own state and its lock", () => {
    const rows: readonly Row[] = [
      ["s3:ListBucket", "arn:aws:s3:::states", "allowed"],
      ["s3:GetObject", object("test/app.tfstate"), "allowed"],
      ["s3:PutObject", object("test/app.tfstate"), "not allowed"],
      ["s3:PutObject", object("test/app.tfstate.tflock"), "allowed"],
      ["s3:DeleteObject", object("test/app.tfstate.tflock"), "allowed"],
      ["s3:DeleteObject", object("test/app.tfstate"), "not allowed"],
      ["s3:GetObject", object("prod/app.tfstate"), "denied by NoStateOfAnotherEnvironment"],
      ["s3:DeleteObject", object("prod/app.tfstate.tflock"), "denied by NoStateOfAnotherEnvironment"],
      ["s3:GetObject", "arn:aws:s3:::data/customers.csv", "denied by NoObjectsButState"],
      ["s3:GetObject", "arn:aws:s3:::plans/p/1/manifest.json", "denied by NoBundles"],
      ["kms:Decrypt", key, "allowed"],
      ["kms:Decrypt", `${key}2`, "denied by NoKeysButThatOfState"],
      ["ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/ami", "allowed"],
      ["ssm:GetParametersByPath", "arn:aws:ssm:eu-west-1:111111111111:parameter/db", "denied by NoParameters"],
      ["dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/t", "denied by NoSecrets"],
      ["sts:AssumeRole", here("role/anybody"), "denied by NoOtherIdentity"],
      ["sts:GetCallerIdentity", "*", "allowed"],
      ["ec2:DescribeInstances", "*", "allowed"],
      ["ec2:RunInstances", "*", "not allowed"],
    ];
    expect(judge([own("env_test_plan"), reading], rows)).toEqual(expected(rows));
  });

  it("is to make bundles where none is, for what keeps them, and nothing else", () => {
    const rows: readonly Row[] = [
      ["s3:PutObject", "arn:aws:s3:::plans/p/1/manifest.json", "allowed", { "s3:if-none-match": "*" }],
      ["s3:PutObject", "arn:aws:s3:::plans/p/1/manifest.json", "not allowed"],
      ["s3:PutObject", "arn:aws:s3:::plans/q/1", "not allowed", { "s3:if-none-match": "*" }],
      ["s3:GetObject", "arn:aws:s3:::plans/p/1/manifest.json", "allowed"],
      ["s3:DeleteObject", "arn:aws:s3:::plans/p/1/manifest.json", "not allowed"],
      ["s3:GetObject", object("test/app.tfstate"), "denied by NoStateOfAnotherEnvironment"],
      ["sts:AssumeRole", here("role/plangate/delivery-prod-apply"), "denied by NoOtherIdentity"],
    ];
    expect(judge([own("env_plangate_bundles")], rows)).toEqual(expected(rows));
  });

  it("leaves room in its policy", () => {
    for (const block of Object.keys(statements).filter((name) => name.endsWith("_rights")))
      expect(own(block.replace(/_rights$/, "")).length).toBeLessThan(awsTakes.rights / 3);
  });
});
