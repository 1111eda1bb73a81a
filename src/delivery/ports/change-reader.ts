import type { CommitSha, TreeSha } from "../../domain/names.ts";
import type { TreeChange } from "../../domain/tree-graph.ts";
import type { TreeEntry } from "../ports.ts";

/** Reads what differs between trees, and much of a tree at once, for repositories with very many files. */
export interface ChangeReader {
  /** The commit that both have in common; `undefined` when they have none here. */
  mergeBase(base: CommitSha, head: CommitSha): Promise<CommitSha | undefined>;
  /** History is cut off: a clone of the newest commits only. */
  isShallow(): Promise<boolean>;
  /** Every file that differs. */
  changes(from: TreeSha, to: TreeSha): Promise<readonly TreeChange[]>;
  /** The files of a tree that are wanted, by mode and path. */
  list(tree: TreeSha, isWanted: (mode: string, path: string) => boolean): Promise<readonly TreeEntry[]>;
  /** The files at and below these paths. */
  under(tree: TreeSha, paths: readonly string[]): Promise<readonly TreeEntry[]>;
  /** Gives each blob's content as it comes. */
  readEach(blobs: readonly string[], take: (blob: string, content: Uint8Array) => void): Promise<void>;
  /** A file's content; `undefined` when there is no such file. */
  fileAt(tree: TreeSha, path: string): Promise<{ readonly blob: string; readonly content: Uint8Array } | undefined>;
}

/** What is kept of a tree: its graph, or the index of its stacks. */
export type Kept = "graph" | "index";

/** Keeps texts by the tree they are about. What cannot be read back whole is as if it had never been kept. */
export interface GraphKeeper {
  read(kind: Kept, tree: TreeSha): Promise<string | undefined>;
  /** The trees of which that is kept, newest first. */
  trees(kind: Kept): Promise<readonly TreeSha[]>;
  /** Keeping is a convenience: where it cannot be done, nothing is said. */
  write(kind: Kept, tree: TreeSha, text: string): Promise<void>;
}
