import type { ChangeReader, GraphKeeper } from "../delivery/ports/change-reader.ts";
import { digestOf } from "../domain/digest.ts";
import { DeliveryError } from "../domain/errors.ts";
import type { TreeSha } from "../domain/names.ts";
import type { TreeFile } from "../domain/tree.ts";

/** A file of a tree in memory: its mode, and what it holds. */
export interface MemoryFile {
  readonly mode: string;
  readonly text: string;
}

export type MemoryTree = Readonly<Record<string, MemoryFile>>;

/** Trees in memory, by names that follow from what they hold. */
export interface MemoryTrees extends ChangeReader {
  add(tree: MemoryTree): TreeSha;
  entries(tree: TreeSha): readonly TreeFile[];
  text(blob: string): string;
  /** How many blobs were read. */
  readonly reads: () => number;
}

export function memoryTrees(): MemoryTrees {
  const trees = new Map<TreeSha, readonly TreeFile[]>();
  const blobs = new Map<string, string>();
  let reads = 0;
  const hex = (text: string) => digestOf(text).slice("sha256:".length, "sha256:".length + 40);
  const entries = (tree: TreeSha) => {
    const found = trees.get(tree);
    if (found !== undefined) return found;
    throw new DeliveryError({ code: "object-missing", message: `tree ${tree} is not there`, reaction: "stop" });
  };
  return {
    add(tree) {
      const files = Object.entries(tree).map(([path, { mode, text }]) => ({ path, mode, blob: hex(`blob ${text}`) }));
      for (const { text } of Object.values(tree)) blobs.set(hex(`blob ${text}`), text);
      const id = hex(JSON.stringify(files.toSorted((left, right) => (left.path < right.path ? -1 : 1)))) as TreeSha;
      trees.set(id, files);
      return id;
    },
    entries,
    text: (blob) => blobs.get(blob) ?? "",
    reads: () => reads,
    mergeBase: async (base) => base,
    isShallow: async () => false,
    changes: async (from, to) => {
      const [old, now] = [from, to].map((tree) => new Map(entries(tree).map((file) => [file.path, file])));
      const paths = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort();
      return paths.flatMap((path) => {
        const [was, is] = [old?.get(path) ?? null, now?.get(path) ?? null];
        return was?.blob === is?.blob && was?.mode === is?.mode ? [] : [{ path, from: was, to: is }];
      });
    },
    list: async (tree, isWanted) => entries(tree).filter(({ mode, path }) => isWanted(mode, path)),
    under: async (tree, paths) =>
      entries(tree).filter(({ path }) => paths.some((at) => at === "" || path === at || path.startsWith(`${at}/`))),
    readEach: async (wanted, take) => {
      reads += wanted.length;
      for (const blob of wanted) take(blob, new TextEncoder().encode(blobs.get(blob) ?? ""));
    },
    fileAt: async (tree, path) => {
      const file = entries(tree).find((candidate) => candidate.path === path);
      return file && { blob: file.blob, content: new TextEncoder().encode(blobs.get(file.blob) ?? "") };
    },
  };
}

/** Keeps in memory; `forget` is as if the folder were new. */
export function memoryKeeper(): GraphKeeper & { readonly forget: () => void } {
  const kept = new Map<string, string>();
  return {
    forget: () => kept.clear(),
    read: async (kind, tree) => kept.get(`${kind} ${tree}`),
    trees: async (kind) =>
      [...kept.keys()]
        .flatMap((key) => (key.startsWith(`${kind} `) ? [key.slice(kind.length + 1) as TreeSha] : []))
        .reverse(),
    write: async (kind, tree, text) => void kept.set(`${kind} ${tree}`, text),
  };
}
