import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Flow } from "./flow.ts";
import type { Path, Place } from "./place.ts";
import type { Section } from "./salvage.ts";

/** Every name that the file gives to something, also where the thing itself could not be read. */
export interface GivenNames {
  readonly teams: ReadonlySet<string>;
  readonly branches: ReadonlySet<string>;
  readonly gates: ReadonlySet<string>;
  readonly environments: ReadonlySet<string>;
  readonly releases: ReadonlySet<string>;
}

/** What a check looks at: the flow as used, the file as written, and where each part stands. */
export interface CheckedFlow {
  readonly flow: Flow;
  readonly names: GivenNames;
  /** The way to where a part of the flow is written. */
  readonly path: (part: object) => Path;
  /** The data of the file, before defaults. */
  readonly written: (part: object, ...inside: Path) => unknown;
  /** Where a part of the flow (a branch class, a row) or something inside it is written. */
  readonly place: (part: object, ...inside: Path) => Place;
  readonly placeOfKey: (part: object, ...inside: Path) => Place;
  /** Nothing of the section had to be left out, and every name in it is there. */
  readonly isWhole: (section: Section) => boolean;
}

/** A check that saw nothing proves nothing, so each says how many things it looked at. */
export interface Found {
  readonly count: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** One thing that must hold between the parts of a flow. */
export interface Check {
  readonly name: string;
  /**
   * Complains about something that is nowhere in these parts, so it runs only when nothing of them had to be left out
   * and every name in them is there: one fault, one error. Other checks look at whatever is left.
   */
  readonly needsWhole?: readonly Section[];
  readonly find: (about: CheckedFlow) => Found;
}

/** An error with its place, a sentence, and what to do next. */
export function problem(
  code: string,
  place: Place,
  [summary, hint]: readonly [summary: string, hint?: string],
): Diagnostic {
  return { severity: "error", code, summary, ...(hint === undefined ? {} : { hint }), ...place };
}

/** Something that works as written, and that is probably not meant so. */
export function warning(code: string, place: Place, text: readonly [summary: string, hint?: string]): Diagnostic {
  return { ...problem(code, place, text), severity: "warning" };
}

/** More are never shown. */
export const mostDiagnostics = 100;

/** Looks at each item of a list by itself, until there is more to say than anybody reads. */
export function each<T>(items: readonly T[], look: (item: T, index: number) => readonly Diagnostic[]): Found {
  const diagnostics: Diagnostic[] = [];
  for (const [index, item] of items.entries()) {
    if (diagnostics.length > mostDiagnostics) break;
    diagnostics.push(...look(item, index));
  }
  return { count: items.length, diagnostics };
}
