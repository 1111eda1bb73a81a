import { resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  /** As if started there. */
  readonly directory: string;
  readonly flow: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** What a command gets from the app: where it is, how to talk, when to stop. */
export interface Context {
  readonly options: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Progress, for people: to stderr, nothing when quiet. */
  readonly progress: (line: string) => void;
  /** Aborted by Ctrl-C: the work under way is told to stop in good order. */
  readonly signal: AbortSignal;
  /** Asks on a terminal, or reads a line from standard input. */
  readonly ask: (question: string) => Promise<string>;
}

/** What was given on the command line. */
export interface Given {
  readonly operands: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a command has to say: one JSON document, or a text for people; never both. */
export interface Result {
  /** 0 done; 1 something outside failed; 2 the input is wrong; 3 the domain says no. */
  readonly exitCode: 0 | 1 | 2 | 3;
  readonly diagnostics?: readonly Diagnostic[];
  /** The fields of the command in `--json`, on top of `command`, `ok` and `diagnostics`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What a person reads on stdout; taken as it is. */
  readonly text: string;
}

export function directoryOf(options: GlobalOptions): string {
  return resolve(options.directory);
}
