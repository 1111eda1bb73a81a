import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitIn, runGit } from "../../adapters/git/run-git.ts";
import type { RepositoryAsk } from "./ask.ts";

/** Git's objects as GitHub's "git database" hands them out, read and written in a bare repository. */
export interface Objects {
  /** The id and type of what a name stands for; `undefined` when there is nothing. */
  find(name: string): Promise<{ readonly id: string; readonly type: string; readonly size: number } | undefined>;
  content(id: string): Promise<Buffer>;
  /** The text of a tag or a commit. */
  raw(id: string): Promise<Buffer>;
  tree(id: string, recursive: boolean): Promise<readonly TreeEntry[]>;
  writeBlob(content: Uint8Array): Promise<string>;
  /** A tree on top of another one; entries with a null id are taken away. */
  writeTree(base: string | null, entries: readonly NewEntry[]): Promise<string>;
  writeTag(text: string): Promise<string>;
  /** Commits as they are written, with people who are nobody's account. */
  writeCommit(text: string): Promise<string>;
  /** Null in `from`: against nothing. */
  diff(from: string | null, to: string): Promise<readonly FileDiff[]>;
  diffText(from: string, to: string): Promise<Buffer>;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly size: number | null;
  readonly path: string;
}

export interface NewEntry {
  readonly path: string;
  readonly mode: string;
  readonly id: string | null;
}

export interface FileDiff {
  readonly path: string;
  readonly before: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly id: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const zeros = /^0+$/;

export function openObjects(dir: string): Objects {
  const git = gitIn(dir, { PATH: process.env.PATH });
  const run = async (args: readonly string[], stdin?: string | Uint8Array, env?: Readonly<Record<string, string>>) =>
    (await runGit(git, args, { ...(stdin === undefined ? {} : { stdin }), ...(env === undefined ? {} : { env }) }))
      .stdout;
  const line = async (args: readonly string[], stdin?: string | Uint8Array) => String(await run(args, stdin)).trim();
  return {
    async find(name) {
      if (/[\n\0]/.test(name)) return undefined;
      const told = await line(["cat-file", "--batch-check"], `${name}\n`);
      const [, id = "", type = "", size] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(told) ?? [];
      return id === "" ? undefined : { id, type, size: Number(size) };
    },
    content: (id) => run(["cat-file", "blob", id]),
    raw: async (id) => run(["cat-file", await line(["cat-file", "-t", id]), id]),
    tree: async (id, recursive) => {
      const told = await run(["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), id]);
      return records(told).map(parseTreeEntry);
    },
    writeBlob: (content) => line(["hash-object", "-w", "--stdin"], content),
    async writeTree(base, entries) {
      const folder = mkdtempSync(join(tmpdir(), "plangate-index-"));
      const env = { GIT_INDEX_FILE: join(folder, "index") };
      try {
        if (base !== null) await run(["read-tree", base], undefined, env);
        const info = entries.map(({ path, mode, id }) =>
          id === null ? `0 ${"0".repeat(40)}\t${path}\0` : `${mode} ${id}\t${path}\0`,
        );
        await run(["update-index", "-z", "--index-info"], info.join(""), env);
        return String(await run(["write-tree"], undefined, env)).trim();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    writeTag: (text) => line(["hash-object", "-w", "-t", "tag", "--stdin"], text),
    writeCommit: (text) => line(["hash-object", "-w", "-t", "commit", "--stdin"], text),
    diff: (from, to) =>
      remembered([dir, from ?? "", to], async () => {
        const range = ["-r", "-M", from ?? emptyTree, to];
        const [raw, counts, patches] = [
          records(await run(["diff-tree", "-z", "--raw", "--no-abbrev", ...range])),
          records(await run(["diff-tree", "-z", "--numstat", ...range])),
          String(await run(["diff-tree", "-p", "--no-color", "--no-ext-diff", ...range])).split(/^diff --git .*\n/m),
        ];
        return joinDiff({ raw, counts, patches: patches.slice(1) });
      }),
    diffText: (from, to) => run(["diff-tree", "-r", "-M", "-p", "--no-color", "--no-ext-diff", from, to]),
  };
}

type Diff = ReturnType<Objects["diff"]>;

const diffs = new Map<string, Diff>();
const mostDiffs = 200;

/** The difference of two commits never changes, and each message about a pull request has it. */
function remembered(key: readonly string[], make: () => Diff): Diff {
  const name = key.join("\0");
  const known = diffs.get(name);
  if (known !== undefined) return known;
  const made = make();
  diffs.set(name, made);
  made.catch(() => diffs.delete(name));
  const [oldest] = diffs.keys();
  if (diffs.size > mostDiffs && oldest !== undefined) diffs.delete(oldest);
  return made;
}

function records(told: Uint8Array): readonly string[] {
  const parts = Buffer.from(told).toString().split("\0");
  return parts.slice(0, -1);
}

function parseTreeEntry(told: string): TreeEntry {
  const tab = told.indexOf("\t");
  const [mode = "", type = "", id = "", size = "-"] = told.slice(0, tab).split(/ +/);
  return { mode, type, id, size: size === "-" ? null : Number(size), path: told.slice(tab + 1) };
}

const statuses: Readonly<Record<string, FileDiff["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

interface DiffParts {
  readonly raw: readonly string[];
  readonly counts: readonly string[];
  readonly patches: readonly string[];
}

/** The three tellings of one diff name the same files in the same order; a renamed file takes two names more. */
function joinDiff({ raw, counts, patches }: DiffParts): readonly FileDiff[] {
  const files: FileDiff[] = [];
  let [atRaw, atCount] = [0, 0];
  while (atRaw < raw.length) {
    const [, , idBefore = "", idAfter = "", letter = "M"] = (raw[atRaw] ?? "").split(" ");
    const renamed = letter.startsWith("R");
    const [first = "", second = ""] = [raw[atRaw + 1], raw[atRaw + 2]];
    const [added = "0", removed = "0"] = (counts[atCount] ?? "").split("\t");
    const patch = patches[files.length] ?? "";
    const hunk = patch.search(/^@@ /m);
    files.push({
      path: renamed ? second : first,
      before: renamed ? first : null,
      status: statuses[letter[0] ?? "M"] ?? "changed",
      id: zeros.test(idAfter) ? idBefore : idAfter,
      additions: Number(added) || 0,
      deletions: Number(removed) || 0,
      patch: hunk < 0 ? null : patch.slice(hunk).replace(/\n$/, ""),
    });
    atRaw += renamed ? 3 : 2;
    atCount += renamed ? 3 : 1;
  }
  return files;
}

/** Those of the repository that a request is about. */
export function objectsOf({ hub, repository }: Pick<RepositoryAsk, "hub" | "repository">): Objects {
  return openObjects(hub.forge.dirOf(repository.name));
}
