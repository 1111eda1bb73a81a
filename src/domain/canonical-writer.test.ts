import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalWriter } from "./canonical-writer.ts";
import { ExactNumber, type JsonValue, sameValue } from "./json-value.ts";

function written(value: JsonValue): string {
  const writer = canonicalWriter();
  writer.value(value);
  return Buffer.from(writer.since(0)).toString("hex");
}

const leaf = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    false,
    0,
    -0,
    1,
    "1",
    "",
    "a",
    "\u0000",
    "\ud800",
    "\ud801",
    "\ufffd",
    "ÿ",
    "n",
    "#1",
  ),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer().map((digit) => new ExactNumber(`${digit}e400`)),
);
const anyValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "ab", "", "__proto__", "1", "é"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

describe("canonicalWriter", () => {
  it("writes two values the same exactly when they are equal", () => {
    fc.assert(
      fc.property(anyValue, anyValue, (left, right) => {
        expect(written(left) === written(right)).toBe(sameValue(left, right));
      }),
      { numRuns: 3000 },
    );
  });

  it("does not mind the order of members", () => {
    expect(written({ b: 1, a: 2, "10": 3, "9": 4 })).toBe(written({ "9": 4, a: 2, "10": 3, b: 1 }));
  });

  it.each<[JsonValue, JsonValue]>([
    [["ab"], ["a", "b"]],
    [[[], []], [[[]]]],
    [{ a: "b" }, ["a", "b"]],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
    ["\ud800", "\ud801"],
    ["\ud800", "\ufffd"],
    ["x".repeat(65), `${"x".repeat(64)}y`],
    ["e\u0301", "é"],
    [new ExactNumber("1e400"), "1e400"],
  ])("tells the two of pair %# apart", (left, right) => {
    expect(written(left)).not.toBe(written(right));
  });

  it("writes long texts whole", () => {
    const long = "äöü€😀".repeat(20_000);
    expect(written(long)).toBe(
      Buffer.concat([Buffer.from('"'), Buffer.from(long), Buffer.from([0xff])]).toString("hex"),
    );
  });
});
