import { asObject, ExactNumber, type JsonValue, member } from "./json-value.ts";
import type { PlanJson } from "./plan-json.ts";

/** A value that a variable of the root module has, and another one that it should have. */
export interface Unexpected {
  readonly variable: string;
  readonly expected: string;
  /** Null when it is no plain value. */
  readonly found: string | null;
}

/**
 * The variables of the root module that have another value than the flow expects. A variable that this root module does
 * not declare is none of its business. As in variable files, the text "3" and the number 3 are the same.
 */
export function unexpectedVariables(
  { variables }: Pick<PlanJson, "variables">,
  expect: Readonly<Record<string, string | number | boolean>>,
): readonly Unexpected[] {
  return Object.entries(expect).flatMap(([variable, value]) => {
    const declared = member(variables, variable);
    if (declared === undefined) return [];
    const found = plainText(member(asObject(declared), "value"));
    return found === String(value) ? [] : [{ variable, expected: String(value), found }];
  });
}

function plainText(value: JsonValue | undefined): string | null {
  if (value instanceof ExactNumber) return value.decimal;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
