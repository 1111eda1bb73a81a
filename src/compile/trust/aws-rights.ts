import { type BundlesIn, objectsOfBundles, partitionOf } from "./bundles.ts";
import type { Home, Making } from "./places.ts";
import { askedFor, bucketOf, locksOf, type StatePlace } from "./states.ts";
import { statesOfOthers } from "./states-of-others.ts";
import {
  codeOf,
  evaluated,
  expression,
  filled,
  quoted,
  type Template,
  type TerraformRecord,
} from "./terraform-json.ts";
import type { Phase } from "./wanted.ts";

/** What roles of plangate have in common in their ARN, so that a policy can speak of all of them. */
export const rolePath = "/plangate/";

/** The statements of an identity's own policy: what it may with states, and what no other policy can give it. */
export function statementsFor(home: Home, phase: Phase, { homes, bundles }: Making): readonly TerraformRecord[] {
  const others = homes.filter(({ environment }) => environment !== home.environment);
  const foreign = statesOfOthers(others, [...home.states, ...objectsOfBundles(bundles)]);
  return [
    ...stateStatements(home, phase),
    ...(foreign.length === 0 ? [] : [deny("NoStateOfAnotherEnvironment", ["s3:*Object*"], { resources: foreign })]),
    ...(phase === "apply" ? bucketStatements(others, bundles) : []),
    ...(bundles?.kind === "s3" ? bundleStatements(bundles, phase) : []),
    ...denials[phase](home),
  ];
}

const denials: Readonly<Record<Phase, (home: Home) => readonly TerraformRecord[]>> = {
  plan: planDenials,
  apply: applyDenials,
  bundles: () => [deny("NoOtherIdentity", assuming, { resources: ["*"] })],
};

/**
 * Whoever may do with a bucket what he likes gets at all that is in it: by a policy or a copy of it, or by having it expire.
 * A bucket that is one's own alone may be one of one's stacks.
 */
function bucketStatements(others: readonly Home[], bundles: Making["bundles"]): readonly TerraformRecord[] {
  const buckets = [
    ...others.flatMap(({ states, environment, partition }) =>
      states.map((place) => filled`arn:${partition}:s3:::${bucketOf(place, environment, "aws")}`),
    ),
    ...(bundles?.kind === "s3" ? [filled`arn:${partitionOf(bundles)}:s3:::${bundles.bucket}`] : []),
  ];
  if (buckets.length === 0) return [];
  const each = [...new Map(buckets.map((one) => [evaluated(one, String), one])).values()];
  return [deny("NoHandOnBuckets", [], { not_actions: ["s3:Get*", "s3:List*"], resources: each })];
}

/** Who keeps bundles creates them and replaces none, who applies reads them, and who plans does neither, whatever else they may. */
function bundleStatements(bundles: BundlesIn<"s3">, phase: Phase): readonly TerraformRecord[] {
  const bucket = `arn:${partitionOf(bundles)}:s3:::${bundles.bucket}`;
  const objects = `${bucket}/${bundles.prefix}*`;
  if (phase === "plan") return [deny("NoBundles", ["s3:*Object*"], { resources: [objects] })];
  // A bundle that is not there is told from one that may not be read by whoever may list the bucket.
  const read = [allow("FindBundles", ["s3:ListBucket"], [bucket]), allow("ReadBundles", ["s3:GetObject"], [objects])];
  if (phase === "apply")
    return [...read, deny("BundlesStayAsTheyAre", [], { not_actions: ["s3:Get*", "s3:List*"], resources: [objects] })];
  return [
    ...read,
    {
      ...allow("CreateBundles", ["s3:PutObject"], [objects]),
      // Only a request that writes where nothing is says this.
      condition: [{ test: "Null", variable: "s3:if-none-match", values: ["false"] }],
    },
  ];
}

/** To plan is to read the state, under its lock. */
function stateStatements(home: Home, phase: Phase): readonly TerraformRecord[] {
  const { states, environment, partition } = home;
  if (states.length === 0) return [];
  const plans = phase === "plan";
  const buckets = states.map((place) => bucketOf(place, environment, "aws"));
  return [
    allow(
      "FindState",
      ["s3:ListBucket"],
      buckets.map((bucket) => filled`arn:${partition}:s3:::${bucket}`),
    ),
    allow(
      plans ? "ReadState" : "WriteState",
      plans ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"],
      states.map((place) => objectsOf(home, place)),
    ),
    allow(
      "LockState",
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      states.map((place) => locks(home, place)),
    ),
    allow("OpenState", ["kms:Decrypt", "kms:GenerateDataKey"], [stateKey(home)]),
  ];
}

