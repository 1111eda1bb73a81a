import { createInterface } from "node:readline/promises";
import { DeliveryError } from "../../domain/errors.ts";

/** Whether a person sits at both ends: they see the question, and what they type is the answer. */
export function isPersonThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks a person; without a terminal it reads one line from standard input, so that scripts can answer. */
export async function askOnTerminal(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY === true,
    signal,
  });
  // While it reads keys itself, the terminal turns Ctrl-C into a character.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    process.stderr.write(question);
    for await (const line of lines) {
      // A terminal shows what is typed, and its end of line; without one, what follows begins a line of its own.
      if (process.stdin.isTTY !== true) process.stderr.write("\n");
      return line.trim();
    }
    if (!signal.aborted) return "";
    throw new DeliveryError({
      code: "cancelled",
      message: "the question was not answered; nothing was done",
      reaction: "stop",
    });
  } finally {
    lines.close();
  }
}
