import { type Diagnostic, hasErrors } from "../domain/diagnostic.ts";
import type { Parsed } from "../domain/names.ts";
import { type CheckedFlow, type GivenNames, mostDiagnostics } from "./check.ts";
import { checks } from "./checks/index.ts";
import type { Flow } from "./flow.ts";
import { issueDiagnostics } from "./issues.ts";
import { normalise } from "./normalise.ts";
import { type Path, type Place, valueAt } from "./place.ts";
import { type Salvaged, type Section, salvage } from "./salvage.ts";
import { flowSchema } from "./schema.ts";
import { readSource, type Source } from "./source.ts";

/** A parsed flow, and how much each check looked at. A check is absent when errors kept it from being run. */
export interface ParsedFlow extends Parsed<Flow> {
  readonly checked: readonly { readonly name: string; readonly count: number }[];
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
  found.sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  const shown = atMost(found, mostDiagnostics);
  return hasErrors(found) ? { diagnostics: shown, checked } : { value: flow, diagnostics: shown, checked };
}

function runChecks(salvaged: Salvaged, source: Source, found: Diagnostic[]) {
  const { flow, origins } = normalise(salvaged, source.at);
  const pathOf = (part: object, inside: Path) => [...(origins.get(part) ?? []), ...inside];
  const about: CheckedFlow = {
    flow,
    names: givenNames(source.data),
    written: (part, ...inside) => valueAt(source.data, pathOf(part, inside)),
    place: (part, ...inside) => source.at(pathOf(part, inside)),
    placeOfKey: (part, ...inside) => source.at(pathOf(part, inside), "key"),
  };
  const counts = new Map<string, number>();
  for (const whole of [undefined, true]) {
    const wrong = new Set([...salvaged.damaged, ...(whole ? sectionsOf(found, source) : [])]);
    for (const check of checks) {
      if (check.whole !== whole || check.reads.some((section) => wrong.has(section))) continue;
      const { count, diagnostics } = check.find(about);
      counts.set(check.name, count);
      found.push(...diagnostics);
    }
  }
  const checked = checks.flatMap(({ name }) => (counts.has(name) ? [{ name, count: counts.get(name) ?? 0 }] : []));
  return { flow, checked };
}

/** The parts of the file that errors stand in: of the keys at the top, the last one before each error. */
function sectionsOf(diagnostics: readonly Diagnostic[], source: Source): ReadonlySet<Section> {
  const isBefore = (left: Partial<Place>, right: Partial<Place>) =>
    (left.line ?? 0) < (right.line ?? 0) || (left.line === right.line && (left.column ?? 0) <= (right.column ?? 0));
  const starts = Object.keys((source.data ?? {}) as object).map((name) => ({ name, place: source.at([name], "key") }));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return new Set(
    errors.flatMap((error) => {
      const before = starts.filter(({ place }) => isBefore(place, error));
      const last = before.reduce(
        (found, start) => (isBefore(found.place, start.place) ? start : found),
        before[0] ?? { name: "", place: {} },
      );
      return last.name as Section;
    }),
  );
}

function givenNames(data: unknown): GivenNames {
  const keys = (section: string) => new Set(Object.keys((valueAt(data, [section]) ?? {}) as object));
  const releases = valueAt(data, ["releases"]);
  const ids = (Array.isArray(releases) ? releases : []).map((release) => valueAt(release, ["id"]));
  return {
    teams: keys("teams"),
    branches: keys("branches"),
    environments: keys("environments"),
    releases: new Set(ids.filter((id) => typeof id === "string")),
  };
}

function atMost(diagnostics: readonly Diagnostic[], most: number): readonly Diagnostic[] {
  if (diagnostics.length <= most) return diagnostics;
  const rest = diagnostics.length - most;
  const summary = `${rest} more problems are not shown; mend these first.`;
  const { file, line, column } = diagnostics[most] ?? {};
  const place = { ...(file && { file }), ...(line && { line }), ...(column && { column }) };
  return [...diagnostics.slice(0, most), { severity: "error", code: "more-problems", summary, ...place }];
}
