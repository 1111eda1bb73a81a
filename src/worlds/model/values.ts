import type { Instant } from "../../domain/names.ts";

/** What stands in a file that a story gives no text: one value, this one from the first commit on. */
export const valueAtStart = "first";

/** Another value than ever before. */
export function valueAt(now: Instant, path: string): string {
  return `changed at ${now}: ${path}`;
}

/** Whether a file's content is a value, and no text of a story. */
export function isValue(content: string): boolean {
  return content === valueAtStart || /^changed at \d+: /.test(content);
}
