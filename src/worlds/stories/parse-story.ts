import { type Diagnostic, hasErrors, nearestName } from "../../domain/diagnostic.ts";
import type { Login, Parsed } from "../../domain/names.ts";
import { readSource, type Source } from "../../flow/source.ts";
import type { Step } from "../step.ts";
import { checkFirstCommit } from "./first-commit.ts";
import { issueDiagnostics } from "./issues.ts";
import { checkPeople, namePullRequests, type ReadStep } from "./references.ts";
import { stepKinds, stepSchemas, storySchema } from "./step-schema.ts";
import type { Story } from "./story.ts";

/**
 * Reads a story: syntax, shape, and what its steps say about each other (people, pull requests), every problem with its
 * place, all at once. What only the flow can tell is checked by `checkStory`.
 */
export function parseStory(text: string, { file }: { readonly file: string }): Parsed<Story> {
  const { source, diagnostics } = readSource(text, file);
  if (source === undefined) return { diagnostics };
  const found: Diagnostic[] = [...diagnostics];
  const top = storySchema.safeParse(source.data, { reportInput: true });
  if (!top.success) {
    found.push(
      ...issueDiagnostics(top.error.issues, { schema: storySchema, path: [], name: "a story", placeOf: source.at }),
    );
  }
  const flow = flowOf(source, found);
  const read = readSteps(source, found);
  const people = top.success
    ? new Map(Object.entries(top.data.people).map(([login, teams]) => [login as Login, teams]))
    : undefined;
  if (people !== undefined) found.push(...checkPeople(read, people, source.at));
  if (top.success && people !== undefined) found.push(...checkFirstCommit(top.data, people, source.at));
  const { steps, diagnostics: misnamed } = namePullRequests(read, source.at);
  // A pull request that could not be read must not look as if it were missing.
  if (!hasErrors(found)) found.push(...misnamed);
  found.sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  if (hasErrors(found) || !top.success || flow === undefined || people === undefined) return { diagnostics: found };
  const { story, at, start, modules, owners } = top.data;
  return {
    value: { story, file, flow, people, at, start, modules, owners, steps, placeOf: source.at },
    diagnostics: found,
  };
}

function flowOf(source: Source, found: Diagnostic[]): Story["flow"] | undefined {
  const { preset, flow } = (source.data ?? {}) as { preset?: unknown; flow?: unknown };
  if (typeof preset === "string" && flow === undefined)
    return { kind: "preset", name: preset, at: source.at(["preset"]) };
  if (typeof flow === "string" && preset === undefined) return { kind: "file", name: flow, at: source.at(["flow"]) };
  if (preset !== undefined && flow !== undefined) {
    const summary = "A story tells about one flow; this one names a preset and a file.";
    found.push({
      severity: "error",
      code: "two-flows",
      summary,
      hint: "Keep `preset` or `flow`.",
      ...source.at(["flow"], "key"),
    });
  } else if (preset === undefined && flow === undefined) {
    const summary = "A story names the flow that it tells about.";
    found.push({
      severity: "error",
      code: "flow-missing",
      summary,
      hint: "Add `flow: plangate.yaml` or `preset: NAME`.",
      ...source.at([]),
    });
  }
  return undefined;
}

function readSteps(source: Source, found: Diagnostic[]): readonly ReadStep[] {
  const steps = (source.data as { steps?: unknown } | null)?.steps;
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((written: unknown, index) => readStep(written, { index, source, found }) ?? []);
}

function readStep(
  written: unknown,
  { index, source, found }: { index: number; source: Source; found: Diagnostic[] },
): ReadStep | undefined {
  const path = ["steps", index] as const;
  const report = (problem: Pick<Diagnostic, "code" | "summary"> & { hint?: string }, key?: string): undefined => {
    found.push({
      severity: "error",
      ...problem,
      ...(key === undefined ? source.at(path) : source.at([...path, key], "key")),
    });
  };
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    return report({ code: "bad-step", summary: "A step is one word with its fields, such as `merge: { by: ann }`." });
  }
  const [key, second] = Object.keys(written);
  if (key === undefined) return report({ code: "bad-step", summary: "The step is empty." });
  if (second !== undefined) {
    return report(
      { code: "bad-step", summary: `"${key}" and "${second}" are two steps.`, hint: "Start each with a dash." },
      second,
    );
  }
  const kind = stepKinds.find((known) => known === key);
  if (kind === undefined) {
    const near = nearestName(key, stepKinds);
    const hint = near === undefined ? `A step is one of ${stepKinds.join(", ")}.` : `Did you mean "${near}"?`;
    return report({ code: "unknown-step", summary: `The step "${key}" is not known.`, hint }, key);
  }
  const schema = stepSchemas[kind];
  const parsed = schema.safeParse((written as Record<string, unknown>)[key] ?? {}, { reportInput: true });
  if (!parsed.success) {
    const about = { schema, path: [...path, key], name: articled(kind), placeOf: source.at };
    found.push(...issueDiagnostics(parsed.error.issues, about));
    return undefined;
  }
  const { line, column } = source.at([...path, key], "key");
  return { index, step: { ...withoutAbsent(parsed.data), kind, at: { line, column } } as Step };
}

/** The type says which fields may be absent; a field that is there and undefined is another thing. */
function withoutAbsent(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function articled(kind: string): string {
  return `${/^[aeou]/.test(kind) ? "an" : "a"} "${kind}"`;
}
