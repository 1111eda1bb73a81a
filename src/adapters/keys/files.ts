import { mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";

/** The files of a key folder, by who needs them. */
export const keyFiles = {
  /** For plan: what it seals with. */
  recipient: "recipient.txt",
  /** For present and apply: what they open with. */
  identity: "identity.txt",
  /** For present alone. */
  signing: "signing-key.pem",
  /** For apply: the public keys whose signatures it takes, one after another. A person may add some. */
  trusted: "trusted-keys.pem",
  /** For what digests secret values. */
  secret: "secret-key.txt",
} as const;

export type KeyFile = keyof typeof keyFiles;

const secrets: ReadonlySet<KeyFile> = new Set(["identity", "signing", "secret"]);

/** Reads a key file, if nobody else can read it (secret ones) or write it (all). */
export async function readKey(dir: string, file: KeyFile): Promise<string> {
  const path = join(dir, keyFiles[file]);
  return translated(path, async () => {
    await refuseExposed(dir, 0o022);
    const handle = await open(path, "r");
    try {
      refuseMode(path, (await handle.stat()).mode, secrets.has(file) ? 0o077 : 0o022);
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  });
}

/**
 * Puts a whole set of keys in place with one rename, so that of two first uses one wins and both then read the same.
 * A folder that has keys is left as it is.
 */
export async function placeKeys(dir: string, make: () => Promise<Readonly<Record<KeyFile, string>>>): Promise<void> {
  await translated(dir, async () => {
    if (await hasAllKeys(dir)) return;
    await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(join(dirname(dir), `.${basename(dir)}-draft-`));
    try {
      for (const [name, content] of Object.entries(await make())) {
        await writeThrough(join(draft, keyFiles[name as KeyFile]), content);
      }
      await rename(draft, dir);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  });
}

async function hasAllKeys(dir: string): Promise<boolean> {
  const present = new Set(await readdir(dir).catch(() => []));
  if (present.size === 0) return false;
  const missing = Object.values(keyFiles).filter((file) => !present.has(file));
  if (missing.length === 0) return true;
  throw missingKeys(dir, missing.join(", "));
}

async function writeThrough(path: string, content: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function refuseExposed(path: string, forbidden: number): Promise<void> {
  const folder = await open(path, "r");
  try {
    refuseMode(path, (await folder.stat()).mode, forbidden);
  } finally {
    await folder.close();
  }
}

function refuseMode(path: string, mode: number, forbidden: number): void {
  if (process.platform === "win32" || (mode & forbidden) === 0) return;
  const others = (mode & 0o022) !== 0 ? "written" : "read";
  throw new DeliveryError({
    code: "keys-exposed",
    message: `the key file ${path} can be ${others} by other users (its mode is ${(mode & 0o777).toString(8)})`,
    reaction: "stop",
    hint: `Run \`chmod go-rwx ${path}\`. If others may have been at it, move the key folder away: new keys are made, and plans must be made and approved again.`,
  });
}

function missingKeys(dir: string, what: string, cause?: unknown): DeliveryError {
  return new DeliveryError({
    code: "keys-missing",
    message: `the key folder ${dir} lacks ${what}`,
    reaction: "stop",
    hint: "Restore it from a backup, or move the folder away: new keys are made, and plans must be made and approved again.",
    cause,
  });
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof DeliveryError) throw error;
    if (code === "ENOENT") throw missingKeys(dirname(path), basename(path), error);
    throw new DeliveryError({
      code: code === "ENOSPC" ? "disk-full" : "keys-unreachable",
      message: `using the keys in ${path}`,
      reaction: code === "ENOSPC" ? "wait" : "stop",
      hint: "The key folder must belong to the user that runs plangate.",
      detail: (error as Error).message,
      cause: error,
    });
  }
}
