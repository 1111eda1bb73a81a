import type { Spot } from "../domain/configuration-facts.ts";

/** Where a character of a text stands, as editors count. */
export function spotAt(text: string, index: number): Spot {
  const before = text.slice(0, index);
  return { line: before.split("\n").length, column: index - (before.lastIndexOf("\n") + 1) + 1 };
}
