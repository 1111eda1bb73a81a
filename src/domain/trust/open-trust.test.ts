import { describe, expect, it } from "vitest";
import { openTrustOf } from "./open-trust.ts";

const host = "token.example.org";
const repository = { issuer: `https://${host}`, owner: "acme", name: "infra", ownerId: "47", id: "74" };
const arn = "arn:aws:iam::123456789012:role/apply";
const ours = "repo:acme/infra:environment:apply-here";

const role = (condition: unknown) => ({
  roles: [
    {
      arn,
      trust: {
        Statement: {
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` },
          Condition: condition,
        },
      },
    },
  ],
  providers: [],
  accounts: [],
});
const sub = (operator: string, ...values: readonly string[]) => ({ [operator]: { [`${host}:sub`]: values } });
const who = (condition: unknown) =>
  openTrustOf(role(condition), repository).map((one) => `${one.who}${one.certain ? "" : "?"}`);
const everybody = [
  "any repository at all",
  "any repository of the owner",
  "a repository that is made anew by the same name",
  "any pull request",
  "any branch",
  "any tag",
  "an environment that nobody made",
  "a token that claims nothing",
];

describe("openTrustOf", () => {
  it.each<[string, unknown, readonly string[]]>([
    ["an exact subject", sub("StringEquals", ours), []],
    ["one with numbers", sub("StringEquals", "repo:acme@47/infra@74:environment:apply-here"), []],
    ["no subject", { StringEquals: { [`${host}:aud`]: "sts.amazonaws.com" } }, everybody],
    ["a repository by its number", { StringEquals: { [`${host}:repository_id`]: "74" } }, everybody.slice(3, 7)],
    ["a repository by its name", { StringEquals: { [`${host}:repository`]: "acme/infra" } }, everybody.slice(2, 7)],
    ["an environment of everybody's", { StringEquals: { [`${host}:environment`]: "prod" } }, everybody.slice(0, 3)],
    ["its pull requests", sub("StringEquals", ours, "repo:acme/infra:pull_request"), ["any pull request"]],
    [
      "every branch",
      sub("StringLike", "repo:acme/infra:ref:refs/heads/*"),
      ["any branch", "whoever has a subject like repo:acme/infra:ref:refs/heads/*"],
    ],
    [
      "every environment",
      sub("StringLike", "repo:acme/infra:environment:*"),
      [everybody[2] ?? "", everybody[6] ?? "", "whoever has a subject like repo:acme/infra:environment:*"],
    ],
    [
      "a pattern in the middle",
      sub("StringLike", "repo:acme/infra:environment:prod-*-apply"),
      ["whoever has a subject like repo:acme/infra:environment:prod-*-apply"],
    ],
    [
      "a pattern behind an exact value",
      sub("StringLike", ours, "repo:*/infra:environment:x"),
      ["whoever has a subject like repo:*/infra:environment:x"],
    ],
    [
      "one sign",
      sub("StringLike", "repo:acme/infra:environment:x?"),
      ["whoever has a subject like repo:acme/infra:environment:x?"],
    ],
    ["all of nothing", sub("ForAllValues:StringEquals", ours), ["a token that claims nothing"]],
    ["where it exists", sub("StringEqualsIfExists", ours), ["a token that claims nothing"]],
    ["whatever is not", sub("StringNotEquals", "repo:evil/x:pull_request"), everybody],
    ["what nobody can tell", sub("StringEquals", "…"), [...everybody.slice(0, 7).map((one) => `${one}?`)]],
  ])("finds who gets in by %s", (_name, condition, expected) => {
    expect(who(condition)).toEqual(expected);
  });

  it("finds who gets into a pool", () => {
    const pool = "projects/1/locations/global/workloadIdentityPools/p";
    const at = (condition: string | null, members: readonly string[]) =>
      openTrustOf(
        {
          roles: [],
          providers: [
            {
              name: `${pool}/providers/github`,
              issuer: repository.issuer,
              mapping: { "google.subject": "assertion.sub", "attribute.repository": "assertion.repository" },
              condition,
              audiences: [],
            },
          ],
          accounts: [{ email: "apply@acme.iam.gserviceaccount.com", members }],
        },
        repository,
      ).map((one) => one.who);
    expect(at("assertion.repository_id == '74'", [`principal://iam.googleapis.com/${pool}/subject/${ours}`])).toEqual(
      [],
    );
    expect(at("assertion.repository_id == '74'", [`principalSet://iam.googleapis.com/${pool}/*`])).toEqual(
      everybody.slice(3, 7),
    );
    expect(at(null, [`principalSet://iam.googleapis.com/${pool}/attribute.repository/acme/infra`])).toEqual(
      everybody.slice(2, 7),
    );
  });
});
