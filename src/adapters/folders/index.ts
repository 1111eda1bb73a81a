/** Work folders of runs: made empty, used by one run, thrown away. */
import { constants } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { ListedFile, WorkFolder, WorkFolders } from "../../delivery/ports.ts";
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
      await makeParents(path, target, name);
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
      await writeFile(target, content, { flag: flags as unknown as string }).catch(translate(`writing ${name}`));
    },
    async read(name) {
      // A link is not followed, and nothing is waited for.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      return readFile(within(path, name), { flag: flags as unknown as string }).catch((error: unknown) =>
        isOf(error, "ENOENT") ? undefined : translate(`reading ${name}`)(error),
      );
    },
    list: (under) => list(path, within(path, under)),
    async link(name, target) {
      const there = await stat(target).catch(() => undefined);
      if (there === undefined) return;
      const link = within(path, name);
      await makeParents(path, link, name);
      await symlink(target, link);
    },
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The path of a name in the folder; a name that leads out of it is refused. */
function within(folder: string, name: string): string {
  const target = join(folder, name);
  if (target !== folder && !target.startsWith(folder + sep)) throw outside(name);
  return target;
}

function outside(name: string): DeliveryError {
  return new DeliveryError({
    code: "path-outside",
    message: `the name ${JSON.stringify(name)} leads out of its folder`,
    reaction: "stop",
  });
}

/** The folders on the way, made where they are missing: what stands there as a link would lead out. */
async function makeParents(folder: string, target: string, name: string): Promise<void> {
  let at = folder;
  for (const part of relative(folder, dirname(target)).split(sep)) {
    at = join(at, part);
    await mkdir(at).catch((error: unknown) => {
      if (!isOf(error, "EEXIST")) translate(`writing ${name}`)(error);
    });
    if (!(await lstat(at)).isDirectory()) throw outside(name);
  }
}

async function list(top: string, folder: string): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
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
        bytes: size,
        isPlain: entry.isFile(),
      });
    }
  }
  return found;
}

function isOf(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function translate(what: string): (error: unknown) => never {
  return (error) => {
    const full = isOf(error, "ENOSPC");
    throw new DeliveryError({
      code: full ? "disk-full" : "work-folder-failed",
      message: `${what}: ${error instanceof Error ? error.message : String(error)}`,
      reaction: "stop",
      hint: full ? "Free some space; nothing was applied." : undefined,
      cause: error,
    });
  };
}
