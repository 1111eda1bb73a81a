import { existsSync, readFileSync } from "node:fs";
import type { Masks } from "./masks.ts";

/** What a step says to its runner by printing it, and where that goes. */
export interface Told {
  readonly masks: Masks;
  readonly log: (line: string) => void;
  readonly output: (name: string, value: string) => void;
}

/** Reads a step's lines: workflow commands are obeyed, everything else is log. */
export function openLines({ masks, log, output }: Told): (line: string) => void {
  let stopped: string | null = null;
  return (line) => {
    if (stopped !== null) {
      if (line.trim() === `::${stopped}::`) stopped = null;
      else log(line);
      return;
    }
    const found = /^\s*::([\w-]+)(?: ([^\n]*?))?::(.*)$/.exec(line);
    const [, name = "", properties = "", value = ""] = found ?? [];
    switch (found === null ? null : name.toLowerCase()) {
      case "add-mask":
        masks.add(unescaped(value));
        return;
      case "debug":
        return;
      case "error":
      case "notice":
      case "warning":
        log(`##[${name}]${unescaped(value)}`);
        return;
      case "group":
      case "endgroup":
        log(`##[${name}]${unescaped(value)}`);
        return;
      case "set-output":
        // Out of use for years and still obeyed: whoever prints what others wrote has to know.
        output(unescapedProperty(/(?:^|,)name=([^,]*)/.exec(properties)?.[1] ?? ""), unescaped(value));
        return;
      case "stop-commands":
        stopped = value;
        return;
      case "set-env":
      case "add-path":
        log(`##[error]The '${name}' command is disabled.`);
        return;
      default:
        log(line);
    }
  };
}

function unescaped(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapedProperty(text: string): string {
  return unescaped(text.replaceAll("%3A", ":").replaceAll("%2C", ","));
}

/** Something is wrong with what a step wrote into a file of its runner's; the step fails. */
export class BadCommandFile extends Error {
  override readonly name = "BadCommandFile";
}

/** `name=value` lines and `name<<END` blocks of `GITHUB_OUTPUT` and `GITHUB_ENV`. */
export function readPairs(file: string): readonly (readonly [string, string])[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const [equals, heredoc] = [line.indexOf("="), line.indexOf("<<")];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new BadCommandFile(`Invalid format '${line}'. Name must not be empty`);
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
      continue;
    }
    if (heredoc <= 0) throw new BadCommandFile(`Invalid format '${line}'`);
    const end = lines.indexOf(line.slice(heredoc + 2), at + 1);
    if (end < 0) throw new BadCommandFile(`Invalid value. Matching delimiter not found '${line.slice(heredoc + 2)}'`);
    pairs.push([line.slice(0, heredoc), lines.slice(at + 1, end).join("\n")]);
    at = end;
  }
  return pairs;
}

/** Lines of `GITHUB_PATH`. */
export function readLines(file: string): readonly string[] {
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split(/\r?\n/)
        .filter((line) => line !== "")
    : [];
}
