import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunLogs } from "../../delivery/ports.ts";
import type { RunId } from "../../domain/names.ts";

/**
 * A file per run in a folder for this user alone. What is written was redacted before. A log that cannot be written
 * (its disk is full) is cut short and ends nothing: an apply must not be stopped in the middle for want of its log.
 */
export function openRunLogs(dir: string): RunLogs {
  return {
    open(run) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const file = join(dir, `${run}.log`);
      return {
        write: (text) => {
          try {
            appendFileSync(file, text, { mode: 0o600 });
          } catch {
            // What counts is written elsewhere, and says so itself when the disk is full.
          }
        },
      };
    },
  };
}

/** What a run's programs said; `undefined` when there is nothing. */
export function readRunLog(dir: string, run: RunId): Promise<string | undefined> {
  return readFile(join(dir, `${run}.log`), "utf8").catch(() => undefined);
}
