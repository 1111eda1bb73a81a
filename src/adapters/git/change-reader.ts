import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import type { TreeEntry } from "../../delivery/ports.ts";
import { parseCommitSha, type TreeSha } from "../../domain/names.ts";
import type { ChangedFile, TreeChange } from "../../domain/tree-graph.ts";
import { readBlobsInto } from "./bulk-blobs.ts";
import { type Environment, exits, type Git, gitIn, runGit } from "./run-git.ts";
import { pathText } from "./tree.ts";

/** As many paths as a command line surely takes; more are found by looking at every file. */
const mostPaths = 500;

/** Each question is one Git process, so that it answers for many files at once. */
export function openChangeReader(dir: string, env: Environment = process.env): ChangeReader {
  const git = gitIn(dir, env);
  const listing = async (args: readonly string[]) =>
    (await runGit(git, ["ls-tree", "-z", "--full-tree", ...args])).stdout;
  return {
    mergeBase: async (base, head) => {
      const { stdout } = await runGit(git, ["merge-base", base, head], { accepts: exits(0, 1) });
      return parseCommitSha(stdout.toString().trim());
    },
    isShallow: async () =>
      (await runGit(git, ["rev-parse", "--is-shallow-repository"])).stdout.toString().trim() === "true",
    changes: (from, to) => changesBetween(git, from, to),
    list: async (tree, isWanted) => entriesIn(await listing(["-r", tree]), isWanted),
    under: async (tree, paths) => {
      const [first] = paths;
      if (first === undefined) return [];
      if (paths.length <= mostPaths && !paths.includes(""))
        return entriesIn(await listing(["-r", tree, "--", ...paths]), () => true);
      const wanted = new Set(paths);
      return entriesIn(await listing(["-r", tree]), (_, path) => isAtOrBelow(path, wanted));
    },
    readEach: (blobs, take) => readBlobsInto(git, blobs, take),
    fileAt: async (tree, path) => {
      const [entry] = entriesIn(await listing([tree, "--", path]), (mode, at) => at === path && mode.startsWith("100"));
      if (entry === undefined) return undefined;
      let content: Uint8Array = new Uint8Array();
      await readBlobsInto(git, [entry.blob], (_, bytes) => {
        content = bytes;
      });
      return { blob: entry.blob, content };
    },
  };
}

function isAtOrBelow(path: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.has("")) return true;
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) if (wanted.has(at)) return true;
  return false;
}

/** `<mode> <type> <id>\t<path>\0` for each file, without an object for those that are not wanted; a type is `blob` or `commit`. */
function entriesIn(listing: Buffer, isWanted: (mode: string, path: string) => boolean): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < listing.length; ) {
    const tab = listing.indexOf(9, at);
    const end = listing.indexOf(0, tab);
    const mode = listing.toString("latin1", at, at + 6);
    const path = pathIn(listing.subarray(tab + 1, end));
    const id = at + (mode === "160000" ? "160000 commit " : "100644 blob ").length;
    if (isWanted(mode, path)) entries.push({ path, mode, blob: listing.toString("latin1", id, tab) });
    at = end + 1;
  }
  return entries;
}

function pathIn(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return /^[!#-~][ -~]*$/.test(text) ? text : pathText([bytes]);
}

/** `:<mode> <mode> <id> <id> <status>\0<path>\0` for each file that differs. */
async function changesBetween(git: Git, from: TreeSha, to: TreeSha): Promise<readonly TreeChange[]> {
  if (from === to) return [];
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=none"];
  const { stdout } = await runGit(git, [...args, from, to]);
  const changes: TreeChange[] = [];
  for (let at = 0; at < stdout.length; ) {
    const middle = stdout.indexOf(0, at);
    const end = stdout.indexOf(0, middle + 1);
    const [oldMode = "", newMode = "", oldId = "", newId = ""] = stdout.toString("latin1", at + 1, middle).split(" ");
    const path = pathIn(stdout.subarray(middle + 1, end));
    changes.push({ path, from: changedFile(oldMode, oldId), to: changedFile(newMode, newId) });
    at = end + 1;
  }
  return changes.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function changedFile(mode: string, blob: string): ChangedFile | null {
  return mode === "000000" ? null : { mode, blob };
}
