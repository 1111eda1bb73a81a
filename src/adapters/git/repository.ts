import type { CommitPeople, Repository } from "../../delivery/ports.ts";
import { type CommitSha, parseCommitSha, parseTreeSha, type TreeSha } from "../../domain/names.ts";
import { checkOut } from "./checkout.ts";
import { parseCommit } from "./commit.ts";
import { objectMissing } from "./git-error.ts";
import { type ObjectReader, openObjectReader } from "./object-reader.ts";
import { resolveCommit } from "./resolve.ts";
import { type Environment, exits, type Git, gitIn, runGit } from "./run-git.ts";
import { changedPaths, isFolder, pathText, treeEntry, walkTree } from "./tree.ts";

/** A repository on this machine. */
export interface LocalRepository extends Repository {
  /** The paths that differ between two commits or trees. */
  changedPaths(from: TreeSha | CommitSha, to: TreeSha | CommitSha): Promise<readonly string[]>;
  /** The names of all branches. */
  branches(): Promise<readonly string[]>;
  /** Ends its Git process at once; without it, that ends with ours. */
  close(): void;
}

/** The repository that a folder is in, or a bare one by its own folder. Nothing is looked at before it is used. */
export function openRepository(dir: string, env: Environment = process.env): LocalRepository {
  const git = gitIn(dir, env);
  const reader = openObjectReader(git);
  // Deliveries of many stacks ask the same of the same few commits, each a question to a process or a process by itself.
  const treeOf = recent(1_000, async (id: CommitSha | TreeSha) => {
    const tree = parseTreeSha((await reader.idOf(`${id}^{tree}`)) ?? "");
    if (tree === undefined) throw objectMissing(`commit ${id}`, dir);
    return tree;
  });
  // A delivery asks for the same few trees again and again: for its stacks, its inputs, a checkout, a comparison.
  const walked = recent(4, (tree: TreeSha) => walkTree(reader, tree));
  const listed = recent(4, async (tree: TreeSha) =>
    (await walked(tree)).filter((entry) => !isFolder(entry)).map(treeEntry),
  );
  const merged = recentPair(8, (base: CommitSha, head: CommitSha) => mergeTree(git, base, head));
  const isBehind = recentPair(1_000, async (ancestor: CommitSha, descendant: CommitSha) => {
    const args = ["merge-base", "--is-ancestor", ancestor, descendant];
    return (await runGit(git, args, { accepts: exits(0, 1) })).exitCode === 0;
  });
  const mergeBase = recentPair(100, async (one: CommitSha, other: CommitSha) => {
    const { exitCode, stdout } = await runGit(git, ["merge-base", one, other], { accepts: exits(0, 1) });
    return exitCode === 0 ? parseCommitSha(stdout.toString().trim()) : undefined;
  });
  const between = recentPair(16, (from: CommitSha | null, to: CommitSha) => commitsBetween(git, reader, { from, to }));
  return {
    resolve: (ref) => resolveCommit(git, reader, ref),
    treeOf,
    mergeTree: merged,
    listTree: async (tree) => listed(await treeOf(tree)),
    readBlobs: (blobs) => Promise.all(blobs.map((blob) => readBlob(reader, blob, dir))),
    checkout: async (tree, folder) => checkOut(reader, await walked(await treeOf(tree)), folder),
    isAncestor: async (ancestor, descendant) => ancestor === descendant || isBehind(ancestor, descendant),
    tags: () => namesBelow(git, "refs/tags"),
    branches: () => namesBelow(git, "refs/heads"),
    mergeBase,
    changeSize: async (from, to) => {
      const [before, after] = [await treeOf(from), await treeOf(to)];
      const [paths, lines] = await Promise.all([changedPaths(reader, before, after), changedLines(git, before, after)]);
      return { files: paths.length, lines };
    },
    commitsBetween: between,
    changedPaths: async (from, to) => changedPaths(reader, await treeOf(from), await treeOf(to)),
    close: () => reader.close(),
  };
}

async function namesBelow(git: Git, folder: string): Promise<readonly string[]> {
  const { stdout } = await runGit(git, ["for-each-ref", "--format=%(refname:lstrip=2)", folder]);
  return stdout
    .toString()
    .split("\n")
    .filter((name) => name !== "");
}

/** Keeps what was made for the last few keys, which stand for content: it never changes under its name. A failure is not kept. */
function recent<K, V>(most: number, make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const kept = new Map<K, Promise<V>>();
  return (key) => {
    const made = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, made);
    for (const oldest of kept.size > most ? kept.keys().take(1) : []) kept.delete(oldest);
    made.catch(() => kept.get(key) === made && kept.delete(key));
    return made;
  };
}

/** The same for what two names stand for together. */
function recentPair<One extends string | null, Other extends string, V>(
  most: number,
  make: (one: One, other: Other) => Promise<V>,
): (one: One, other: Other) => Promise<V> {
  const kept = recent(most, (pair: string) => make(...(JSON.parse(pair) as [One, Other])));
  return (one, other) => kept(JSON.stringify([one, other]));
}

async function readBlob(reader: ObjectReader, id: string, dir: string): Promise<Uint8Array> {
  const blob = await reader.read(id);
  if (blob?.type !== "blob") throw objectMissing(`blob ${id}`, dir);
  return blob.content;
}

async function mergeTree(
  git: Git,
  base: CommitSha,
  head: CommitSha,
): Promise<{ readonly tree: TreeSha } | { readonly conflicts: readonly string[] }> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head];
  const { exitCode, stdout } = await runGit(git, args, {
    accepts: ({ exitCode, stdout }) => exitCode === 0 || (exitCode === 1 && stdout.length > 0),
  });
  const [tree = "", ...conflicts] = stdout
    .toString("latin1")
    .split("\0")
    .filter((part) => part !== "");
  if (exitCode === 1) return { conflicts: conflicts.map((path) => pathText([Buffer.from(path, "latin1")])) };
  return { tree: tree as TreeSha };
}

/**
 * Attributes of the repository have no say in what is a text: they would hide lines. So the heads of hunks are counted,
 * since the short forms call what attributes say is binary just that.
 */
async function changedLines(git: Git, from: TreeSha, to: TreeSha): Promise<number> {
  const plain = ["--text", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short"];
  const { stdout } = await runGit(git, ["diff-tree", "-r", "-p", "--unified=0", ...plain, from, to]);
  let lines = 0;
  for (const [, removed, added] of stdout.toString("latin1").matchAll(/^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/gm))
    lines += Number(removed ?? 1) + Number(added ?? 1);
  return lines;
}

/** Parents are those that Git walks: in a shallow clone the oldest commit has none, and counts as having made all it holds. */
async function commitsBetween(
  git: Git,
  reader: ObjectReader,
  { from, to }: { readonly from: CommitSha | null; readonly to: CommitSha },
): Promise<readonly CommitPeople[]> {
  const { stdout } = await runGit(git, [
    "rev-list",
    "--topo-order",
    "--parents",
    to,
    ...(from === null ? [] : [`^${from}`]),
  ]);
  const lines = stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "");
  return Promise.all(
    lines.map(async (line) => {
      const [sha, ...parents] = line.split(" ") as [CommitSha, ...CommitSha[]];
      const commit = await reader.read(sha);
      if (commit === undefined) throw objectMissing(`commit ${sha}`, git.dir);
      const { tree, emails, message } = parseCommit(commit.content);
      const before = parents[0] === undefined ? null : ((await reader.idOf(`${parents[0]}^{tree}`)) ?? null);
      return { sha, parents, emails, message, paths: await changedPaths(reader, before, tree) };
    }),
  );
}
