import { describe, expect, it } from "vitest";
import { parsePolicy } from "./policy-document.ts";

const parse = (text: string) => parsePolicy(text, (index) => ({ line: 1, column: index + 1 }));

describe("parsePolicy", () => {
  it("reads one statement or many, and single values as lists of one", () => {
    const { statements, problem } = parse(
      '{ "Statement": { "Effect": "Allow", "Action": "s3:Get*", "Principal": { "AWS": ["a", "b"] }, "Condition": { "StringLike": { "x:sub": "y" } } } }',
    );
    expect(problem).toBeNull();
    expect(statements).toEqual([
      {
        effect: "Allow",
        actions: ["s3:Get*"],
        notActions: [],
        resources: [],
        notResources: [],
        principals: [
          { type: "AWS", id: "a" },
          { type: "AWS", id: "b" },
        ],
        hasNotPrincipal: false,
        conditions: [{ operator: "StringLike", key: "x:sub", values: ["y"] }],
        unknownKeys: [],
        line: 1,
        column: 18,
      },
    ]);
  });

  it("takes each place of a template that is filled in for any one value", () => {
    const text = `{ "Statement": [{ "Effect": "Allow", "Action": $\{jsonencode({ a = "}" })}, "Resource": "arn:$\{a}:x" }] }`;
    expect(parse(text.replace('"}"', '"x"')).statements).toMatchObject([{ actions: ["…"], resources: ["arn:…:x"] }]);
  });

  it.each([
    ["{", /JSON/],
    ["[]", /no statements/],
    ['{ "Statement": $' + "{a", /has no end/],
  ])("says why %s is none", (text, why) => {
    expect(parse(text).problem).toMatch(why);
  });

  it("does not guess what loops and choices come to", () => {
    expect(parse("%{ if a }{}%{ endif }")).toEqual({ statements: [], problem: null, isComputed: true });
  });
});
