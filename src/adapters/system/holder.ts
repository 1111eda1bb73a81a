import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";
import type { Holder } from "../../domain/run.ts";

/** This process, so that a later one can tell whether it still works on something. */
export async function ownHolder(): Promise<Holder> {
  return { host: hostname(), pid: process.pid, startedAt: (await startOf(process.pid)) ?? "unknown" };
}

/**
 * Whether a holder still runs. A process on another machine cannot be seen from here and counts as there: only a
 * person who knows may say that it is gone.
 */
export async function isThere(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  return (await startOf(holder.pid)) === holder.startedAt;
}

/** When a process started, in the system's own words: a number that is used again has another start. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) {
    // The command's name stands in parentheses and may hold any character; the start is the 20th field behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  }
  if (process.platform === "linux") return undefined;
  const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim() === "" ? undefined : stdout.trim();
}
