import { ExactNumber, isList, isObject, type JsonValue, member } from "../domain/json-value.ts";
import type { Redactor } from "../domain/redaction.ts";

/** What stands for every marked value. */
export const secret = "(sensitive value)";

/** A member's name, quoted where it is no plain word. */
export function nameText(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name);
}

/** A value on one line, shortened when long. What is marked is not in it, nor what the redactor knows. */
export function valueText(value: JsonValue | undefined, marker: JsonValue | undefined, redact: Redactor): string {
  if (marker === true) return secret;
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(shorten(redact(value)));
  if (value instanceof ExactNumber) return redact(value.decimal);
  if (typeof value !== "object") return redact(String(value));
  return shorten(redact(compact(value, marker, redact)));
}

function compact(value: JsonValue, marker: JsonValue | undefined, redact: Redactor): string {
  if (marker === true) return secret;
  if (isList(value)) {
    const markers = isList(marker) ? marker : [];
    return `[${value.map((inner, index) => (isObject(inner) || isList(inner) ? compact(inner, markers[index], redact) : valueText(inner, markers[index], redact))).join(", ")}]`;
  }
  if (!isObject(value)) return valueText(value, marker, redact);
  const kept = Object.keys(value).filter((key) => value[key] !== null);
  const parts = kept.map((key) => {
    const inner = value[key] as JsonValue;
    const innerMarker = isObject(marker) ? member(marker, key) : undefined;
    const text =
      isObject(inner) || isList(inner) ? compact(inner, innerMarker, redact) : valueText(inner, innerMarker, redact);
    return `${nameText(redact(key))} = ${text}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Longer texts are shortened. */
export const longestText = 600;

/** Says how much it left out. */
export function shorten(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)}… (${text.length - longestText} more characters)`;
}
