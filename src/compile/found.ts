import type { Diagnostic } from "../domain/diagnostic.ts";
import type { PlaceOf } from "./compiled-file.ts";

/** Something that a part of the compiler finds in the flow. */
export interface Found extends Omit<Diagnostic, "file" | "line" | "column"> {
  /** The keys of the flow that lead to what it is about; empty: all of it. */
  readonly at: readonly string[];
}

/** What a finding is called, what it says, and what to do next. */
type Said = readonly [code: string, summary: string, hint: string];

export function warningAt(at: Found["at"], ...[code, summary, hint]: Said): Found {
  return { severity: "warning", code, summary, hint, at };
}

export function errorAt(at: Found["at"], ...said: Said): Found {
  return { ...warningAt(at, ...said), severity: "error" };
}

/** The findings with the places that they stand at in the flow file. */
export function placed(
  found: readonly Found[],
  { flowFile: file, placeOf }: { readonly flowFile: string; readonly placeOf?: PlaceOf | undefined },
): readonly Diagnostic[] {
  return found.map(({ at, ...one }) => {
    const place = placeOf?.(at);
    return { ...one, file, ...(place === undefined ? {} : { line: place.line, column: place.column }) };
  });
}
