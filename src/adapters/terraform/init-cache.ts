import { randomUUID } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Digest, digestOf, digestOfJson } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";

/** An entry that nobody used for this long is thrown away. */
const keptFor = 7 * 24 * 60 * 60 * 1000;
const manifestName = "plangate.json";

/**
 * Initialised `.terraform` folders, by what they depend on. An entry appears whole or not at all, and what is taken
 * from it is compared with what was put in; providers are not, since Terraform checks them against the lock file
 * before it starts one. Whoever may write into the folder may choose the modules of every stack: one that plans use
 * must not serve applies.
 */
export function openInitCache(folder: string, mirror: string | undefined) {
  const entryOf = (key: string) => join(folder, key);

  return {
    /** The same init with other settings, another mirror or on another machine has another key; the tool is in `reuse`. */
    key(reuse: Digest, settings: readonly string[]): string {
      const place = { reuse, settings, mirror: mirror ?? null, platform: process.platform, arch: process.arch };
      return digestOfJson(place).slice("sha256:".length);
    },

    /** Puts the entry in place; false when there is none that can be trusted. */
    async restore(key: string, target: string): Promise<boolean> {
      const entry = entryOf(key);
      const restored = await copyOut(entry, target).catch((cause: NodeJS.ErrnoException) => {
        // Somebody threw it away meanwhile, or never finished it.
        if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw unusable(folder, cause);
        return "gone" as const;
      });
      if (restored === "whole") return true;
      await rm(target, { recursive: true, force: true });
      await rm(entry, { recursive: true, force: true });
      return false;
    },

    async save(key: string, source: string): Promise<void> {
      const parts = join(folder, `.new-${key.slice(0, 16)}-${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await cp(source, parts, { recursive: true, verbatimSymlinks: true });
        await writeFile(join(parts, manifestName), await contentsOf(parts));
        await rename(parts, entryOf(key)).catch((cause: NodeJS.ErrnoException) => {
          // Somebody was faster, with the same content.
          if (cause.code !== "ENOTEMPTY" && cause.code !== "EEXIST") throw cause;
        });
        await prune(folder);
      } catch (cause) {
        throw unusable(folder, cause as NodeJS.ErrnoException);
      } finally {
        await rm(parts, { recursive: true, force: true });
      }
    },

    async drop(key: string): Promise<void> {
      await rm(entryOf(key), { recursive: true, force: true });
    },
  };
}

export type InitCache = ReturnType<typeof openInitCache>;

async function copyOut(entry: string, target: string): Promise<"whole" | "altered"> {
  const expected = await readFile(join(entry, manifestName), "utf8");
  await mkdir(target, { recursive: true });
  for (const name of await readdir(entry)) {
    if (name === manifestName) continue;
    // Providers may be large, and are only read.
    if (name === "providers") await symlink(join(entry, name), join(target, name));
    else await cp(join(entry, name), join(target, name), { recursive: true, verbatimSymlinks: true });
  }
  const now = new Date();
  await utimes(entry, now, now);
  return (await contentsOf(target)) === expected ? "whole" : "altered";
}

function unusable(folder: string, cause: NodeJS.ErrnoException): DeliveryError {
  return new DeliveryError({
    code: cause.code === "ENOSPC" ? "disk-full" : "cache-unusable",
    message: `keeping initialised root modules in ${folder}: ${cause.code ?? cause.message}`,
    reaction: "stop",
    hint: "See that the folder can be written to and that its disk has room.",
    cause,
  });
}

/** Every file but the providers, with its digest. */
async function contentsOf(folder: string): Promise<string> {
  const files: Record<string, string> = {};
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (path === "providers" || path === manifestName) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files[path] = digestOf(await readFile(join(folder, path)));
      else files[path] = "other";
    }
  };
  await walk("");
  return canonicalJson(files);
}

async function prune(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const used = await stat(path).catch(() => undefined);
    if (used !== undefined && Date.now() - used.mtimeMs > keptFor) await rm(path, { recursive: true, force: true });
  }
}
