import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Environment, gitFrom, runGit } from "./run-git.ts";
import type { Worktree } from "./worktree.ts";

/** A file on disk that Git tracks, or would if it were added. */
export interface WorkingFile {
  /** From the repository's top. */
  readonly path: string;
  /** As Git has it; `120000` is a symbolic link. Of a file that is not tracked it is `100644`. */
  readonly mode: string;
  readonly tracked: boolean;
}

/** What can be read of a file: its text, or why it is none. What is not UTF-8 is read as far as it goes. */
export type FileText =
  | { readonly text: string; readonly notUtf8?: true }
  | { readonly text: null; readonly why: "binary" | "large" | "gone" };

/** The files a person sees in their checkout, as they are on disk. */
export interface WorkingFiles {
  readonly files: readonly WorkingFile[];
  read(path: string): Promise<FileText>;
  linkTarget(path: string): string;
  /** Those of the paths that are on disk and not listed: Git is told to leave them alone. */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string>>;
}

/** More is nothing that people write by hand. */
const largestText = 1_000_000;
/** So many files are read at a stretch before signals and timers are heard again. */
const stretch = 200;

/** Lists the checkout; contents are read when they are asked for, one at a time and without following links. */
export async function listWorkingFiles(worktree: Worktree, env: Environment): Promise<WorkingFiles> {
  const git = gitFrom(worktree.top, env);
  const list = async (...args: readonly string[]) =>
    (await runGit(git, ["ls-files", "-z", ...args])).stdout
      .toString()
      .split("\0")
      .filter((line) => line !== "");
  const [staged, deleted, others] = await Promise.all([
    list("--stage"),
    list("--deleted"),
    list("--others", "--exclude-standard"),
  ]);
  const gone = new Set(deleted);
  const tracked = new Map<string, string>();
  for (const line of staged) {
    const path = line.slice(line.indexOf("\t") + 1);
    if (!gone.has(path)) tracked.set(path, line.slice(0, line.indexOf(" ")));
  }
  const listed = new Set([...tracked.keys(), ...others]);
  const buffer = Buffer.allocUnsafe(largestText + 1);
  let reads = 0;
  return {
    files: [
      ...[...tracked].map(([path, mode]) => ({ path, mode, tracked: true })),
      ...others.map((path) => ({ path, mode: "100644", tracked: false })),
    ],
    async read(path) {
      if (++reads % stretch === 0) await setImmediate();
      return readText(join(worktree.top, path), buffer);
    },
    linkTarget: (path) => readlinkSync(join(worktree.top, path)),
    ignored: async (paths) => new Set(paths.filter((path) => !listed.has(path) && isFile(join(worktree.top, path)))),
  };
}

const utf8 = new TextDecoder();

/** A text that begins with the mark of UTF-16 is one, whatever zeros are in it. */
function textOf(content: Buffer): FileText {
  const mark = content.length < 2 ? 0 : content.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) {
    const text = new TextDecoder(mark === 0xfffe ? "utf-16le" : "utf-16be").decode(content);
    return { text, notUtf8: true };
  }
  if (content.includes(0)) return { text: null, why: "binary" };
  const text = utf8.decode(content);
  return isUtf8(content) ? { text } : { text, notUtf8: true };
}

/** Opened without following a link at its end, and without waiting where somebody put a pipe in its place. */
function readText(path: string, buffer: Buffer): FileText {
  const file = open(path);
  if (file === undefined) return { text: null, why: "gone" };
  try {
    if (!fstatSync(file).isFile()) return { text: null, why: "gone" };
    const length = readWhole(file, buffer);
    if (length > largestText) return { text: null, why: "large" };
    const content = buffer.subarray(0, length);
    return textOf(content);
  } finally {
    closeSync(file);
  }
}

function readWhole(file: number, buffer: Buffer): number {
  let length = 0;
  for (;;) {
    const more = readSync(file, buffer, length, buffer.length - length, null);
    length += more;
    if (more === 0 || length === buffer.length) return length;
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    // Gone since it was listed, a link, or not ours to read: there is no text to look at.
    return undefined;
  }
}

function isFile(path: string): boolean {
  const file = open(path);
  if (file !== undefined) closeSync(file);
  return file !== undefined;
}
