import { posix } from "node:path";
import { canonicalJson, digestOf, digestOfJson } from "../../domain/digest.ts";
import type { RemoteModule } from "../../domain/plan.ts";
import type { PlanFileContents, Repository, TreeEntry } from "../ports.ts";

/** What Git has of a content, looked up by path; made once for all modules of a plan. */
export interface GitFiles {
  readonly byPath: ReadonlyMap<string, TreeEntry>;
  /** Paths by the folder they lie directly in. */
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
  readonly read: Repository["readBlobs"];
}

export function gitFiles(entries: readonly TreeEntry[], read: Repository["readBlobs"]): GitFiles {
  const byFolder = new Map<string, string[]>();
  for (const { path } of entries) {
    const folder = posix.dirname(path);
    const files = byFolder.get(folder);
    if (files === undefined) byFolder.set(folder, [path]);
    else files.push(path);
  }
  return { byPath: new Map(entries.map((entry) => [entry.path, entry])), byFolder, read };
}

/**
 * Compares every file of the configuration that a plan file carries, and will be applied with, with Git. The text and
 * the JSON of a plan do not show its configuration: a plan file whose snapshot was swapped looks the same and runs
 * another provisioner. Returns what differs, as the end of a sentence; null when nothing does.
 */
export async function snapshotDifference(
  contents: PlanFileContents,
  git: GitFiles,
  root: string,
): Promise<string | null> {
  if (!contents.modules.some((module) => module.key === "")) return "it holds no root module";
  for (const module of contents.modules) {
    if (isRemote(module.dir)) continue;
    const folder = posix.join(root, module.dir.replaceAll("\\", "/"));
    if (folder.startsWith("..")) return `module "${module.key}" lies outside the repository`;
    if (module.key === "" && posix.normalize(folder) !== posix.normalize(root))
      return `its root module is ${folder}, not ${root}`;
    const difference = await moduleDifference(module.files, folder, git);
    if (difference !== null) return difference;
  }
  return null;
}

/** Terraform puts what it fetched there, and nothing that Git tracks can be at such a path in a clean checkout. */
function isRemote(dir: string): boolean {
  return /^\.terraform[/\\]modules[/\\]/.test(dir);
}

async function moduleDifference(
  files: Readonly<Record<string, Uint8Array>>,
  folder: string,
  git: GitFiles,
): Promise<string | null> {
  const names = Object.keys(files);
  const entries: TreeEntry[] = [];
  for (const name of names) {
    const entry = git.byPath.get(posix.join(folder, name));
    if (entry === undefined) return `${posix.join(folder, name)} is in the plan file and not in Git`;
    if (entry.mode === "120000" || entry.mode === "160000")
      return `${entry.path} is a link in Git; links to configuration are not followed`;
    entries.push(entry);
  }
  const missing = (git.byFolder.get(posix.normalize(folder)) ?? []).find(
    (path) => isConfiguration(path) && !names.includes(posix.basename(path)),
  );
  if (missing !== undefined) return `${missing} is in Git and not in the plan file`;
  const blobs = await git.read(entries.map((entry) => entry.blob));
  const differing = entries.find(
    (entry, index) => digestOf(blobs[index] ?? "") !== digestOf(files[posix.basename(entry.path)] ?? ""),
  );
  return differing === undefined ? null : `${differing.path} in the plan file is not what Git has`;
}

/** What Terraform reads of a module's folder. Editors' leftovers are not read, as Terraform does not. */
function isConfiguration(path: string): boolean {
  const name = posix.basename(path);
  if (name.startsWith(".") || name.startsWith("#") || name.endsWith("~")) return false;
  return /\.(?:tf|tf\.json)$/.test(name);
}

/** What of the plan's configuration is not in the repository, by the content that Terraform read. */
export function remoteModules(contents: Pick<PlanFileContents, "modules">): readonly RemoteModule[] {
  return contents.modules
    .filter((module) => isRemote(module.dir))
    .map(({ key, source, version, files }) => ({
      key,
      source,
      version,
      files: digestOfJson(
        Object.fromEntries(Object.entries(files).map(([name, content]) => [name, digestOf(content)])),
      ),
    }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

/** The first module outside the repository whose content is not what was fetched independently; null when all are equal. */
export function remoteDifference(planned: readonly RemoteModule[], fetched: readonly RemoteModule[]): string | null {
  const expected = new Map(fetched.map((module) => [module.key, canonicalJson(module)]));
  const differing = planned.find((module) => expected.get(module.key) !== canonicalJson(module));
  return differing === undefined ? null : `module "${differing.key}" (${differing.source}) is not what its source has`;
}
