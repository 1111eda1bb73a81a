import { InternalError } from "./errors.ts";

/** Any JSON value, with numbers as exact as they were written. */
export type JsonValue = null | boolean | number | string | ExactNumber | readonly JsonValue[] | JsonObject;
/** Own members only: use `member` for a name that came from outside, or `constructor` will be found in every object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * A number that a double cannot hold apart from its neighbours. Every other number is a plain `number`, so a
 * decimal value has one representation: `1.0`, `1` and `1e0` are all the number 1.
 *
 * A class, so that no JSON text can spell something that passes for one.
 */
export class ExactNumber {
  /** Sign, first digit, more digits, exponent of ten: `-9.007199254740993e15`. One text per value. */
  readonly decimal: string;

  constructor(decimal: string) {
    this.decimal = decimal;
  }

  /** Written into JSON as the number it is. */
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.decimal);
  }
}

/** The own member of that name. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  const value: unknown = object[key];
  if (value === undefined) return undefined;
  return (typeof value !== "function" && key !== "__proto__") || Object.hasOwn(object, key)
    ? (value as JsonValue)
    : undefined;
}

/** The value when it is an object, else an empty one. */
export function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The value when it is a list, else an empty one. */
export function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : [];
}

/** Whether it is an object: no list, no exact number. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Whether it is a list. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

type SourceReviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * `JSON.parse`, keeping numbers exact where `inexact` says that the text has some which a double may not hold:
 * that way costs five times as much.
 */
export function exactly(text: string, inexact: boolean): JsonValue {
  if (!inexact) return JSON.parse(text) as JsonValue;
  const revive: SourceReviver = (_key, value, context) => {
    if (typeof value !== "number") return value;
    if (context?.source === undefined)
      throw new InternalError("this JavaScript engine does not say how a number was written");
    return exactNumber(context.source);
  };
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as JsonValue;
}

/** The most digits that a double always gives back. */
const safeDigits = 15;

/** The number that a JSON token writes: a double where that is exact enough to tell all such numbers apart. */
export function exactNumber(token: string): number | ExactNumber {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (parts === null) throw new SyntaxError("not a JSON number");
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return 0;
  const exponent = BigInt(exponentText) - BigInt(fraction.length) + BigInt(digits.length) - 1n;
  if (significant.length <= safeDigits && exponent > -300n && exponent < 300n) return Number(token);
  const rest = significant.slice(1);
  return new ExactNumber(`${sign}${significant[0]}${rest === "" ? "" : `.${rest}`}e${exponent}`);
}

/** Whether two values are equal: same types, members in any order, lists in order, numbers exact. */
export function sameValue(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (left instanceof ExactNumber) return right instanceof ExactNumber && left.decimal === right.decimal;
  if (isList(left)) {
    return (
      isList(right) && left.length === right.length && left.every((element, index) => sameValue(element, right[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
  );
}
