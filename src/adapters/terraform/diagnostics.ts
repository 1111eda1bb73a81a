import { posix } from "node:path";
import type { ToolError } from "../../domain/tool-error.ts";

/** An error as Terraform prints it: one line, and what stands below it. */
export interface PrintedError {
  readonly summary: string;
  readonly detail: string;
}

/**
 * The errors in what Terraform or OpenTofu printed, in order; warnings are left out. Understands the framed form too,
 * which some subcommands use in spite of `-no-color`.
 */
export function printedErrors(text: string): readonly PrintedError[] {
  const errors: { summary: string; detail: string[] }[] = [];
  let current: { detail: string[] } | undefined;
  for (const raw of plainText(text).split("\n")) {
    const line = raw.replace(/^[╷│╵] ?/, "").trimEnd();
    const head = /^(Error|Warning): (.*)$/.exec(line);
    if (head === null) {
      current?.detail.push(line);
      continue;
    }
    const found = { summary: head[2] ?? "", detail: [] };
    current = found;
    if (head[1] === "Error") errors.push(found);
  }
  return errors.map(({ summary, detail }) => ({ summary, detail: detail.join("\n").trim() }));
}

/** Without the escape sequences that colour a terminal. */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

/** Printed as an error before the errors that it speaks of. */
const preamble = /encountered problems during initiali[sz]ation/;

/** The first error in a sentence, or the last thing that was printed when nothing says `Error:`. */
export function firstError(stderr: string): PrintedError {
  const first = printedErrors(stderr).find(({ summary }) => !preamble.test(summary));
  if (first !== undefined) return first;
  const lines = plainText(stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return { summary: lines.at(-1) ?? "it printed no error", detail: lines.join("\n") };
}

/**
 * What a tool that failed said was wrong, in order, with what it is about; the last thing that it printed where nothing says
 * `Error:`.
 *
 * @param root the root module that it ran in, from the repository's top: the tool names files from there.
 */
export function toolErrors(stderr: string, root: string): readonly ToolError[] {
  const printed = printedErrors(stderr).filter(({ summary }) => !preamble.test(summary));
  if (printed.length > 0) return printed.map((error) => located(error, root));
  return [{ summary: firstError(stderr).summary, place: null, address: null, detail: "" }];
}

const aboutLines = /^(?:with .+,(?:\n *|$))?(?:on .+ line \d+.*(?:\n.+)*)?/;

/**
 * The tool writes what an error is about into the lines before the first empty one, and repeats code there, with the values
 * in it.
 */
function located({ summary, detail }: PrintedError, root: string): ToolError {
  const about = aboutLines.exec(detail)?.[0] ?? "";
  const address = /^ *with (.+?),?$/m.exec(about)?.[1] ?? null;
  const [, file, line] = /^ *on (.+?) line (\d+)/m.exec(about) ?? [];
  const place = file === undefined ? null : { file: posix.join(root, file), line: Number(line) };
  return { summary, place, address, detail: detail.slice(about.length).trim() };
}

/** Text that was broken into lines for a terminal, as one line, so that it can be searched. */
export function unwrapped(text: string): string {
  return text.replace(/\s+/g, " ");
}
