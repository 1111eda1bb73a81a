import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactNumber, exactly, exactNumber, type JsonObject, member, sameValue } from "./json-value.ts";

describe("exactNumber", () => {
  it.each([
    ["1.0", "1"],
    ["1e0", "1"],
    ["100000", "1e5"],
    ["-0", "0"],
    ["0.0", "0e99999999999999999999"],
    ["1e400", "10e399"],
    ["9007199254740993", "9007199254740993.000"],
    ["-123456789012345678901234567890", "-1.2345678901234567890123456789e29"],
    ["0.12345678901234567890123", "12345678901234567890123e-23"],
    ["1e-400", "0.1e-399"],
  ])("takes %s and %s for one number", (left, right) => {
    expect(sameValue(exactNumber(left), exactNumber(right))).toBe(true);
  });

  it.each([
    ["9007199254740993", "9007199254740992"],
    ["1e400", "1e401"],
    ["1e400", "-1e400"],
    ["1e-400", "1e-401"],
    ["1e-400", "0"],
    ["0.1", "0.10000000000000001"],
    ["123456789012345678901234567890", "123456789012345678901234567891"],
    ["1", "-1"],
  ])("tells %s from %s", (left, right) => {
    expect(sameValue(exactNumber(left), exactNumber(right))).toBe(false);
  });

  it("agrees with JSON.parse on numbers that a double gives back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
        fc.integer({ min: 0, max: 9 }),
        (digits, point) => {
          const text = (digits / 10 ** point).toFixed(point).slice(0, 16).replace(/\.$/, "");
          const value = exactNumber(text);
          if (!(value instanceof ExactNumber)) expect(value).toBe(JSON.parse(text) + 0);
        },
      ),
    );
  });

  it("compares any two decimal texts by their value", () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(decimal, decimal, ([left, leftExponent], [right, rightExponent]) => {
        const isEqual = left * 10n ** BigInt(leftExponent + 50) === right * 10n ** BigInt(rightExponent + 50);
        const values = [exactNumber(`${left}e${leftExponent}`), exactNumber(`${right}e${rightExponent}`)] as const;
        expect(sameValue(...values)).toBe(isEqual);
      }),
    );
  });
});

describe("exactly", () => {
  it("keeps numbers exact when told that there are some", () => {
    expect(exactly('{"a":[9007199254740993,1.50]}', true)).toEqual({
      a: [new ExactNumber("9.007199254740993e15"), 1.5],
    });
  });

  it("lets nothing in a text pass for an exact number", () => {
    const value = exactly('{"decimal":"9.007199254740993e15"}', true);
    expect(sameValue(value, exactNumber("9007199254740993"))).toBe(false);
  });
});

describe("member", () => {
  it("finds own members only", () => {
    const object = JSON.parse('{"__proto__":1,"a":2}') as JsonObject;
    expect(member(object, "__proto__")).toBe(1);
    expect(member(object, "a")).toBe(2);
    expect(member({}, "constructor")).toBeUndefined();
    expect(member({}, "__proto__")).toBeUndefined();
    expect(member({}, "toString")).toBeUndefined();
  });
});
