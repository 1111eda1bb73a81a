import { describe, expect, it } from "vitest";
import { statementsOf } from "../policy-document.ts";
import { openStatementsOf } from "./open-statements.ts";

const host = "token.example.org";
const ours = "repo:acme/infra:environment:apply-here";

const trust = (condition: unknown, federated = `arn:aws:iam::123456789012:oidc-provider/${host}`) =>
  statementsOf(
    {
      Statement: {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: federated },
        Condition: condition,
      },
    },
    () => ({ line: 1, column: 1 }),
  ) ?? [];
const sub = (operator: string, ...values: readonly string[]) => ({ [operator]: { [`${host}:sub`]: values } });
const who = (condition: unknown) => openStatementsOf(trust(condition)).map((one) => one.who);
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

describe("openStatementsOf", () => {
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
    ["what nobody can tell", sub("StringEquals", "…"), []],
    [
      "a workflow that anybody may call",
      { StringEquals: { [`${host}:job_workflow_ref`]: "acme/infra/.github/workflows/apply.yml@refs/heads/main" } },
      everybody.slice(0, 3),
    ],
    [
      "workflows that anybody may call, by a pattern",
      { StringLike: { [`${host}:job_workflow_ref`]: "acme/infra/.github/workflows/*@refs/heads/main" } },
      everybody.slice(0, 3),
    ],
    [
      "such a workflow, in the repository",
      {
        StringEquals: {
          [`${host}:repository_id`]: "815",
          [`${host}:job_workflow_ref`]: "acme/infra/.github/workflows/apply.yml@refs/heads/main",
        },
      },
      [],
    ],
    ["a branch that anybody may have", { StringEquals: { [`${host}:ref`]: "refs/heads/live" } }, everybody.slice(0, 3)],
    [
      "an environment of the repository",
      { StringEquals: { [`${host}:repository`]: "acme/infra", [`${host}:environment`]: "live" } },
      ["a repository that is made anew by the same name"],
    ],
    ["every repository of the owner", { StringLike: { [`${host}:repository`]: "acme/*" } }, everybody.slice(1, 7)],
    ["a claim that AWS hands to nobody", { StringEquals: { [`${host}:repository_owner`]: "acme" } }, []],
    ["a key whose provider is filled in", { StringEquals: { "…:repository_id": "815" } }, everybody.slice(3, 7)],
  ])("finds who gets in by %s", (_name, condition, expected) => {
    expect(who(condition)).toEqual(expected);
  });

  it("takes a provider that is filled in for GitHub, and another for what it is", () => {
    const byNumber = { StringEquals: { [`${host}:repository_id`]: "815" } };
    const of = (federated: string) => openStatementsOf(trust(byNumber, federated)).length;
    expect([of("…"), of(`arn:aws:iam::…:oidc-provider/${host}`)]).toEqual([4, 4]);
    expect(of("arn:aws:iam::123456789012:oidc-provider/elsewhere.example.org")).toBe(0);
  });

  it("counts what is denied", () => {
    const allowed = trust({ StringEquals: { [`${host}:repository_id`]: "815" } });
    const denied = trust({ StringNotEquals: { [`${host}:ref`]: "refs/heads/main" } }).map((one) => ({
      ...one,
      effect: "Deny",
    }));
    expect(openStatementsOf([...allowed, ...denied]).map(({ kind }) => kind)).toEqual(["environment"]);
  });
});
