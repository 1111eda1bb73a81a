import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { FetchedModule, Workdir } from "../../delivery/ports.ts";
import { type Digest, digestOf, digestOfJson } from "../../domain/digest.ts";
import { configurationAmong } from "../../domain/tree.ts";
import { mustRun, type Program, rootFolder } from "./command.ts";
import { forgetFetched } from "./fetched.ts";

/** `get`: fetches what the root's module calls name; needs no backend and no provider, and runs nothing of what it fetches. */
export async function fetchModules(
  program: Program,
  workdir: Workdir,
  { anew }: { readonly anew: boolean },
): Promise<readonly FetchedModule[]> {
  if (anew) await forgetFetched(workdir);
  await mustRun(program, workdir, { args: ["get", "-no-color"] });
  const root = rootFolder(workdir);
  const listed = await readFile(join(root, ".terraform", "modules", "modules.json"), "utf8").catch(
    () => '{"Modules":[{"Key":"","Source":"","Dir":"."}]}',
  );
  const { Modules } = JSON.parse(listed) as { Modules: readonly ListedModule[] };
  const packages = new Map<string, Promise<Digest>>();
  const contentOf = (dir: string): Promise<Digest> | null => {
    const folder = packageOf(dir);
    if (folder === undefined) return null;
    const content = packages.get(folder) ?? digestOfFolder(join(root, folder));
    packages.set(folder, content);
    return content;
  };
  return Promise.all(
    Modules.map(async ({ Key, Source, Version, Dir }) => ({
      key: Key,
      source: Source,
      version: Version ?? null,
      dir: Dir,
      files: await readFolder(join(root, Dir), program),
      content: await contentOf(Dir),
    })),
  );
}

interface ListedModule {
  readonly Key: string;
  readonly Source: string;
  readonly Version?: string;
  readonly Dir: string;
}

/** The folder that a download was put into; a module may be a folder in it, and may reach for what lies beside it. */
function packageOf(dir: string): string | undefined {
  return /^\.terraform[/\\]modules[/\\][^/\\]+/.exec(dir)?.[0];
}

/** The files that the tool reads of a module: what stands in a plan file's snapshot. */
async function readFolder(folder: string, program: Program): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const name of configurationAmong(await readdir(folder), program.name))
    files[name] = await readFile(join(folder, name));
  return files;
}

/** Every file by its path, with its content and whether it can be run; a link by where it leads. What Git keeps of its own differs from clone to clone. */
async function digestOfFolder(folder: string): Promise<Digest> {
  const files: Record<string, string> = {};
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (/(?:^|[/\\])\.git(?:[/\\]|$)/.test(name)) continue;
    if (entry.isSymbolicLink()) files[name] = `link ${await readlink(path)}`;
    else if (entry.isFile())
      files[name] =
        `${((await lstat(path)).mode & 0o111) === 0 ? "file" : "program"} ${digestOf(await readFile(path))}`;
    else if (!entry.isDirectory()) files[name] = "other";
  }
  return digestOfJson(files);
}
