import type { Delivered } from "../../delivery/deliver.ts";
import { type ReasonCode, reasons } from "../../domain/reason.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { inertLine, inlineCode } from "../../views/inert.ts";
import type { Ci, CiResult } from "./open-job.ts";

/** So many decisions are shown of one job; the ledger has all of them. */
const mostShown = 500;

/** What was decided, for people who look at the run: the event, each sentence about it, and what they do next. */
export function tellDelivered(ci: Ci, delivered: readonly Delivered[], exitCode: CiResult["exitCode"] = 0): CiResult {
  const decisions = delivered.map(({ event, decision }) => ({
    event: event.kind,
    actions: decision.actions.map(({ kind }) => kind),
    reasons: decision.reasons.map(({ sentence }) => sentence),
  }));
  const said = delivered.map(({ event, decision }) => ({ event: event.kind, verdicts: decision.reasons }));
  const news = said.map((one) => ({ ...one, verdicts: one.verdicts.filter((verdict) => !isNothingWaiting(verdict)) }));
  const isNews = news.some(({ verdicts }) => verdicts.length > 0);
  const shown = (isNews ? news : said)
    .filter(({ verdicts }) => verdicts.length > 0)
    .slice(0, mostShown)
    .map(({ event, verdicts }) => ({ event, reasons: verdicts.map(({ sentence }) => sentence) }));
  const next = nextSteps(news.flatMap(({ verdicts }) => verdicts.flatMap(codesOf)));
  const lines = shown.flatMap(({ event, reasons: said }) =>
    said.map((sentence) => `- ${event}: ${inlineCode(sentence)}`),
  );
  ci.outputs.summary(lines.length === 0 ? "Nothing was to be decided." : lines.join("\n"));
  if (next.length > 0) ci.outputs.summary(["**What to do:**", "", ...next.map((one) => `- ${one}`)].join("\n"));
  const text = shown.flatMap(({ event, reasons: said }) => said.map((one) => `${event}: ${inertLine(one)}`));
  return {
    exitCode,
    text: text.length === 0 ? "Nothing was to be decided." : [...text, ...nextText(next)].join("\n"),
    fields: { decisions },
  };
}

/** Whatever ends wakes what waited for it. That nothing did asks nobody for anything, and is told where nothing else is. */
function isNothingWaiting({ rule, code }: Verdict): boolean {
  return rule === "wake" && code === "not-requested";
}

/** What people do about each of these, once: it is the same for every stack. */
export function nextSteps(codes: Iterable<ReasonCode>): readonly string[] {
  return [...new Set(codes)].map((code) => `${code}: ${reasons[code].next}`);
}

/** The same below what is said in a job's log. */
export function nextText(steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : ["What to do:", ...steps.map((step) => `  ${step}`)];
}

/**
 * Every reason in a verdict why something is not, or not yet; also why a yes has to be looked at afterwards. A no below a
 * yes is what something else made good, such as an approval that was given elsewhere: nobody is asked for it any more.
 */
function codesOf({ answer, code, children = [] }: Verdict): readonly ReasonCode[] {
  const below = children.filter((child) => answer !== "yes" || child.answer === "yes").flatMap(codesOf);
  return code === undefined || below.includes(code) ? below : [code, ...below];
}

/** Says what was passed over, where people look who wonder why nothing came of it: in the log and in the job's summary. */
export function tellPassedOver({ progress, outputs }: Pick<Ci, "progress" | "outputs">, line: string): void {
  progress(`warning: ${inertLine(line)}`);
  outputs.summary(`**Passed over:** ${inlineCode(line)}`);
}