/**
 * Planning runs the change's code, and what AWS calls reading shows more than a plan needs: secrets, data, and other
 * identities. Parameters that AWS itself publishes are no secrets.
 */
function planDenials(home: Home): readonly TerraformRecord[] {
  const { partition, states } = home;
  const own = states.flatMap((place) => [objectsOf(home, place), locks(home, place)]);
  return [
    deny("NoSecrets", secretReads, { resources: ["*"] }),
    deny("NoParameters", ["ssm:GetParameter*"], { not_resources: [`arn:${partition}:ssm:*::parameter/aws/*`] }),
    deny("NoObjectsButState", ["s3:GetObject", "s3:GetObjectVersion"], {
      ...(own.length === 0 ? { resources: ["*"] } : { not_resources: own }),
    }),
    deny("NoKeysButThatOfState", ["kms:Decrypt"], { not_resources: [stateKey(home)] }),
    deny("NoOtherIdentity", assuming, { resources: ["*"] }),
  ];
}

const secretReads = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:BatchGetSecretValue",
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ec2:GetConsoleOutput",
  "ec2:GetConsoleScreenshot",
  "ec2:GetPasswordData",
  "ecr:GetAuthorizationToken",
  "kinesis:GetRecords",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetQueryResults",
  "logs:StartQuery",
  "sqs:ReceiveMessage",
];

const assuming = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:GetFederationToken",
];

/** What makes its holder somebody else, or takes the bounds away: never, whatever the policies that it is given say. */
function applyDenials({ in: account, partition, environment }: Home): readonly TerraformRecord[] {
  const boundary = boundaryOf(environment);
  return [
    deny("NoHandOnIdentities", [], {
      // Reading them does no harm, and anything else would.
      not_actions: ["iam:Get*", "iam:List*"],
      resources: [
        `arn:${partition}:iam::${account}:role${rolePath}*`,
        `arn:${partition}:iam::${account}:oidc-provider/*`,
        boundary,
      ],
    }),
    deny("NoWayPastTheBoundary", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"], {
      resources: ["*"],
    }),
    deny("NobodyWithoutTheBoundary", granting, {
      resources: ["*"],
      // Holds where none is given, too.
      condition: [{ test: "StringNotEquals", variable: "iam:PermissionsBoundary", values: [boundary] }],
    }),
  ];
}

/** What makes somebody, or gives somebody rights: AWS tells of each which boundary it is under. */
const granting = [
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateRole",
  "iam:CreateUser",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
];

export const boundariesVariable = "aws_permissions_boundaries";

export function boundaryOf(environment: string) {
  return expression(`var.${boundariesVariable}[${quoted(environment)}]`);
}

/** The key that the bucket encrypts with, where that is one of the user's own; else an ARN that no key has. */
function stateKey({ environment, partition, in: account }: Home) {
  const asked = codeOf(askedFor("kms_key_arn", environment, "aws"));
  return expression(`coalesce(try(${asked}, null), ${quoted(`arn:${partition}:kms:*:${account}:key/none`)})`);
}

function objectsOf({ environment, partition }: Home, place: StatePlace): Template {
  const bucket = bucketOf(place, environment, "aws");
  return place.objects === null
    ? filled`arn:${partition}:s3:::${bucket}/${askedFor("prefix", environment, "aws")}*`
    : filled`arn:${partition}:s3:::${bucket}/${place.objects}`;
}

function locks(home: Home, place: StatePlace): Template {
  return filled`${objectsOf(home, place)}${locksOf("")}`;
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly TerraformRecord[string][],
): TerraformRecord {
  return { sid, effect: "Allow", actions, resources };
}

function deny(sid: string, actions: readonly string[], rest: TerraformRecord): TerraformRecord {
  return { sid, effect: "Deny", ...(actions.length === 0 ? {} : { actions }), ...rest };
}
