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

/** Text that was broken into lines for a terminal, as one line, so that it can be searched. */
export function unwrapped(text: string): string {
  return text.replace(/\s+/g, " ");
}
