import type { SettingValue } from "../domain/forge-settings.ts";

/** Whether two settings are the same value, in whatever order their keys stand. */
export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A setting as a plain value, to be shown. */
export function asValue(setting: object): SettingValue {
  return JSON.parse(JSON.stringify(setting)) as SettingValue;
}
