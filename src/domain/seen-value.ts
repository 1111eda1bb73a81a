import { ExactNumber, isList, isObject, type JsonObject, type JsonValue, member } from "./json-value.ts";
import type { ValueChange } from "./plan-json.ts";
import type { Redactor } from "./redaction.ts";
import type { OwnedHere } from "./runtime-owned.ts";

/** A value that must be compared and never printed. */
export class SecretValue {
  readonly value: JsonValue;

  constructor(value: JsonValue) {
    this.value = value;
  }

  toJSON(): string {
    return "(sensitive value)";
  }
}

/** A value as it counts for the meaning: without what is as good as absent, secrets wrapped. May hold `SecretValue` anywhere inside. */
export type SeenValue = JsonValue | SecretValue;

/** One side of a change as it counts, seen beside the other. */
export function seenValue(
  change: ValueChange,
  side: "before" | "after",
  owned: OwnedHere | undefined,
): SeenValue | undefined {
  const other = change[side === "before" ? "after" : "before"];
  const marker = change[side === "before" ? "before_sensitive" : "after_sensitive"];
  return reduce(change[side], { other, unknown: change.after_unknown, marker, owned });
}

interface Beside {
  readonly other: JsonValue | undefined;
  readonly unknown: JsonValue | undefined;
  readonly marker: JsonValue | undefined;
  readonly owned: OwnedHere | undefined;
}

function reduce(value: JsonValue | undefined, beside: Beside): SeenValue | undefined {
  const { other, unknown, marker, owned } = beside;
  if (marker === true && value !== undefined) {
    return new SecretValue(reduce(value, { ...beside, marker: undefined }) as JsonValue);
  }
  if (isList(value)) {
    const kept: SeenValue[] = [];
    value.forEach((element, index) => {
      const ownedInner = owned?.under(String(index));
      if (ownedInner === "here") return;
      const inner = {
        other: isList(other) ? other[index] : undefined,
        unknown: isList(unknown) ? unknown[index] : undefined,
        marker: isList(marker) ? marker[index] : undefined,
        owned: ownedInner,
      };
      kept.push(reduce(element, inner) as SeenValue);
    });
    return kept as readonly JsonValue[];
  }
  if (!isObject(value)) return value;
  const kept: [string, SeenValue][] = [];
  for (const key of Object.keys(value)) {
    const element = value[key] as JsonValue;
    const counterpart = isObject(other) ? member(other, key) : undefined;
    const unknownInner = isObject(unknown) ? member(unknown, key) : undefined;
    if (element === null && unknownInner !== true && (counterpart === undefined || counterpart === null)) continue;
    const ownedInner = owned?.under(key);
    if (ownedInner === "here") continue;
    const markerInner = isObject(marker) ? member(marker, key) : undefined;
    const inner = { other: counterpart, unknown: unknownInner, marker: markerInner, owned: ownedInner };
    kept.push([key, reduce(element, inner) as SeenValue]);
  }
  return Object.fromEntries(kept) as JsonObject;
}

const longest = 160;

/** A value on one line, as JSON, shortened when long. Secrets inside it are not printed. */
export function seenText(value: SeenValue | undefined, redact: Redactor): string {
  if (value === undefined) return "(absent)";
  const text = redact(written(value, redact));
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

function written(value: SeenValue, redact: Redactor): string {
  if (value instanceof SecretValue) return "(sensitive value)";
  if (value instanceof ExactNumber) return value.decimal;
  if (typeof value === "string") return JSON.stringify(redact(value));
  if (isList(value)) return `[${value.map((element) => written(element, redact)).join(", ")}]`;
  if (isObject(value)) {
    const members = Object.keys(value).map(
      (key) => `${JSON.stringify(redact(key))}: ${written(value[key] as SeenValue, redact)}`,
    );
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return String(value);
}
