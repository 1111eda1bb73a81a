import { reachesNothing } from "../../domain/file-reach.ts";
import type { KeptIndex } from "../../domain/kept-index.ts";
import { folderOf } from "../../domain/tree.ts";
import { atOrAbove, isLookedInto, looksLikeConfiguration, type TreeChange } from "../../domain/tree-graph.ts";
import { type FileToRead, type ReachReading, readFiles } from "./read-files.ts";

/** More changed files than this are not looked at one by one. */
const mostLookedAt = 1_000;

/**
 * Whether every stack reads in the same places after the changes as before: what files hold may differ, and not what
 * they refer to, nor which folders are root modules. Says no when that would take longer than to look anew.
 */
export async function readsInSamePlaces(
  reading: ReachReading,
  index: KeptIndex,
  changes: readonly TreeChange[],
): Promise<boolean> {
  const roots = new Set(index.roots);
  const compared: TreeChange[] = [];
  for (const change of changes) {
    const { path, from, to } = change;
    if ([from, to].some((file) => file !== null && !file.mode.startsWith("100"))) return false;
    const isAsked = index.asked.size > 0 && [...atOrAbove(path)].some((place) => index.asked.has(place));
    if (looksLikeConfiguration(path)) {
      // A folder may have got its first file, or lost its last.
      const folder = folderOf(path);
      if (to === null || (from === null && !roots.has(folder) && !index.otherFolders.has(folder))) return false;
    }
    if (isAsked || isLookedInto({ mode: "100644", blob: "" }, path)) compared.push(change);
  }
  if (compared.length > mostLookedAt) return false;
  const sides = compared.flatMap(({ path, from, to }): readonly FileToRead[] =>
    [from, to].flatMap((file) => (file === null ? [] : [{ path, ...file }])),
  );
  const read = await readFiles(reading, sides);
  const nothing = JSON.stringify(reachesNothing);
  return compared.every(({ path, from, to }) => {
    const [old, now] = [from, to].map((file) =>
      file === null ? nothing : JSON.stringify(read.reach(path, file.blob)),
    );
    return old === now;
  });
}
