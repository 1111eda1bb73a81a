import { relative } from "node:path";
import { type Context, directoryOf } from "./context.ts";

/** A path as people see it from where they are. */
export function shownPath(context: Context, path: string): string {
  const from = relative(directoryOf(context.options), path);
  return from === "" ? "." : from;
}
