import type { StackName } from "../domain/names.ts";
import { type ReasonCode, reasons } from "../domain/reason.ts";
import type { Run } from "../domain/run.ts";
import { inertMarkdown, inlineCode } from "./inert.ts";
import { momentText } from "./moment.ts";

/** So many stacks are named, those that need somebody first. */
const mostStacks = 50;
/** What all of them say why, so that the comment has room for the rest; of a few, each says all that is known. */
const longestWhys = 12_000;
const longestWhy = 2_500;
const shortestWhy = 500;

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
  const shown = told.slice(0, mostStacks);
  const share = Math.floor(longestWhys / Math.max(1, shown.filter(({ good }) => !good).length));
  const longest = Math.max(shortestWhy, Math.min(longestWhy, share));
  const said = new Set<ReasonCode>();
  const lines = shown.map(({ stack, words, run, good }) =>
    `- ${inlineCode(stack)}: ${words}${good ? "" : ` ${whyOf(run, longest, said)}`}`.trimEnd(),
  );
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
  readonly run: Run;
}

function outcomeOf(run: Run): Outcome | null {
  const { stack, state, mode, plan, updatedAt } = run;
  const at = `, ${momentText(updatedAt)}, run ${inlineCode(run.id)}`;
  const bad = (headline: string): Outcome => ({
    stack,
    good: false,
    words: `**${headline}**${at}.`,
    run,
  });
  switch (state) {
    case "verified":
      return { stack, run, good: true, words: `${mode === "destroy" ? "destroyed" : "applied and verified"}${at}` };
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

/** What people do is told once of each code: it is the same for every stack. */
function whyOf({ why, code }: Run, longest: number, told: Set<ReasonCode>): string {
  const said = why === null ? "" : `${inertMarkdown(cut(why, longest))}. `;
  if (code === null) return said.trim();
  const next = told.has(code) ? "as above." : reasons[code].next;
  told.add(code);
  return `${said}**What to do:** ${next}`;
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}
