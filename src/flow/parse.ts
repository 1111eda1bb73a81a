import { type Diagnostic, hasErrors, nearestName } from "../domain/diagnostic.ts";
import type { Parsed } from "../domain/names.ts";
import { type CheckedFlow, type GivenNames, mostDiagnostics } from "./check.ts";
import { checks } from "./checks/index.ts";
import { unknownNames } from "./checks/names.ts";
import type { Flow } from "./flow.ts";
import { issueDiagnostics } from "./issues.ts";
import { normalise } from "./normalise.ts";
import { type Path, type Place, valueAt } from "./place.ts";
import { type Salvaged, salvage } from "./salvage.ts";
import { flowSchema } from "./schema.ts";
import { readSource, type Source } from "./source.ts";

/** A parsed flow, and how much each check looked at. A check is absent when errors kept it from being run. */
export interface ParsedFlow extends Parsed<Flow> {
  readonly checked: readonly { readonly name: string; readonly count: number }[];
  /** Where the key at a path stands, or the nearest above it that is written; absent where the file could not be read. */
  readonly placeOf?: (path: Path) => Place;
}

/**
 * Reads a flow file: syntax, then shape, then what must hold between its parts, every problem with its place, all in
 * one run. There is a flow only when there is no error; warnings come beside it. Never throws.
 */
export function parseFlow(text: string, { file }: { readonly file: string }): ParsedFlow {
  const { source, diagnostics } = readSource(text, file);
  if (source === undefined) return { diagnostics, checked: [] };
  const shape = flowSchema.safeParse(source.data);
  const issues = shape.success ? [] : shape.error.issues;
  const found: Diagnostic[] = [...diagnostics, ...issueDiagnostics(issues.slice(0, mostDiagnostics + 1), source)];
  const salvaged = salvage(source.data, issues);
  const { flow, checked } = runChecks(salvaged, source, found);
  const told = onceEach(found);
  told.sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  const shown = atMost(told, mostDiagnostics);
  const placeOf = (path: Path) => source.at(path, "key");
  return { ...(hasErrors(found) ? {} : { value: flow }), diagnostics: shown, checked, placeOf };
}

function runChecks(salvaged: Salvaged, source: Source, found: Diagnostic[]) {
  const { flow, origins } = normalise(salvaged, source.at);
  const pathOf = (part: object, inside: Path) => [...(origins.get(part) ?? []), ...inside];
  const looked: CheckedFlow = {
    flow,
    names: givenNames(source.data),
    path: (part) => pathOf(part, []),
    written: (part, ...inside) => valueAt(source.data, pathOf(part, inside)),
    place: (part, ...inside) => source.at(pathOf(part, inside)),
    placeOfKey: (part, ...inside) => source.at(pathOf(part, inside), "key"),
    isWhole: () => true,
  };
  const incomplete = new Set([...salvaged.damaged, ...unknownNames(looked).map(({ part }) => origins.get(part)?.[0])]);
  const about: CheckedFlow = { ...looked, isWhole: (section) => !incomplete.has(section) };
  const checked: { name: string; count: number }[] = [];
  for (const check of checks) {
    if (check.needsWhole?.every(about.isWhole) === false) continue;
    const { count, diagnostics } = check.find(about);
    checked.push({ name: check.name, count });
    found.push(...diagnostics);
  }
  return { flow, checked };
}

function givenNames(data: unknown): GivenNames {
  const written = Object.keys((data ?? {}) as object);
  // A section whose own name is misspelt gives its names all the same.
  const keyOf = (section: string) => (written.includes(section) ? section : (nearestName(section, written) ?? section));
  const keys = (section: string) => new Set(Object.keys((valueAt(data, [keyOf(section)]) ?? {}) as object));
  const releases = valueAt(data, [keyOf("releases")]);
  const ids = (Array.isArray(releases) ? releases : []).map((release) => valueAt(release, ["id"]));
  return {
    teams: keys("teams"),
    branches: keys("branches"),
    gates: keys("gates"),
    environments: keys("environments"),
    releases: new Set(ids.filter((id) => typeof id === "string")),
  };
}

/** A row with several triggers is looked at once for each of them. */
function onceEach(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}

function atMost(diagnostics: readonly Diagnostic[], most: number): readonly Diagnostic[] {
  if (diagnostics.length <= most) return diagnostics;
  const summary = "There is more that is not shown; mend these first.";
  const { file, line, column } = diagnostics[most] ?? {};
  const place = { ...(file && { file }), ...(line && { line }), ...(column && { column }) };
  return [...diagnostics.slice(0, most), { severity: "warning", code: "more-problems", summary, ...place }];
}
