import { type ReasonMeaning, reasons } from "../../src/domain/reason.ts";

/** docs/reference/reasons.md: each code under a heading of its own, so that a comment or a page can link to it. */
export function renderReasons(): string {
  const list: readonly (readonly [string, ReasonMeaning])[] = Object.entries(reasons);
  const sections = list.map(([code, { means, next }]) => `## \`${code}\`\n\n${means}\n\n**Next:** ${next}`);
  return [
    "# Reasons",
    "<!-- Made from src/domain/reason.ts by `npm run docs`; change it there. -->",
    "Why something does not happen, or not yet. Every refusal and every wait carries one of these codes with a sentence that names what it speaks about. Codes are stable: stories, scripts and the ledger use them.",
    ...sections,
  ].join("\n\n");
}
