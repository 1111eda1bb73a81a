import { ExactNumber, isList, isObject, type JsonValue, member } from "../domain/json-value.ts";
import type { Redactor } from "../domain/redaction.ts";

/** How values are written out. */
export interface Wording {
  readonly redact: Redactor;
  /** Longer texts are shortened, and say by how much. */
  readonly longest: number;
}

/** What stands for every marked value. */
export const secret = "(sensitive value)";

/** A member's name, quoted where it is no plain word. */
export function nameText(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name);
}

/** A value on one line, shortened when long. What is marked is not in it, nor what the redactor knows. */
export function valueText(value: JsonValue | undefined, marker: JsonValue | undefined, wording: Wording): string {
  const { redact, longest } = wording;
  if (marker === true) return secret;
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(shorten(redact(value), longest));
  if (value instanceof ExactNumber) return redact(value.decimal);
  if (typeof value !== "object") return redact(String(value));
  return shorten(redact(compact(value, marker, wording)), longest);
}

function compact(value: JsonValue, marker: JsonValue | undefined, wording: Wording): string {
  if (marker === true) return secret;
  if (isList(value)) {
    const markers = isList(marker) ? marker : [];
    return `[${value.map((inner, index) => (isObject(inner) || isList(inner) ? compact(inner, markers[index], wording) : valueText(inner, markers[index], wording))).join(", ")}]`;
  }
  if (!isObject(value)) return valueText(value, marker, wording);
  const kept = Object.keys(value).filter((key) => value[key] !== null);
  const parts = kept.map((key) => {
    const inner = value[key] as JsonValue;
    const innerMarker = isObject(marker) ? member(marker, key) : undefined;
    const text =
      isObject(inner) || isList(inner) ? compact(inner, innerMarker, wording) : valueText(inner, innerMarker, wording);
    return `${nameText(wording.redact(key))} = ${text}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** What people are shown of a text where there is little room. */
export const longestText = 600;

/** Says how much it left out. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (${text.length - longest} more characters)`;
}
