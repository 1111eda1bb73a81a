import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BundleStore } from "../../delivery/ports.ts";
import { type Digest, digestOf, parseDigest } from "../../domain/digest.ts";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import { planDigestOf, type SignedManifest } from "../../domain/plan.ts";

/**
 * Bundles in a folder, each in one of its own named after the plan digest, for this user alone. A bundle gets its name
 * when it is whole and on the disk, so it is there or not there and never in between; one that is there stays as it
 * is, whatever is put later.
 *
 * Parts are kept under the digest of their name: names come from the change, and say nothing here about paths.
 */
export function openBundleFolder(dir: string): BundleStore {
  const folderOf = (plan: Digest) => join(dir, hexOf(plan));
  return {
    put: async (plan, signed, parts) => {
      if (planDigestOf(signed.text) !== plan) throw new InternalError(`bundle ${plan} is not named after its manifest`);
      const files: (readonly [string, Uint8Array | string])[] = Object.entries(parts).map(([name, content]) => [
        fileOf(name),
        content,
      ]);
      await translated(`storing bundle ${plan} in ${dir}`, async () => {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await writeFolder(dir, folderOf(plan), [...files, [manifestFile, JSON.stringify(signed)]]);
      });
    },
    manifest: async (plan) => {
      const path = join(folderOf(plan), manifestFile);
      const content = await translated(`reading the manifest of bundle ${plan}`, () => readIfThere(path));
      return content && parseSigned(plan, content.toString());
    },
    part: async (plan, name) => {
      const path = join(folderOf(plan), fileOf(name));
      return translated(`reading part ${JSON.stringify(name)} of bundle ${plan}`, () => readIfThere(path));
    },
  };
}

/** The signed manifest, beside the parts. */
export const manifestFile = "manifest.json";

function hexOf(plan: Digest): string {
  if (parseDigest(plan) === undefined) throw new InternalError(`${JSON.stringify(plan)} is no plan digest`);
  return plan.slice("sha256:".length);
}

/** Where a part is kept. Lone surrogates are refused, since two names that differ in them alone would be the same in UTF-8. */
export function fileOf(name: string): string {
  if (!name.isWellFormed()) throw new InternalError(`${JSON.stringify(name)} cannot name a part`);
  return `part-${digestOf(name).slice("sha256:".length)}`;
}

/** Writes beside the place and moves it there; when somebody else's is there already, that one stays. */
async function writeFolder(
  dir: string,
  place: string,
  files: readonly (readonly [string, Uint8Array | string])[],
): Promise<void> {
  const draft = await mkdtemp(join(dir, ".draft-"));
  try {
    for (const [name, content] of files) await writeThrough(join(draft, name), content);
    await syncFolder(draft);
    await rename(draft, place);
    await syncFolder(dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isOneOf(error, "ENOTEMPTY", "EEXIST")) throw error;
  }
}

async function writeThrough(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isOneOf(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The content of `manifest.json`. */
export function parseSigned(plan: Digest, text: string): SignedManifest {
  try {
    const { text: manifest, signature } = JSON.parse(text) as Partial<SignedManifest>;
    if (typeof manifest === "string" && typeof signature === "string") return { text: manifest, signature };
  } catch {
    // Not JSON: told below.
  }
  throw new DeliveryError({
    code: "bundle-altered",
    message: `the manifest of bundle ${plan} cannot be read`,
    reaction: "stop",
    hint: "Do not apply it. Find out who altered it; ask for a new plan.",
  });
}

async function translated<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const full = isOneOf(error, "ENOSPC", "EDQUOT");
    throw new DeliveryError({
      code: full ? "disk-full" : "bundles-unreachable",
      message: full ? `${doing}: the disk has no room left; nothing was stored` : doing,
      reaction: full ? "wait" : "stop",
      hint: full
        ? "Free space on the disk that holds the bundles."
        : "Make the folder usable for the user that runs plangate.",
      detail: (error as Error).message,
      cause: error,
    });
  }
}

function isOneOf(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
