import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunId } from "../../domain/names.ts";

/** Keeps states that could not be written where they belong, for this user alone; nothing here is ever replaced. */
export function keepState(dir: string): (run: RunId, state: Uint8Array) => Promise<string> {
  return async (run, state) => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, `${run}.tfstate`);
    await writeFile(file, state, { flag: "wx", mode: 0o600 });
    return file;
  };
}
