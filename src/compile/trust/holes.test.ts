import { describe, expect, it } from "vitest";
import { documentsOf, issuer, trusting } from "../../../test/compile/trust-documents.ts";
import { wrongBy } from "../../../test/compile/trust-table.ts";
import { statementsOf } from "../../domain/policy-document.ts";
import { openStatementsOf } from "../../domain/trust/open-statements.ts";

describe("a hole that is put back", () => {
  const documents = documentsOf(trusting("trunk-demo"));
  const subject = `${issuer}:sub`;
  const whole = "repo:acme@4711/delivery@815000:environment";
  type Values = Readonly<Record<string, readonly string[]>>;
  const without = (equals: Values, ...claims: readonly string[]): Values =>
    Object.fromEntries(Object.entries(equals).filter(([key]) => !claims.includes(key.slice(issuer.length + 1))));

  const holes: readonly (readonly [string, (equals: Values) => Readonly<Record<string, Values>>])[] = [
    [
      "L1: every environment",
      (equals) => ({ StringEquals: without(equals, "sub"), StringLike: { [subject]: [`${whole}:*`] } }),
    ],
    [
      "L1: everything, behind an exact value",
      (equals) => ({ StringEquals: without(equals, "sub"), StringLike: { [subject]: [`${whole}:prod`, "*"] } }),
    ],
    [
      "L2: pull requests",
      (equals) => ({
        StringEquals: {
          ...without(equals, "ref", "job_workflow_ref"),
          [subject]: ["repo:acme@4711/delivery@815000:pull_request"],
        },
      }),
    ],
    [
      "L3: the environment of another",
      (equals) => ({ StringEquals: { ...equals, [subject]: [`${whole}:prod`, `${whole}:demo-test`] } }),
    ],
    ["L4: any ref", (equals) => ({ StringEquals: without(equals, "ref") })],
    ["L10: any workflow", (equals) => ({ StringEquals: without(equals, "job_workflow_ref") })],
    ["L27: all of no values", (equals) => ({ "ForAllValues:StringEquals": equals })],
    ["L27: where there is one", (equals) => ({ StringEqualsIfExists: equals })],
    [
      "L28: a name",
      (equals) => ({
        StringEquals: {
          ...without(equals, "repository_id", "job_workflow_ref"),
          [subject]: [`${whole}:prod`, "repo:acme/delivery:environment:prod"],
        },
      }),
    ],
  ];

  it.each(holes)("is found: %s", (_name, put) => {
    const roles = documents.roles.map((role) => {
      if (!role.arn.endsWith("-prod-apply")) return role;
      const { Statement } = role.trust as {
        readonly Statement: readonly { readonly Condition: { readonly StringEquals: Values } }[];
      };
      const changed = Statement.map((one) => ({ ...one, Condition: put(one.Condition.StringEquals) }));
      return { ...role, trust: { Statement: changed } };
    });
    const altered = { ...documents, roles };
    const wrong = wrongBy(altered, "trunk-demo", "ours").wrong;
    // Tokens of GitHub claim everything, so one that lacks a claim is in no table.
    const open = roles.flatMap(({ trust }) =>
      openStatementsOf(statementsOf(trust, () => ({ line: 1, column: 1 })) ?? []),
    );
    expect(wrong.length + open.length).toBeGreaterThan(0);
  });
});
