import { mostDiagnostics } from "../flow/check.ts";
import { inertLine } from "./inert.ts";

/** One check as it went: how much it looked at, and what it found. */
export interface CheckLine {
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface CheckView {
  readonly file: string;
  /** Whether the flow file is there and can be read: else its stacks and most of its checks wait. */
  readonly readable: boolean;
  readonly stacks: number;
  readonly environments: readonly string[];
  /** Of the flow file, whose problems have no check's name. */
  readonly flow: readonly { readonly name: string; readonly count: number }[];
  readonly files: readonly CheckLine[];
  readonly errors: number;
  readonly warnings: number;
}

/** What was checked, for the terminal: a check that saw nothing says so, and is not among those that hold. */
export function renderCheck(view: CheckView): string {
  const { files, errors, warnings } = view;
  const lines = [
    ...flowLines(view),
    ...files.map(fileLine),
    "",
    `${errors + warnings === 0 ? "Nothing is wrong, as far as files can show." : `${found(errors, "error")}, ${found(warnings, "warning")}.`}${blind(files)}`,
  ];
  return lines.join("\n");
}

function flowLines({ file, readable, stacks, environments, flow }: CheckView): readonly string[] {
  if (!readable)
    return [inertLine(`${file} cannot be used: its stacks, and what is said of them, wait until it can.`), ""];
  const idle = flow.filter(({ count }) => count === 0).map(({ name }) => name);
  const seen = flow.length - idle.length;
  return [
    inertLine(`${file}: ${plural(stacks, "stack")} in ${environments.join(", ") || "no environment"}`),
    "",
    `  ${plural(seen, "check")} of the flow file looked at something${idle.length === 0 ? "" : `; with nothing to look at: ${idle.join(", ")}`}`,
  ];
}

function fileLine({ name, count, errors, warnings }: CheckLine): string {
  const mark = errors > 0 ? "✗" : warnings > 0 ? "!" : count === 0 ? "–" : "✓";
  const both = [errors > 0 ? found(errors, "error") : "", warnings > 0 ? found(warnings, "warning") : ""];
  const said = both.filter((part) => part !== "").join(", ");
  const looked = count === 0 ? "nothing to look at" : `looked at ${count}`;
  return `  ${mark} ${name.padEnd(34)} ${looked}${said === "" ? "" : `: ${said}`}`;
}

/** What had nothing to look at shows nothing, neither good nor bad. */
function blind(files: CheckView["files"]): string {
  const idle = files.filter(({ count }) => count === 0).length;
  return idle === 0 ? "" : ` ${plural(idle, "check")} of files had nothing to look at.`;
}

/** A check stops looking when it found more than a hundred: beyond that nobody counted. */
function found(count: number, noun: string): string {
  return count > mostDiagnostics ? `more than ${mostDiagnostics} ${noun}s` : plural(count, noun);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
