import type { ValueChange } from "../domain/plan-json.ts";
import { failingChecks } from "../domain/plan-meaning.ts";
import { outputLines, resourceLines } from "./change-lines.ts";
import { inertLine } from "./inert.ts";
import { changesByWeight, countWords, type PlanView } from "./plan-markdown.ts";
import type { Sign } from "./resource-heading.ts";

export interface TextOptions {
  /** ANSI colours; off when it is not for a terminal. */
  readonly color: boolean;
  /** Nothing of a resource is left out, and no value shortened. */
  readonly whole?: boolean;
}

/** A plan for the terminal, in place of `terraform show`: deletions first, no sensitive value, nothing that a terminal would obey. */
export function renderPlanText(view: PlanView, options: TextOptions): string {
  const { plan, summary, open, redact } = view;
  const paint = options.color ? painted : (_: Paint, text: string) => text;
  const lines: string[] = [];
  const changes = changesByWeight(plan);
  const measure = (lines: number) =>
    options.whole === true
      ? { redact, most: Number.POSITIVE_INFINITY, longest: Number.POSITIVE_INFINITY }
      : { redact, most: lines };
  const add = (sign: Sign, depth: number, text: string): void => {
    const line = inertLine(`${sign === "#" ? "#" : sign.padStart(3)} ${"    ".repeat(depth)}${text}`);
    lines.push(paint(paints[sign], line));
  };
  for (const change of changes) {
    for (const line of resourceLines(change, measure(2000))) add(line.sign, line.depth, line.text);
    lines.push("");
  }
  if (summary.outputs.length > 0) {
    lines.push(paint("bold", "Outputs:"));
    for (const { name } of summary.outputs) {
      const change = plan.outputChanges[name] as ValueChange;
      for (const line of outputLines(name, change, measure(500))) add(line.sign, line.depth, line.text);
    }
    lines.push("");
  }
  for (const { name, status } of failingChecks(plan))
    lines.push(paint("yellow", inertLine(`Check ${name}: ${status}`)));
  const named = (label: string, names: readonly string[]): void => {
    if (names.length > 0) lines.push(inertLine(`Decided only at apply: ${label}: ${names.join(", ")}`));
  };
  if (open.unknown.values > 0) lines.push(`Decided only at apply: ${open.unknown.values} unknown values`);
  named("data sources read", open.reads);
  named(
    "provisioners that run",
    open.provisioners.map(({ address, types }) => `${address} (${types.join(", ")})`),
  );
  named("ephemeral inputs", open.ephemeral);
  named(
    "changes put off",
    open.deferred.map(({ address }) => address),
  );
  named("actions invoked", open.actions);
  for (const { address, path } of view.runtimeOwned)
    lines.push(inertLine(`Set at run time, left out of comparisons: ${address}: ${path}`));
  if (plan.errored === true) lines.push(paint("red", "The plan has errors and cannot be applied."));
  if (plan.complete === false) lines.push(paint("yellow", "The plan is not complete."));
  const words = countWords(summary.counts);
  const none = summary.isEmpty ? "No changes." : "No resource is changed.";
  lines.push(paint("bold", words.length === 0 ? none : `Plan: ${words.join(", ")}.`));
  return lines.join("\n");
}

type Paint = "red" | "green" | "yellow" | "cyan" | "bold" | "plain";

const codes: Readonly<Record<Paint, string>> = {
  red: "31",
  green: "32",
  yellow: "33",
  cyan: "36",
  bold: "1",
  plain: "0",
};

const paints: Readonly<Record<Sign, Paint>> = {
  "+": "green",
  "-": "red",
  "~": "yellow",
  "-/+": "red",
  "+/-": "red",
  "<=": "cyan",
  "#": "bold",
  " ": "plain",
};

function painted(paint: Paint, text: string): string {
  return paint === "plain" ? text : `\u001b[${codes[paint]}m${text}\u001b[0m`;
}
