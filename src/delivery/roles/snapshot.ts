import { posix } from "node:path";
import { canonicalJson, digestOf, digestOfJson } from "../../domain/digest.ts";
import type { RemoteModule, Tool } from "../../domain/plan.ts";
import { configurationAmong } from "../../domain/tree.ts";
import type { FetchedModule, PlanFileContents, Repository, TreeEntry } from "../ports.ts";

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
    let folder = posix.dirname(path);
    const files = byFolder.get(folder);
    if (files === undefined) byFolder.set(folder, [path]);
    else files.push(path);
    while (folder !== "." && !byFolder.has(posix.dirname(folder))) {
      folder = posix.dirname(folder);
      byFolder.set(folder, []);
    }
  }
  return { byPath: new Map(entries.map((entry) => [entry.path, entry])), byFolder, read };
}

/**
 * Compares every file of the configuration that a plan file carries, and will be applied with, with Git. The text and
 * the JSON of a plan do not show its configuration: a plan file whose snapshot was swapped looks the same and runs
 * another provisioner. Returns what differs, as the end of a sentence; null when nothing does.
 */
export async function snapshotDifference(
  contents: Pick<PlanFileContents, "modules">,
  git: GitFiles,
  { root, tool }: { readonly root: string; readonly tool: Tool["name"] },
): Promise<string | null> {
  if (!contents.modules.some((module) => module.key === "")) return "it holds no root module";
  for (const module of contents.modules) {
    if (isRemote(module.dir)) continue;
    const folder = posix.join(root, module.dir.replaceAll("\\", "/"));
    if (folder.startsWith("..")) return `module "${module.key}" lies outside the repository`;
    if (module.key === "" && posix.normalize(folder) !== posix.normalize(root))
      return `its root module is ${folder}, not ${root}`;
    const difference = await moduleDifference(module.files, folder, { git, tool });
    if (difference !== null) return difference;
  }
  return null;
}

/** Where the tool puts what it fetched. A folder of that name in Git is removed before anything is fetched. */
function isRemote(dir: string): boolean {
  return /^\.terraform[/\\]modules[/\\]/.test(dir);
}

async function moduleDifference(
  files: Readonly<Record<string, Uint8Array>>,
  folder: string,
  { git, tool }: { readonly git: GitFiles; readonly tool: Tool["name"] },
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
  const inGit = (git.byFolder.get(posix.normalize(folder)) ?? []).map((path) => posix.basename(path));
  const missing = configurationAmong(inGit, tool).find((name) => !names.includes(name));
  if (missing !== undefined) return `${posix.join(folder, missing)} is in Git and not in the plan file`;
  const blobs = await git.read(entries.map((entry) => entry.blob));
  const differing = entries.find(
    (entry, index) => digestOf(blobs[index] ?? "") !== digestOf(files[posix.basename(entry.path)] ?? ""),
  );
  return differing === undefined ? null : `${differing.path} in the plan file is not what Git has`;
}

/** The modules that are not in the repository, as they were fetched. */
export function remoteModules(fetched: readonly FetchedModule[]): readonly RemoteModule[] {
  return fetched
    .flatMap((module) => (module.content === null ? [] : [{ ...described(module), content: module.content }]))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

/** Whether a plan file's modules from elsewhere are those that were presented. */
export function areAsPresented(modules: PlanFileContents["modules"], presented: readonly RemoteModule[]): boolean {
  const planned = modules.filter(({ dir }) => isRemote(dir)).map(described);
  const expected = new Map(presented.map(({ content: _, ...module }) => [module.key, canonicalJson(module)]));
  return planned.length === presented.length && planned.every((one) => expected.get(one.key) === canonicalJson(one));
}

/**
 * The first module of a plan that is not what was fetched independently, as the end of a sentence; null when all are
 * equal. Where a module lies counts too: `path.module` leads to the files that stand beside its configuration.
 */
export function modulesDifference(
  planned: PlanFileContents["modules"],
  fetched: readonly FetchedModule[],
): string | null {
  const expected = new Map(fetched.map((module) => [module.key, canonicalJson(described(module))]));
  const other = planned.find((module) => expected.get(module.key) !== canonicalJson(described(module)));
  if (other !== undefined) return `module "${other.key}" (${withoutLogin(other.source)}) is not what its source has`;
  const missing = fetched.find(({ key }) => !planned.some((module) => module.key === key));
  return missing === undefined ? null : `module "${missing.key}" is not in it`;
}

function described({ key, source, version, dir, files }: PlanFileContents["modules"][number]) {
  const digests = Object.entries(files).map(([name, content]) => [name, digestOf(content)] as const);
  return { key, source, version, dir, files: digestOfJson(Object.fromEntries(digests)) };
}

/** A source may hold a password, and messages are read by everybody. */
function withoutLogin(source: string): string {
  return source.replace(/\/\/[^/@]*@/, "//");
}
