import type { StackName } from "../domain/names.ts";
import { reasons } from "../domain/reason.ts";
import type { Run } from "../domain/run.ts";
import { inertMarkdown, inlineCode } from "./inert.ts";
import { momentText } from "./moment.ts";

/** So many stacks are named, those that need somebody first. */
const mostStacks = 50;
const longestWhy = 500;

/**
 * What became of what a pull request brought, stack by stack: the section of plangate's comment that is read after the merge.
 * Null when there is nothing to tell: what only waits stands in the stack's own section.
 *
 * @param runs of the pull request, newest first.
 */
export function renderOutcome(runs: readonly Run[]): string | null {
  const counting = runs.filter(({ state }) => state !== "superseded" && state !== "discarded");
  const told = [...Map.groupBy(counting, ({ stack }) => stack).values()]
    .flatMap(standing)
    .flatMap((run) => outcomeOf(run) ?? [])
    .sort((left, right) => Number(left.good) - Number(right.good) || (left.stack < right.stack ? -1 : 1));
  if (told.length === 0) return null;
  const lines = told.slice(0, mostStacks).map(({ stack, words }) => `- ${inlineCode(stack)}: ${words}`);
  const more = told.length - lines.length;
  return ["### What became of it", "", ...lines, ...(more === 0 ? [] : [`- and ${more} more`])].join("\n");
}

/** The newest run of a stack; of one that is taken down again, the newest that built it up as well. */
function standing(runs: readonly Run[]): readonly Run[] {
  const [newest] = runs;
  const built = newest?.mode === "destroy" ? runs.find(({ mode }) => mode === "normal") : undefined;
  return [built, newest].filter((run) => run !== undefined);
}

/** Whether people are told of its end here. */
export function isOutcome(run: Run): boolean {
  return outcomeOf(run) !== null;
}

interface Outcome {
  readonly stack: StackName;
  readonly good: boolean;
  readonly words: string;
}

function outcomeOf(run: Run): Outcome | null {
  const { stack, state, mode, plan, updatedAt } = run;
  const at = `, ${momentText(updatedAt)}, run ${inlineCode(run.id)}`;
  const bad = (headline: string): Outcome => ({
    stack,
    good: false,
    words: `**${headline}**${at}. ${whyOf(run)}`.trimEnd(),
  });
  switch (state) {
    case "verified":
      return { stack, good: true, words: `${mode === "destroy" ? "destroyed" : "applied and verified"}${at}` };
    case "failed":
      return bad(plan === null ? "could not be planned" : "the apply failed");
    case "refused":
      return bad(plan === null ? "its plan was refused" : "refused");
    case "interrupted":
      return bad("the apply was interrupted");
    case "verify-failed":
      return bad("applied, and the verification failed");
    default:
      return null;
  }
}

function whyOf({ why, code }: Run): string {
  const said = why === null ? "" : `${inertMarkdown(why.slice(0, longestWhy))}. `;
  return code === null ? said.trim() : `${said}**What to do:** ${reasons[code].next}`;
}
