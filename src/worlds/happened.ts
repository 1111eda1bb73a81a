import type { Action } from "../domain/decision.ts";
import type { StackName } from "../domain/names.ts";
import type { ReasonCode } from "../domain/reason.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Because, FlagBecause } from "./step.ts";

/** What happened since a story last looked. Lists are sets: each entry once, in order of its text. */
export interface Happened {
  readonly planned: readonly StackName[];
  readonly applied: readonly StackName[];
  readonly verified: readonly StackName[];
  readonly destroyed: readonly StackName[];
  readonly superseded: readonly StackName[];
  readonly commented: readonly StackName[];
  readonly released: readonly string[];
  readonly refused: readonly Because[];
  readonly waiting: readonly Because[];
  readonly interrupted: readonly Because[];
  readonly drifted: readonly StackName[];
  readonly flagged: readonly FlagBecause[];
  readonly opened: readonly string[];
  readonly issues: { readonly opened: readonly ReasonCode[]; readonly closed: readonly ReasonCode[] };
  /** Of pull requests and of pushes alike: plangate has one check, and the last report counts. */
  readonly checks: Readonly<Record<string, "pass" | "fail">>;
  /** The forge refused something that a person tried. */
  readonly blocked: boolean;
  /** The reasons of every decision, oldest first. */
  readonly reasons: readonly Verdict[];
}

export const nothingHappened: Happened = {
  planned: [],
  applied: [],
  verified: [],
  destroyed: [],
  superseded: [],
  commented: [],
  released: [],
  refused: [],
  waiting: [],
  interrupted: [],
  drifted: [],
  flagged: [],
  opened: [],
  issues: { opened: [], closed: [] },
  checks: {},
  blocked: false,
  reasons: [],
};

/** What a world has to say besides the actions it performed: how they came out. */
export type Outcome =
  /** A plan with changes was stored, be it for `plan` or for `replan`; a look for drift is none. */
  | { readonly kind: "planned"; readonly stack: StackName }
  | { readonly kind: "applied"; readonly stack: StackName }
  | { readonly kind: "verified"; readonly stack: StackName }
  /** Everything of the stack was destroyed. */
  | { readonly kind: "destroyed"; readonly stack: StackName }
  /** A look for drift found some. */
  | { readonly kind: "drifted"; readonly stack: StackName }
  /** A pull request that was not open already. */
  | { readonly kind: "opened"; readonly purpose: string }
  /** An issue by the code of what it flags; one that only stands on as it was is not told of again. */
  | { readonly kind: "issue"; readonly change: "opened" | "closed"; readonly code: ReasonCode }
  /** A run gave way to another one without an action `supersede`: the new plan of a `replan` meant something else. */
  | { readonly kind: "replaced"; readonly stack: StackName }
  /** The static checks of a pull request or of a pushed commit ended. They are one check by the name `check`. */
  | { readonly kind: "checked"; readonly passed: boolean }
  /** The forge refused a step. */
  | { readonly kind: "blocked"; readonly why: string };

/** One thing for `collect`: an action as it is performed, an outcome, or the reasons of a decision. */
export type News =
  | { readonly action: Action }
  | { readonly outcome: Outcome }
  | { readonly reasons: readonly Verdict[] };

/**
 * Adds one thing to what happened. Every world tells its story through this function, so that all mean the same by it:
 * an action counts when it is performed, whatever the run's state was; a plan, an apply and a verification count when
 * they came out well.
 */
export function collect(happened: Happened, news: News): Happened {
  if ("action" in news) return collectAction(happened, news.action);
  if ("outcome" in news) return collectOutcome(happened, news.outcome);
  return { ...happened, reasons: [...happened.reasons, ...news.reasons] };
}

function collectAction(happened: Happened, action: Action): Happened {
  switch (action.kind) {
    case "comment":
      return { ...happened, commented: added(happened.commented, action.stack) };
    case "wait":
      return { ...happened, waiting: addedBecause(happened.waiting, action.stack, action.code) };
    case "refuse":
      return { ...happened, refused: addedBecause(happened.refused, action.stack, action.code) };
    case "supersede":
      return { ...happened, superseded: added(happened.superseded, action.stack) };
    case "interrupt":
      return { ...happened, interrupted: addedBecause(happened.interrupted, action.stack, "interrupted") };
    case "release":
      return { ...happened, released: added(happened.released, action.tag) };
    case "flag":
      return action.issue === "close" ? happened : { ...happened, flagged: addedFlag(happened.flagged, action) };
    default:
      return happened;
  }
}

function collectOutcome(happened: Happened, outcome: Outcome): Happened {
  switch (outcome.kind) {
    case "planned":
    case "applied":
    case "verified":
    case "destroyed":
    case "drifted":
      return { ...happened, [outcome.kind]: added(happened[outcome.kind], outcome.stack) };
    case "opened":
      return { ...happened, opened: added(happened.opened, outcome.purpose) };
    case "issue": {
      const { change, code } = outcome;
      return { ...happened, issues: { ...happened.issues, [change]: added(happened.issues[change], code) } };
    }
    case "replaced":
      return { ...happened, superseded: added(happened.superseded, outcome.stack) };
    case "checked":
      return { ...happened, checks: { ...happened.checks, check: outcome.passed ? "pass" : "fail" } };
    default:
      return { ...happened, blocked: true };
  }
}

function added<T extends string>(set: readonly T[], item: T): readonly T[] {
  return set.includes(item) ? set : [...set, item].sort();
}

function addedBecause(
  set: readonly Because[],
  stack: StackName | null,
  because: Because["because"],
): readonly Because[] {
  if (set.some((known) => known.stack === stack && known.because === because)) return set;
  return [...set, { stack, because }].sort((left, right) => (becauseText(left) < becauseText(right) ? -1 : 1));
}

function addedFlag(
  set: readonly FlagBecause[],
  { stack, branch, code }: Extract<Action, { kind: "flag" }>,
): readonly FlagBecause[] {
  const flag: FlagBecause = { stack, branch, because: code };
  if (set.some((known) => flagText(known) === flagText(flag))) return set;
  return [...set, flag].sort((left, right) => (flagText(left) < flagText(right) ? -1 : 1));
}

/** `develop: push-too-large`, or with a stack in the branch's place. */
export function flagText({ stack, branch, because }: FlagBecause): string {
  return [stack ?? branch, because].filter((word) => word !== null).join(": ");
}

/** `prod/app: approval-missing`, or the code alone when it is about no stack. */
export function becauseText({ stack, because }: Because): string {
  return stack === null ? because : `${stack}: ${because}`;
}
