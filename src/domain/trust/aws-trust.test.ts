import { describe, expect, it } from "vitest";
import { mayAssume } from "./may-assume.ts";
import type { Claims } from "./trust.ts";

const host = "token.example.org";
const arn = "arn:aws:iam::123456789012:role/apply";
const holder: Claims = {
  iss: `https://${host}`,
  aud: "sts.amazonaws.com",
  sub: "repo:acme/infra:environment:prod",
  ref: "refs/heads/main",
  repository_id: "74",
};
const stranger: Claims = {
  iss: `https://${host}`,
  aud: "sts.amazonaws.com",
  sub: "repo:evil/infra:pull_request",
  repository_id: "66",
};

type Parts = Readonly<Record<string, unknown>>;
const statement = (condition: unknown, more: Parts = {}): Parts => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` },
  Condition: condition,
  ...more,
});
const role = (...statements: readonly Parts[]) => ({
  roles: [{ arn, trust: { Version: "2012-10-17", Statement: statements } }],
  providers: [],
  accounts: [],
});
/** `holder`, `stranger`: who may become the role; with `?` where the document leaves it open. */
const who = (...statements: readonly Parts[]) =>
  Object.entries({ holder, stranger }).flatMap(([name, claims]) =>
    mayAssume(role(...statements), claims).map(({ certain }) => (certain ? name : `${name}?`)),
  );
const sub = (operator: string, ...values: readonly string[]) => ({ [operator]: { [`${host}:sub`]: values } });
const ours = "repo:acme/infra:environment:prod";

describe("mayAssume: a role of AWS", () => {
  it.each<[string, readonly Parts[], readonly string[]]>([
    ["an exact subject", [statement(sub("StringEquals", ours))], ["holder"]],
    ["a subject in another case", [statement(sub("StringEquals", ours.toUpperCase()))], []],
    ["a subject in any case", [statement(sub("StringEqualsIgnoreCase", ours.toUpperCase()))], ["holder"]],
    ["a star to a comparison that knows none", [statement(sub("StringEquals", "repo:*"))], []],
    ["a star at the end", [statement(sub("StringLike", "repo:acme/*"))], ["holder"]],
    ["a star at the beginning", [statement(sub("StringLike", "*:pull_request"))], ["stranger"]],
    ["a star in the owner", [statement(sub("StringLike", "repo:*/infra:*"))], ["holder", "stranger"]],
    ["any one character", [statement(sub("StringLike", "repo:acm?/infra:environment:prod"))], ["holder"]],
    ["a list whose first value alone is exact", [statement(sub("StringLike", ours, "*"))], ["holder", "stranger"]],
    ["a list that AWS would refuse", [statement(sub("StringLike", "*", ours))], ["holder", "stranger"]],
    ["a subject that is left out", [statement(sub("StringNotEquals", ours))], ["stranger"]],
    ["the name of a key in another case", [statement({ StringEquals: { [`${host}:SUB`]: ours } })], ["holder"]],
    ["a key of another provider", [statement({ StringEquals: { "elsewhere.example.org:sub": ours } })], []],
    ["a key that AWS does not read", [statement({ StringEquals: { [`${host}:repository_owner_id`]: "1" } })], []],
    ["a claim that one lacks", [statement({ StringEquals: { [`${host}:ref`]: "refs/heads/main" } })], ["holder"]],
    [
      "a claim that must not be another",
      [statement({ StringNotEquals: { [`${host}:ref`]: "x" } })],
      ["holder", "stranger"],
    ],
    [
      "a claim, where it exists",
      [statement({ StringEqualsIfExists: { [`${host}:ref`]: "refs/heads/main" } })],
      ["holder", "stranger"],
    ],
    [
      "all of no values",
      [statement({ "ForAllValues:StringEquals": { [`${host}:ref`]: "refs/heads/main" } })],
      ["holder", "stranger"],
    ],
    [
      "any of no values",
      [statement({ "ForAnyValue:StringEquals": { [`${host}:ref`]: "refs/heads/main" } })],
      ["holder"],
    ],
    [
      "any that is another, of no values",
      [statement({ "ForAnyValue:StringNotEquals": { [`${host}:ref`]: "x" } })],
      ["holder"],
    ],
    ["a claim that must not be there", [statement({ Null: { [`${host}:ref`]: "true" } })], ["stranger"]],
    ["a claim that must be there", [statement({ Null: { [`${host}:ref`]: "false" } })], ["holder"]],
    [
      "two conditions, both",
      [statement({ ...sub("StringLike", "repo:*"), StringEquals: { [`${host}:repository_id`]: "74" } })],
      ["holder"],
    ],
    [
      "two statements, either",
      [statement(sub("StringEquals", ours)), statement({ StringEquals: { [`${host}:repository_id`]: "66" } })],
      ["holder", "stranger"],
    ],
    ["no condition", [statement(undefined)], ["holder", "stranger"]],
    [
      "a denial before what allows",
      [statement(undefined), statement(sub("StringLike", "repo:evil/*"), { Effect: "Deny" })],
      ["holder"],
    ],
    [
      "a denial without the claim",
      [
        statement(undefined),
        statement({ StringNotEquals: { [`${host}:ref`]: "refs/heads/main" } }, { Effect: "Deny" }),
      ],
      ["holder"],
    ],
    [
      "another provider",
      [
        statement(undefined, {
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/elsewhere.example.org" },
        }),
      ],
      [],
    ],
    [
      "a provider below the issuer",
      [statement(undefined, { Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}/acme` } })],
      [],
    ],
    ["everybody", [statement(undefined, { Principal: "*" })], ["holder", "stranger"]],
    [
      "everybody but one",
      [statement(undefined, { Principal: undefined, NotPrincipal: { AWS: "x" } })],
      ["holder?", "stranger?"],
    ],
    ["roles of AWS alone", [statement(undefined, { Principal: { AWS: "arn:aws:iam::123456789012:root" } })], []],
    ["another action", [statement(undefined, { Action: "sts:AssumeRole" })], []],
    ["any action of that kind", [statement(undefined, { Action: ["sts:assumerole*"] })], ["holder", "stranger"]],
    [
      "every action but one",
      [statement(undefined, { Action: undefined, NotAction: "sts:TagSession" })],
      ["holder", "stranger"],
    ],
    ["what the caller chooses", [statement({ StringEquals: { "aws:SourceIp": "1.1.1.1" } })], ["holder?", "stranger?"]],
    ["what is filled in later", [statement(sub("StringEquals", "repo:…"))], ["holder?", "stranger?"]],
    ["what AWS fills in", [statement(sub("StringLike", `repo:$${"{aws:username}"}`))], ["holder?", "stranger?"]],
    ["a comparison that nobody knows", [statement(sub("StringMatches", ours))], ["holder?", "stranger?"]],
  ])("%s", (_name, statements, expected) => {
    expect(who(...statements)).toEqual(expected);
  });

  it("looks at every value of a claim that has several", () => {
    const several = { ...stranger, aud: ["sts.amazonaws.com", "evil"] };
    const at = (operator: string) =>
      mayAssume(role(statement({ [operator]: { [`${host}:aud`]: "sts.amazonaws.com" } })), several);
    expect(at("ForAllValues:StringEquals")).toEqual([]);
    expect(at("ForAnyValue:StringEquals")).toEqual([{ identity: arn, certain: true }]);
    expect(at("StringEquals")).toEqual([{ identity: arn, certain: false }]);
  });

  it.each([{}, { iss: 7 }, { iss: host }, { iss: `http://${host}` }])("trusts no token of nobody: %j", (claims) => {
    expect(mayAssume(role(statement(undefined)), { ...holder, iss: undefined, ...claims })).toEqual([]);
  });

  it.each([null, "x", {}, { Statement: "x" }, { Statement: [null] }])("trusts nobody by %j", (trust) => {
    expect(mayAssume({ roles: [{ arn, trust }], providers: [], accounts: [] }, holder)).toEqual([]);
  });

  it("takes its time over no pattern", () => {
    const many = `${"*a".repeat(40)}*b`;
    expect(who(statement(sub("StringLike", many, ours)))).toEqual(["holder"]);
  });
});
