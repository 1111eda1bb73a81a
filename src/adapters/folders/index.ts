/** Work folders of runs: made empty, used by one run, thrown away. */
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { WorkFolder, WorkFolders } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";

/** Makes a folder for this user alone, with those above it; one that is there stays as it is. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch(translate(`making ${path}`));
}

/** Work folders under `parent`, which is made when it is not there. */
export function openWorkFolders(parent: string): WorkFolders {
  return {
    async create(name) {
      await mkdir(parent, { recursive: true, mode: 0o700 });
      return workFolder(await mkdtemp(join(parent, `${name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}-`)));
    },
  };
}

function workFolder(path: string): WorkFolder {
  return {
    path,
    async write(name, content) {
      const target = within(path, name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content).catch(translate(`writing ${name}`));
    },
    async read(name) {
      return readFile(within(path, name)).catch((error: unknown) =>
        isMissing(error) ? undefined : translate(`reading ${name}`)(error),
      );
    },
    list: (under) => list(path, within(path, under)),
    async link(name, target) {
      const there = await stat(target).catch(() => undefined);
      if (there === undefined) return;
      const link = within(path, name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(target, link);
    },
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The path of a name in the folder; a name that leads out of it is refused. */
function within(folder: string, name: string): string {
  const target = join(folder, name);
  if (target !== folder && !target.startsWith(folder + sep)) {
    throw new DeliveryError({
      code: "path-outside",
      message: `the name "${name}" leads out of its folder`,
      reaction: "stop",
    });
  }
  return target;
}

async function list(top: string, folder: string): Promise<{ path: string; stamp: string }[]> {
  const found: { path: string; stamp: string }[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === ".terraform") continue;
    if (entry.isDirectory()) found.push(...(await list(top, path)));
    else {
      const { mtimeMs, ctimeMs, size, ino, mode } = await lstat(path);
      found.push({
        path: relative(top, path).split(sep).join("/"),
        stamp: [mtimeMs, ctimeMs, size, ino, mode].join(":"),
      });
    }
  }
  return found;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function translate(what: string): (error: unknown) => never {
  return (error) => {
    const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
    throw new DeliveryError({
      code: full ? "disk-full" : "work-folder-failed",
      message: `${what}: ${error instanceof Error ? error.message : String(error)}`,
      reaction: "stop",
      hint: full ? "Free some space; nothing was applied." : undefined,
      cause: error,
    });
  };
}
