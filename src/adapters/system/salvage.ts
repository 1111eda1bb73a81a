import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptState } from "../../delivery/ports/salvage.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { RunId } from "../../domain/names.ts";

/** Keeps states that could not be written where they belong, for this user alone; nothing here is ever replaced. */
export function keepState(dir: string): (run: RunId, state: Uint8Array) => Promise<KeptState> {
  return async (run, state) => {
    const file = join(dir, `${run}.tfstate`);
    await writeOwn(file, state);
    return {
      place: file,
      told: `The state could not be written to its backend and is kept in ${file}: put it back with \`state push\` before anything else`,
      remove: () => rm(file),
    };
  };
}

/** Keeps what verifications found, one file each, for this user alone. */
export function keepProof(dir: string): (run: RunId, document: string) => Promise<void> {
  return (run, document) => writeOwn(join(dir, `${run}.json`), document, "w");
}

async function writeOwn(file: string, content: Uint8Array | string, flag: "w" | "wx" = "wx"): Promise<void> {
  try {
    await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { flag, mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DeliveryError({
      code: code === "ENOSPC" ? "disk-full" : "not-kept",
      message: `writing ${file}: ${message}`,
      reaction: "stop",
      cause: error,
    });
  }
}
