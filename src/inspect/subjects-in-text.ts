import type { SubjectFact } from "../domain/configuration-facts.ts";
import { spotAt } from "./spot.ts";

const compared = /"[^"\n]*:sub"\s*:\s*(\[[^\]]*\]|"[^"\n]*")/g;
const looksLikeOne = /"(repo:[^"\n/]+\/[^"\n]*|principalSet:\/\/[^"\n]+)"/g;
const operators = /"((?:ForAllValues:|ForAnyValue:)?String\w+)"\s*:/g;

/**
 * Who is trusted by a policy that is written as JSON, or as a template of it: read as text, since a template is no
 * JSON before it is filled in. A text is taken for a subject where it is compared with `…:sub`, or looks like one.
 */
export function subjectsInText(text: string): readonly SubjectFact[] {
  if (!text.includes("repo:") && !text.includes(':sub"') && !text.includes("principalSet:")) return [];
  const found = new Map<number, string>();
  for (const match of text.matchAll(compared)) {
    const [whole, values = ""] = match;
    const start = match.index + whole.length - values.length;
    for (const value of values.matchAll(/"([^"\n]*)"/g)) found.set(start + value.index, value[1] ?? "");
  }
  for (const match of text.matchAll(looksLikeOne)) found.set(match.index, match[1] ?? "");
  const comparisons = [...text.matchAll(operators)];
  return [...found].map(([index, subject]) => ({
    text: subject.replaceAll(/\$\{[^}]*\}/g, "…"),
    operator: comparisons.findLast((operator) => operator.index < index)?.[1] ?? null,
    within: "",
    ...spotAt(text, index),
  }));
}
