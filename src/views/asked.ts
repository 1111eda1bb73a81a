import type { AskedInVain, RefusedCommand } from "../domain/command-answer.ts";
import { reasons } from "../domain/reason.ts";
import { inertMarkdown, inlineCode } from "./inert.ts";
import { momentText } from "./moment.ts";

/** So many people are answered in one place, those who asked last; and so many lines of each. */
const mostPeople = 10;
const mostLines = 5;
const mostSentences = 3;
const longestSentence = 300;

/**
 * What people asked for in comments and what is not done, with why and what they do next: a section of plangate's comment.
 * Null where nothing is left of that.
 *
 * @param asked newest last, one of each person.
 * @param strangers whether people without write access asked for something. They are told all the same thing, once: whoever
 *   can see a repository comments in it.
 */
export function renderAsked(asked: readonly AskedInVain[], strangers: boolean): string | null {
  const people = asked.filter(({ refused }) => refused.length > 0).slice(-mostPeople);
  if (people.length === 0 && !strangers) return null;
  const lines = people.flatMap(({ at, by, refused }) =>
    refusedLines(refused).map((line) => `- ${inlineCode(by)}, ${momentText(at)}: ${line}`),
  );
  return ["### Asked, and not done", "", ...lines, ...(strangers ? [forStrangers] : [])].join("\n");
}

const forStrangers =
  "- Somebody who may not write here asked for something, and nothing follows from that. **What to do:** somebody who may merge looks at it and comments the same; code of a fork is planned once they comment `/plangate plan`.";

/** The same as an answer on an issue, to the comment that was said there last. */
export function renderReply(by: string, refused: readonly RefusedCommand[]): string {
  return refusedLines(refused)
    .map((line) => `- ${inlineCode(by)}: ${line}`)
    .join("\n");
}

function refusedLines(refused: readonly RefusedCommand[]): readonly string[] {
  const lines = refused.slice(0, mostLines).map(refusedText);
  return refused.length > mostLines ? [...lines, `and ${refused.length - mostLines} more`] : lines;
}

function refusedText({ command, why, codes }: RefusedCommand): string {
  const said = why.slice(0, mostSentences).map((one) => inertMarkdown(cut(one.replace(/\.$/, ""))));
  const more = why.length > mostSentences ? [`and ${why.length - mostSentences} more of the kind`] : [];
  const next = [...new Set(codes)].map((code) => reasons[code].next);
  return [
    command === null ? "" : `${inlineCode(cut(command))} is not done:`,
    ...[...said, ...more].map((sentence) => `${sentence}.`),
    ...(next.length === 0 ? [] : [`**What to do:** ${next.slice(0, mostSentences).join(" ")}`]),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length > longestSentence ? `${characters.slice(0, longestSentence).join("")}…` : text;
}
