import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GraphKeeper, Kept } from "../../delivery/ports/change-reader.ts";
import { digestOf } from "../../domain/digest.ts";
import { parseTreeSha, type TreeSha } from "../../domain/names.ts";

/** So many are kept: the newest of a few branches that are worked on at once. */
const mostKept = 8;

/**
 * Texts in a folder for this user alone, each in a file named after its tree. Its first line is the digest of the tree,
 * of the program's version with that of the form, and of the text: what is cut short, altered, in another tree's place or of another version
 * does not match it and counts as not there. A file gets its name when it is whole, so several processes may read and
 * write at once. Nothing here is ever needed: whatever fails has kept nothing.
 */
export function openGraphFolder(dir: string, version: string): GraphKeeper {
  const fileOf = (kind: Kept, tree: TreeSha) => join(dir, `${kind}-${tree}`);
  const headOf = (kind: Kept, tree: TreeSha, text: string) => digestOf(`${version}\n${kind} ${tree}\n${text}`);
  return {
    read: async (kind, tree) => {
      const content = await readFile(fileOf(kind, tree), "utf8").catch(() => undefined);
      const end = content?.indexOf("\n") ?? -1;
      if (content === undefined || end < 0) return undefined;
      const text = content.slice(end + 1);
      if (content.slice(0, end) !== headOf(kind, tree, text)) return undefined;
      const now = new Date();
      await utimes(fileOf(kind, tree), now, now).catch(() => undefined);
      return text;
    },
    trees: async (kind) => (await keptIn(dir, kind)).map(({ tree }) => tree),
    write: async (kind, tree, text) => {
      const draft = join(dir, `draft-${kind}-${tree}-${process.pid}`);
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await writeFile(draft, `${headOf(kind, tree, text)}\n${text}`, { mode: 0o600 });
        await rename(draft, fileOf(kind, tree));
        for (const old of (await keptIn(dir, kind)).slice(mostKept)) await rm(fileOf(kind, old.tree), { force: true });
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** Newest first. */
async function keptIn(dir: string, kind: Kept): Promise<readonly { readonly tree: TreeSha; readonly at: number }[]> {
  const names = await readdir(dir).catch(() => []);
  const kept = await Promise.all(
    names.map(async (name) => {
      const tree = name.startsWith(`${kind}-`) ? parseTreeSha(name.slice(kind.length + 1)) : undefined;
      const about = tree === undefined ? undefined : await stat(join(dir, name)).catch(() => undefined);
      return tree === undefined || about === undefined ? [] : [{ tree, at: about.mtimeMs }];
    }),
  );
  return kept.flat().sort((left, right) => right.at - left.at);
}
