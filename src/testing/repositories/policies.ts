import { type Case, mainWith, subject } from "./files.ts";

const github = "token.actions.githubusercontent.com";
const policy = (rest: string) => `{ "Statement": [{ "Effect": "Allow", ${rest} }] }`;
const trust = (condition: string) =>
  policy(
    `"Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "$${"{provider}"}" }, "Condition": { ${condition} }`,
  );
const statement = (inside: string) => `data "aws_iam_policy_document" "x" {\n  statement {\n    ${inside}\n  }\n}\n`;
const federated = `actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }`;
const documentAsJson = (condition: readonly object[]) =>
  JSON.stringify({
    "//": "Who may act as the identity",
    data: {
      aws_iam_policy_document: {
        x: {
          statement: [
            {
              actions: ["sts:AssumeRoleWithWebIdentity"],
              principals: [{ type: "Federated", identifiers: [`$${"{aws_iam_openid_connect_provider.github.arn}"}`] }],
              condition,
            },
          ],
        },
      },
    },
  });
const pool = (condition: string) => `resource "google_iam_workload_identity_pool_provider" "github" {
${condition}  oidc {
    issuer_uri = "https://${github}"
  }
}
`;

export const policiesCases: readonly Case[] = [
  {
    name: "policies lie in the folder for them",
    broken: { "stacks/app/s3.json": '{ "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject" }] }' },
    said: ["stacks/app/s3.json:1:1 error policy-elsewhere"],
    kept: { "policies/app/s3.json": '{ "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject" }] }' },
  },
  {
    name: "policies are not written into the configuration",
    broken: mainWith('resource "aws_s3_bucket_policy" "b" {\n  policy = jsonencode({ Statement = [] })\n}\n'),
    said: ["stacks/app/main.tf:16:12 error policy-inline"],
    kept: mainWith('resource "aws_s3_bucket_policy" "b" {\n  policy = jsonencode({ other = [] })\n}\n'),
  },
  {
    name: "a policy can be read",
    broken: { "policies/s3.json": '{ "Statement": [{ "Effect": "Allow", }] }' },
    said: ["policies/s3.json:1:1 error policy-invalid"],
    kept: {
      "policies/s3.json":
        '{ "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "$' + '{arn}" }] }',
    },
  },
  {
    name: "no subject has a wildcard",
    broken: subject("repo:acme@47/infra@74:*", "StringLike"),
    said: ["policies/trust.json:2:46 error trust-wildcard"],
    kept: subject("repo:acme@47/infra@74:ref:refs/heads/main", "StringLike"),
  },
  {
    name: "no subject trusts pull requests with what applies, in a condition of a policy document",
    broken: mainWith(
      'data "aws_iam_policy_document" "apply" {\n  statement {\n    actions = ["sts:AssumeRoleWithWebIdentity"]\n    condition {\n      test = "StringEquals"\n      variable = "x:sub"\n      values = ["repo:acme@47/infra@74:environment:prod", "repo:acme@47/infra@74:pull_request"]\n    }\n  }\n}\n',
    ),
    said: ["stacks/app/main.tf:21:59 error trust-pull-request"],
    kept: mainWith(
      'data "aws_iam_policy_document" "plan" {\n  statement {\n    actions = ["sts:AssumeRoleWithWebIdentity"]\n    condition {\n      test = "StringEquals"\n      variable = "x:sub"\n      values = ["repo:acme@47/infra@74:environment:prod", "repo:acme@47/infra@74:pull_request"]\n    }\n  }\n}\n',
    ),
  },
  {
    name: "ForAllValues restricts nobody",
    broken: subject("repo:acme@47/infra@74:environment:prod", "ForAllValues:StringEquals"),
    said: ["policies/trust.json:2:46 error trust-for-all-values"],
    kept: subject("repo:acme@47/infra@74:environment:prod", "ForAnyValue:StringEquals"),
  },
  {
    name: "a whole repository is not trusted",
    broken: mainWith('locals {\n  member = "principalSet://iam/pools/p/attribute.repository/acme/infra"\n}\n'),
    said: ["stacks/app/main.tf:16:12 error trust-repository-wide"],
    kept: mainWith(
      'locals {\n  member = "principal://iam/pools/p/subject/repo:acme@47/infra@74:environment:prod"\n}\n',
    ),
  },
  {
    name: "policies are not written into the configuration as objects of a local value",
    broken: mainWith('locals {\n  policy = { Statement = [{ Effect = "Allow", Action = "s3:GetObject" }] }\n}\n'),
    said: ["stacks/app/main.tf:16:12 error policy-inline"],
    kept: mainWith('locals {\n  policy = { Statements = [{ Effect = "Allow", Action = "s3:GetObject" }] }\n}\n'),
  },
  {
    name: "policies are not written into the configuration as texts",
    broken: mainWith(
      'resource "aws_iam_policy" "p" {\n  policy = "{\\"Statement\\": [{\\"Effect\\": \\"Allow\\", \\"Action\\": \\"s3:GetObject\\"}]}"\n}\n',
    ),
    said: ["stacks/app/main.tf:16:12 error policy-inline"],
    kept: mainWith('resource "aws_iam_policy" "p" {\n  policy = file("../../policies/trust.json")\n}\n'),
  },
  {
    name: "a repository without a folder for policies is told once",
    broken: {
      "policies/trust.json": "gone",
      "docs/link.md": "-> ../plangate.yaml",
      "stacks/app/a.json": policy('"Action": "s3:GetObject"'),
      "stacks/app/b.json": policy('"Action": "s3:PutObject"'),
    },
    said: ["stacks/app/a.json:1:1 warning policy-inline"],
    kept: { "policies/trust.json": "gone", "docs/link.md": "-> ../plangate.yaml" },
  },
  {
    name: "whatever lies among the policies can be read",
    broken: { "policies/data.json": "{ nothing" },
    said: ["policies/data.json:1:1 error policy-invalid"],
    kept: { "policies/data.json": '{ "allowed": [] }', "policies/readme.md": "{ nothing" },
  },
  {
    name: "a template of a policy can be read once it is filled in",
    broken: { "policies/t.json.tftpl": policy('"Action": "s3:GetObject", "Resource": $' + "{jsonencode(arns)") },
    said: ["policies/t.json.tftpl:1:1 error policy-invalid"],
    kept: { "policies/t.json.tftpl": policy('"Action": "s3:GetObject", "Resource": $' + "{jsonencode(arns)}") },
  },
  {
    name: "what a policy will be is told by its text",
    broken: { "policies/t.json.tftpl": policy('"Action": [%{ for a in actions }"$' + '{a}",%{ endfor }"s3:x"]') },
    said: ["policies/t.json.tftpl:1:1 warning policy-computed"],
    kept: { "policies/t.json.tftpl": policy('"Action": ["$' + '{a}","s3:x"]') },
  },
  {
    name: "a policy is one that the cloud takes",
    broken: { "policies/p.json": '{ "Statement": [\n{ "Effect": "Permit", "Action": "s3:GetObject" }] }' },
    said: ["policies/p.json:2:3 error policy-invalid"],
    kept: { "policies/p.json": '{ "Statement": [\n{ "Effect": "Deny", "Action": "s3:GetObject" }] }' },
  },
  {
    name: "a statement has no key that nobody reads",
    broken: { "policies/p.json": policy('"Action": "s3:GetObject", "Resourse": "*"') },
    said: ["policies/p.json:1:19 error policy-invalid"],
    kept: { "policies/p.json": policy('"Action": "s3:GetObject", "Resource": "*"') },
  },
  {
    name: "no policy allows everything on everything",
    broken: { "policies/p.json": policy('"Action": "*", "Resource": ["*"]') },
    said: ["policies/p.json:1:19 error policy-allows-everything"],
    kept: { "policies/p.json": policy('"Action": "*", "Resource": ["arn:aws:s3:::acme"]') },
  },
  {
    name: "no policy in the language of the configuration allows everything either",
    broken: mainWith(statement('actions = ["*"]\n    resources = ["*"]')),
    said: ["stacks/app/main.tf:16:3 error policy-allows-everything"],
    kept: mainWith(statement('actions = ["*"]\n    resources = ["*"]\n    effect = "Deny"')),
  },
  {
    name: "no policy lets its holder give themselves more",
    broken: { "policies/p.json": policy('"Action": "iam:PassRole", "Resource": "*"') },
    said: ["policies/p.json:1:19 warning policy-escalates"],
    kept: { "policies/p.json": policy('"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/app"') },
  },
  {
    name: "no policy is for the whole world",
    broken: { "policies/p.json": policy('"Action": "s3:GetObject", "Principal": "*"') },
    said: ["policies/p.json:1:19 warning policy-public"],
    kept: { "policies/p.json": policy('"Action": "s3:GetObject", "Principal": { "Service": "x.amazonaws.com" }') },
  },
  {
    name: "no policy allows all but some",
    broken: { "policies/p.json": policy('"NotAction": "iam:*", "Resource": "*"') },
    said: ["policies/p.json:1:19 warning policy-allows-everything"],
    kept: { "policies/p.json": policy('"NotAction": "iam:*", "Resource": "*"').replace("Allow", "Deny") },
  },
  {
    name: "every subject of a list is judged, and not the first one only",
    broken: subject('repo:acme@47/infra@74:environment:prod", "repo:acme/*', "ForAnyValue:StringLike", ["[", "]"]),
    said: ["policies/trust.json:2:89 error trust-wildcard"],
    kept: subject('repo:acme@47/infra@74:environment:prod", "repo:acme@47/web@75:environment:prod', "StringLike", [
      "[",
      "]",
    ]),
  },
  {
    name: "a comparison that holds without the claim restricts nobody",
    broken: subject("repo:acme@47/infra@74:environment:prod", "StringEqualsIfExists"),
    said: ["policies/trust.json:2:46 error trust-if-exists"],
    kept: subject("repo:acme@47/infra@74:environment:prod", "StringEqualsIgnoreCase"),
  },
  {
    name: "a subject is compared, and not the audience only",
    broken: { "policies/t.json": trust(`"StringEquals": { "${github}:aud": "sts.amazonaws.com" }`) },
    said: ["policies/t.json:1:19 error trust-subject-missing"],
    kept: {
      "policies/t.json": trust(
        `"StringEquals": { "${github}:aud": "sts.amazonaws.com", "${github}:sub": "repo:acme@47/infra@74:environment:prod" }`,
      ),
    },
  },
  {
    name: "a subject is named, and not only who is left out",
    broken: { "policies/t.json": trust(`"StringNotLike": { "${github}:sub": "repo:evil/*" }`) },
    said: ["policies/t.json:1:19 error trust-subject-missing"],
    kept: { "policies/t.json": trust(`"StringNotLike": { "${github}:sub": "repo:evil/*" }`).replace("Allow", "Deny") },
  },
  {
    name: "a subject is compared in a policy document of the configuration too",
    broken: mainWith(statement(federated)),
    said: ["stacks/app/main.tf:16:3 error trust-subject-missing"],
    kept: mainWith(
      statement(
        `${federated}\n    condition {\n      test = "StringEquals"\n      variable = "${github}:sub"\n      values = ["repo:acme@47/infra@74:environment:prod"]\n    }`,
      ),
    ),
  },
  {
    name: "a subject is compared in a policy document that is written as JSON too",
    broken: { "stacks/app/trust.tf.json": documentAsJson([]) },
    said: ["stacks/app/trust.tf.json:1:1 error trust-subject-missing"],
    kept: {
      "stacks/app/trust.tf.json": documentAsJson([
        { test: "StringEquals", variable: `${github}:sub`, values: ["repo:acme@47/infra@74:environment:prod"] },
      ]),
    },
  },
  {
    name: "nobody is trusted for no reason at all",
    broken: { "policies/t.json": policy('"Action": "sts:AssumeRole", "Principal": { "AWS": "*" }') },
    said: ["policies/t.json:1:19 error trust-anybody"],
    kept: {
      "policies/t.json": policy(
        '"Action": "sts:AssumeRole", "Principal": { "AWS": "*" }, "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } }',
      ),
    },
  },
  {
    name: "not even a provider is trusted as any",
    broken: {
      "policies/t.json": policy('"Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "*" }'),
    },
    said: ["policies/t.json:1:19 error trust-anybody"],
    kept: {
      "policies/t.json": policy(
        '"Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "cognito-identity.amazonaws.com" }',
      ),
    },
  },
  {
    name: "pull requests act as nothing that applies",
    broken: {
      "policies/deploy-role.json": trust(`"StringEquals": { "${github}:sub": "repo:acme@47/infra@74:pull_request" }`),
    },
    said: ["policies/deploy-role.json:1:202 error trust-pull-request"],
    kept: {
      "policies/plan-role.json": trust(`"StringEquals": { "${github}:sub": "repo:acme@47/infra@74:pull_request" }`),
    },
  },
  {
    name: "no claim that many share is trusted",
    broken: mainWith('locals {\n  member = "principalSet://iam/pools/p/attribute.repository_owner_id/42"\n}\n'),
    said: ["stacks/app/main.tf:16:12 error trust-repository-wide"],
    kept: mainWith('locals {\n  member = "principalSet://iam/pools/p/attribute.repo_environment/acme-infra-prod"\n}\n'),
  },
  {
    name: "a repository is trusted by its numbers, and not by a name that others can come to have",
    broken: subject("repo:acme/infra:environment:prod", "StringEquals"),
    said: ["policies/trust.json:2:46 warning trust-by-name"],
    kept: subject("repo:acme@47/infra@74:environment:prod", "StringEquals"),
  },
  {
    name: "a repository is not trusted by its number alone",
    broken: { "policies/t.json": trust(`"StringEquals": { "${github}:repository_id": "815" }`) },
    said: ["policies/t.json:1:19 error trust-repository-wide"],
    kept: {
      "policies/t.json": trust(
        `"StringEquals": { "${github}:repository_id": "815", "${github}:ref": "refs/heads/main" }`,
      ),
    },
  },
  {
    name: "nobody is trusted by what anybody can call theirs",
    broken: mainWith(
      statement(
        `${federated}\n    condition {\n      test = "StringEquals"\n      variable = "${github}:job_workflow_ref"\n      values = ["acme/infra/.github/workflows/apply.yml@refs/heads/main"]\n    }`,
      ),
    ),
    said: ["stacks/app/main.tf:16:3 error trust-other-repository"],
    kept: mainWith(
      statement(
        `${federated}\n    condition {\n      test = "StringEquals"\n      variable = "${github}:job_workflow_ref"\n      values = ["acme/infra/.github/workflows/apply.yml@refs/heads/main"]\n    }\n    condition {\n      test = "StringEquals"\n      variable = "${github}:repository_id"\n      values = ["815"]\n    }`,
      ),
    ),
  },
  {
    name: "an owner's other repositories are not trusted, in a policy that is written into the configuration",
    broken: {
      "stacks/app/role.tf.json": JSON.stringify({
        data: {
          aws_iam_policy_document: {
            x: {
              statement: {
                actions: ["sts:AssumeRoleWithWebIdentity"],
                principals: {
                  type: "Federated",
                  identifiers: ["arn:aws:iam::111111111111:oidc-provider/x.example.org"],
                },
                condition: { test: "StringLike", variable: "x.example.org:repository", values: ["acme/*"] },
              },
            },
          },
        },
      }),
    },
    said: ["stacks/app/role.tf.json:1:1 error trust-other-repository"],
    kept: {
      "stacks/app/role.tf.json": documentAsJson([
        { test: "StringEquals", variable: `${github}:sub`, values: ["repo:acme@47/infra@74:environment:prod"] },
      ]),
    },
  },
  {
    name: "a pool's condition tells one repository from another",
    broken: mainWith(pool("  attribute_condition = \"assertion.ref == 'refs/heads/main'\"\n")),
    said: ["stacks/app/main.tf:15:1 error trust-condition-missing"],
    kept: mainWith(
      pool("  attribute_condition = \"assertion.repository_owner_id == '1' && assertion.ref == 'refs/heads/main'\"\n"),
    ),
  },
  {
    name: "a pool does not take the tokens of every repository",
    broken: mainWith(pool("")),
    said: ["stacks/app/main.tf:15:1 error trust-condition-missing"],
    kept: mainWith(pool("  attribute_condition = \"assertion.repository_id == '1'\"\n")),
  },
  {
    name: "no pattern of subjects is taken for an application",
    broken: mainWith(
      'resource "azuread_application_flexible_federated_identity_credential" "a" {\n  claims_matching_expression = "claims[\'sub\'] matches \'repo:acme/*\'"\n}\n',
    ),
    said: ["stacks/app/main.tf:16:32 error trust-wildcard"],
    kept: mainWith(
      'resource "azuread_application_flexible_federated_identity_credential" "a" {\n  claims_matching_expression = "claims[\'sub\'] eq \'repo:acme@47/infra@74:environment:prod\'"\n}\n',
    ),
  },
];
