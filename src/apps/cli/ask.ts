import { createInterface } from "node:readline/promises";

/** Asks a person; without a terminal it reads one line from standard input, so that scripts can answer. */
export async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY === true,
  });
  try {
    process.stderr.write(question);
    for await (const line of lines) return line.trim();
    return "";
  } finally {
    lines.close();
  }
}
