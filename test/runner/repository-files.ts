import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Forge } from "../../src/worlds/real/forge/index.ts";

const execute = promisify(execFile);

async function git(dir: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  const { stdout } = await execute("git", ["-C", dir, ...args], { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

const workflowsOf = new WeakMap<Forge, Map<string, Promise<ReadonlyMap<string, string>>>>();

/** The files of workflows at a commit, by their paths. */
export function workflowFiles(forge: Forge, repository: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const known = workflowsOf.get(forge) ?? new Map<string, Promise<ReadonlyMap<string, string>>>();
  workflowsOf.set(forge, known);
  const key = `${repository} ${commit}`;
  const found = known.get(key) ?? readWorkflows(forge.dirOf(repository), commit);
  known.set(key, found);
  return found;
}

async function readWorkflows(dir: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const listed = await git(dir, "ls-tree", "-z", "--name-only", commit, ".github/workflows/");
  const paths = listed.split("\0").filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const read = paths.map(async (path) => [path, await git(dir, "show", `${commit}:${path}`)] as const);
  return new Map(await Promise.all(read));
}

/** A file at a commit, or at what a name stands for there; undefined where it is not. */
export async function fileAt(forge: Forge, repository: string, name: string): Promise<string | undefined> {
  try {
    return await git(forge.dirOf(repository), "show", name);
  } catch {
    return undefined;
  }
}

/** What is different between two commits. */
export async function changedBetween(forge: Forge, repository: string, [before, after]: readonly [string, string]) {
  const listed = await git(forge.dirOf(repository), "diff", "-z", "--name-only", "--no-renames", before, after);
  return listed.split("\0").filter((path) => path !== "");
}

/** Where two histories were last the same; undefined where they never were. */
export async function mergeBase(forge: Forge, repository: string, [one, other]: readonly [string, string]) {
  try {
    return (await git(forge.dirOf(repository), "merge-base", one, other)).trim();
  } catch {
    return undefined;
  }
}

/** What the commit says of itself. */
export function messageOf(forge: Forge, repository: string, commit: string): Promise<string> {
  return git(forge.dirOf(repository), "log", "-1", "--format=%B", commit);
}
