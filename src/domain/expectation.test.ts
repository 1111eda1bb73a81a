import { describe, expect, it } from "vitest";
import { unexpectedVariables } from "./expectation.ts";
import { exactNumber } from "./json-value.ts";

describe("unexpectedVariables", () => {
  const variables = {
    az_count: { value: 3 },
    text: { value: "3" },
    list: { value: [3] },
    none: {},
    large: { value: exactNumber("12345678901234567890") },
  };

  it.each([
    { name: "nothing when the value is as expected", expected: { az_count: 3 }, gives: [] },
    { name: "nothing when a text spells the number", expected: { text: 3 }, gives: [] },
    { name: "nothing about a variable that is not declared", expected: { other: 3 }, gives: [] },
    { name: "another value", expected: { az_count: 2 }, gives: [{ variable: "az_count", expected: "2", found: "3" }] },
    {
      name: "a value that is not plain",
      expected: { list: 3 },
      gives: [{ variable: "list", expected: "3", found: null }],
    },
    {
      name: "a variable without a value",
      expected: { none: "" },
      gives: [{ variable: "none", expected: "", found: null }],
    },
    {
      name: "a number that a double would round",
      expected: { large: 12345678901234567000 },
      gives: [{ variable: "large", found: expect.any(String) }],
    },
  ])("tells $name", ({ expected, gives }) => {
    expect(unexpectedVariables({ variables }, expected as Record<string, string | number>)).toMatchObject(gives);
    expect(unexpectedVariables({ variables }, expected as Record<string, string | number>)).toHaveLength(gives.length);
  });

  it("finds no variable in what every object has", () => {
    expect(unexpectedVariables({ variables: {} }, { constructor: 1 } as never)).toEqual([]);
  });
});
