import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Login } from "../../domain/names.ts";
import type { Path, Place } from "../../flow/place.ts";
import type { Step } from "../step.ts";
import { unknownValue } from "./issues.ts";

/** A step that was read, and which one of the story it is. */
export interface ReadStep {
  readonly index: number;
  readonly step: Step;
}

type PlaceOf = (path: Path, part?: "key" | "value") => Place;
type Report = (problem: Pick<Diagnostic, "code" | "summary" | "hint">, field: string) => void;

/** Everybody whom a step names takes part in the story. */
export function checkPeople(
  steps: readonly ReadStep[],
  people: ReadonlyMap<Login, unknown>,
  placeOf: PlaceOf,
): readonly Diagnostic[] {
  const known = [...people.keys()];
  return steps.flatMap(({ index, step }) =>
    loginsOf(step)
      .filter(({ login }) => !people.has(login))
      .map(({ login, field }) => ({
        severity: "error" as const,
        code: "unknown-person",
        ...unknownValue(login, known, "one of the story's people"),
        ...placeOf(["steps", index, step.kind, ...field]),
      })),
  );
}

function loginsOf(step: Step): readonly { readonly login: Login; readonly field: Path }[] {
  const named = step as { by?: Login; of?: Login | null; fork?: Login | null; coAuthors?: readonly Login[] };
  return [
    ...(["by", "of", "fork"] as const).map((field) => ({ login: named[field], field: [field] })),
    ...(named.coAuthors ?? []).map((login, position) => ({ login, field: ["coAuthors", position] })),
  ].filter((entry): entry is { login: Login; field: string[] } => entry.login !== undefined && entry.login !== null);
}

/** What plangate calls pull requests that it opens itself: by what they are for. The one opened last goes by it. */
export const purposes = ["back-merge"] as const;

/**
 * Fills in which pull request a step is about: the one it names, else the one that the story opened last. Names that
 * `open` gives are its own or, without one, `#` and how many were opened by then; no story can write that.
 */
export function namePullRequests(
  read: readonly ReadStep[],
  placeOf: PlaceOf,
): { readonly steps: readonly Step[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const names: string[] = [];
  const steps = read.map(({ index, step }): Step => {
    const report: Report = (problem, field) => {
      diagnostics.push({ severity: "error", ...problem, ...placeOf(["steps", index, step.kind, field]) });
    };
    if (step.kind === "open") return { ...step, as: nameOpened(step.as, names, report) };
    if (!("pr" in step)) return step;
    if (step.kind === "comment" && step.branch !== null) {
      if (step.pr !== null) report(oneOfTwo, "branch");
      return step;
    }
    checkReview(step, report);
    return { ...step, pr: pullRequestNamed(step.pr, names, report) };
  });
  return { steps, diagnostics };
}

const oneOfTwo = {
  code: "bad-value",
  summary: "A comment is on a pull request or on a branch's head commit, not on both.",
  hint: "Remove `pr` or `branch`.",
};

function nameOpened(asked: string | null, names: string[], report: Report): string {
  const name = asked ?? `#${names.length + 1}`;
  if (isPurpose(name)) {
    const summary = `"${name}" is what plangate calls a pull request of its own.`;
    report({ code: "name-taken", summary, hint: "Give it another name." }, "as");
  }
  if (names.includes(name)) {
    const summary = `An earlier pull request is called "${name}" already.`;
    report({ code: "name-twice", summary, hint: "Give it another name." }, "as");
  }
  names.push(name);
  return name;
}

function pullRequestNamed(asked: string | null, names: readonly string[], report: Report): string {
  const name = asked ?? names.at(-1);
  if (name === undefined) {
    const summary = "No pull request was opened before this step.";
    report({ code: "unknown-pull-request", summary, hint: "Open one first." }, "pr");
  } else if (!names.includes(name) && !isPurpose(name)) {
    const written = names.filter((known) => !known.startsWith("#"));
    report({ code: "unknown-pull-request", ...unknownValue(name, written, "a pull request opened before") }, "pr");
  }
  return name ?? "";
}

function isPurpose(name: string): boolean {
  return purposes.some((purpose) => purpose === name);
}

/** Fields that make sense together only. */
function checkReview(step: Step, report: Report): void {
  if (step.kind !== "review") return;
  if (step.state === "dismiss" && step.of === null) {
    report(
      { code: "missing-key", summary: "A dismissal says whose review it dismisses.", hint: "Add `of: LOGIN`." },
      "state",
    );
  }
  if (step.state !== "dismiss" && step.of !== null) {
    report(
      {
        code: "bad-value",
        summary: `"of" belongs to a dismissal; a review is by the one who gives it.`,
        hint: "Remove it.",
      },
      "of",
    );
  }
}
