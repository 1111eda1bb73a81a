import type { StackName } from "../domain/names.ts";
import { type ToolError, toolErrorsText } from "../domain/tool-error.ts";
import { inlineCode } from "./inert.ts";

/** So much of what a command printed last is shown where it failed. */
const mostLines = 20;
const longestTail = 4_000;

/** One thing that verification looked at, as far as people are told of it. */
export interface SeenCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly output: string;
}

/** What came of one stack in a job, beyond how it ended. */
export interface SeenOfStack {
  readonly stack: StackName;
  readonly errors: readonly ToolError[];
  readonly checks: readonly SeenCheck[];
}

/** For a job's log: what failed, whole. Null where nothing did. The caller makes it inert. */
export function seenText({ stack, errors, checks }: SeenOfStack): string | null {
  const parts = [...errorsOf(errors), ...checks.filter(({ passed }) => !passed).map(checkText)];
  return parts.length === 0 ? null : [`${stack}:`, ...parts].join("\n");
}

/** The same for a job's summary, and of what was verified a line each. Null where there is nothing to tell. */
export function seenMarkdown({ stack, errors, checks }: SeenOfStack): string | null {
  if (errors.length === 0 && checks.length === 0) return null;
  const lines = checks.map(
    (check) => `- ${check.passed ? "✓" : "✗"} ${inlineCode(check.name)}${ended(check)}, ${seconds(check.durationMs)}`,
  );
  const tails = checks.filter(({ passed, output }) => !passed && output !== "").map(({ output }) => tailOf(output));
  return [
    `#### ${inlineCode(stack)}`,
    ...errorsOf(errors).map(block),
    ...(lines.length === 0 ? [] : [lines.join("\n")]),
    ...tails.map(block),
  ].join("\n\n");
}

function errorsOf(errors: readonly ToolError[]): readonly string[] {
  return errors.length === 0 ? [] : [toolErrorsText(errors)];
}

function checkText(check: SeenCheck): string {
  const said = tailOf(check.output);
  return `✗ ${check.name}${ended(check)}${said === "" ? "" : `\n${said}`}`;
}

function ended({ exitCode }: SeenCheck): string {
  return exitCode === null || exitCode === 0 ? "" : `, exit code ${exitCode}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function tailOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  const tail = lines.slice(-mostLines).join("\n");
  const shown = tail.length > longestTail ? `…${tail.slice(-longestTail).toWellFormed()}` : tail;
  return lines.length > mostLines ? `… (${lines.length - mostLines} lines before)\n${shown}` : shown;
}

/** What is put in is made inert as a whole, when it is written; nothing in it ends a fence that is longer than all of its own. */
function block(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}text\n${text}\n${fence}`;
}
