import { inMarkdown } from "../../views/explain/words/names.ts";
import { inlineCode } from "../../views/inert.ts";
import { changeCheck } from "../names.ts";

/** A rule of the flow, and what holds it; all of it in Markdown. */
export interface Enforced {
  /** What the rule is about: a branch, an environment, every change. */
  readonly subject: string;
  readonly rule: string;
  /** The first thing that holds it first. */
  readonly by: readonly string[];
}

/** What plangate holds itself: it judges everything anew, whatever GitHub let through. */
export const guard = "plangate, before each apply";

export const check = `the check ${inlineCode(changeCheck)}`;

/** Rules of one subject; each where it applies. */
export type Say = (applies: boolean, rule: string, by: readonly string[]) => readonly Enforced[];

export function sayOf(subject: string): Say {
  return (applies, rule, by) => (applies && by.length > 0 ? [{ subject, rule, by }] : []);
}

export function environmentText(name: string): string {
  return `the environment ${inMarkdown.code(name)}`;
}

/** As a table. Bars of names would end a cell. */
export function enforcementTable(rules: readonly Enforced[]): string {
  const cell = (text: string) => text.replaceAll(/(?<!\\)\|/g, "\\|");
  const rows = rules.map(({ subject, rule, by }, index) => {
    const isFirst = rules[index - 1]?.subject !== subject;
    return `| ${isFirst ? cell(subject) : ""} | ${cell(rule)} | ${cell(by.join("; "))} |`;
  });
  return ["| of | rule | held by |", "|---|---|---|", ...rows].join("\n");
}
