import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Stack } from "../flow/index.ts";

/** One file that is compiled from the flow. */
export interface CompiledFile {
  /** From the repository's top. */
  readonly path: string;
  /** `whole`: the file is plangate's; `region`: what stands between its marks is, the rest is people's. */
  readonly form: "whole" | "region";
  /** Of the file, or of the region without its marks. Ends with a newline. */
  readonly text: string;
  /** How the file writes a comment, for the header or the marks. */
  readonly comment: "#" | "<!--" | "json";
  /**
   * Where a region comes to stand in a file that has none of it yet. Default: behind what people wrote. `last` is a second
   * region of its file, by a name of its own, behind what people wrote too.
   */
  readonly place?: "before" | "last";
}

/** What compiling takes besides the flow. */
export interface CompileAbout {
  readonly stacks: readonly Stack[];
  readonly flowFile: string;
  /** Of plangate itself. */
  readonly version: string;
  readonly defaultBranch: string;
  /** Where something stands in the flow file, by the keys that lead to it. */
  readonly placeOf?: PlaceOf;
}

export type PlaceOf = (path: readonly string[]) => { readonly line: number; readonly column: number };

/** What a part of the compiler gives: its files, and what the flow asks for that they cannot carry. */
export interface Compiled {
  readonly files: readonly CompiledFile[];
  readonly diagnostics: readonly Diagnostic[];
}
