import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanFileContents, Workdir } from "../../delivery/ports.ts";
import { mustRun, type Program, rootFolder } from "./command.ts";

/** `get`: fetches what the root's module calls name; needs no backend and no provider, and runs nothing of what it fetches. */
export async function fetchModules(program: Program, workdir: Workdir): Promise<PlanFileContents["modules"]> {
  await mustRun(program, workdir, { args: ["get", "-no-color"] });
  const root = rootFolder(workdir);
  const listed = await readFile(join(root, ".terraform", "modules", "modules.json"), "utf8").catch(
    () => '{"Modules":[]}',
  );
  const { Modules } = JSON.parse(listed) as { Modules: readonly ListedModule[] };
  return Promise.all(
    Modules.map(async ({ Key, Source, Version, Dir }) => ({
      key: Key,
      source: Source,
      version: Version ?? null,
      dir: Dir,
      files: await readFolder(join(root, Dir)),
    })),
  );
}

interface ListedModule {
  readonly Key: string;
  readonly Source: string;
  readonly Version?: string;
  readonly Dir: string;
}

/** The files that the tool reads of a module: what stands in a plan file's snapshot. */
async function readFolder(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const name of await readdir(folder)) {
    if (/\.(?:tf|tf\.json|tofu|tofu\.json)$/.test(name) && !name.startsWith("."))
      files[name] = await readFile(join(folder, name));
  }
  return files;
}
