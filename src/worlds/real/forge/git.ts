import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  initBare,
  openRepository,
  openWriter,
  type Person,
  type RepositoryWriter,
} from "../../../adapters/git/index.ts";
import { openObjectReader } from "../../../adapters/git/object-reader.ts";
import { gitIn, runGit } from "../../../adapters/git/run-git.ts";
import { type CommitSha, type Instant, parseCommitSha, type TreeSha } from "../../../domain/names.ts";

export interface Commit {
  readonly sha: CommitSha;
  readonly tree: TreeSha;
  readonly parents: readonly CommitSha[];
  /** What the commit says of itself; anybody can write anything there. */
  readonly author: Person;
  readonly committer: Person;
  readonly authoredAt: Instant;
  readonly committedAt: Instant;
  readonly message: string;
}

/** A repository and its forks: one store of objects, so that a fork's commits can be merged as they are. */
export interface Network {
  /** `undefined` when there is no such commit. What is there never changes, so it is read once. */
  commit(sha: CommitSha): Promise<Commit | undefined>;
  /** The commit that an object is or stands for, as an annotated tag does. */
  peel(object: string): Promise<CommitSha | undefined>;
  /** Worked out once, since it starts a process. */
  mergeTree(
    base: CommitSha,
    head: CommitSha,
  ): Promise<{ readonly tree: TreeSha } | { readonly conflicts: readonly string[] }>;
  changedPaths(from: CommitSha | TreeSha, to: CommitSha | TreeSha): Promise<readonly string[]>;
  /** Every file of a commit. */
  paths(commit: CommitSha): Promise<readonly string[]>;
  /** The text of a file; `undefined` when it is not there. */
  fileAt(commit: CommitSha, path: string): Promise<string | undefined>;
  readonly writer: RepositoryWriter;
  close(): void;
}

export function openNetwork(dir: string): Network {
  const repository = openRepository(dir, plainEnvironment);
  const reader = openObjectReader(gitIn(dir, plainEnvironment));
  const commits = new Map<CommitSha, Commit>();
  const merges = new Map<string, ReturnType<Network["mergeTree"]>>();
  return {
    async commit(sha) {
      const known = commits.get(sha);
      if (known !== undefined) return known;
      const object = await reader.read(sha);
      if (object?.type !== "commit") return undefined;
      const commit = parseCommit(sha, object.content);
      commits.set(sha, commit);
      return commit;
    },
    peel: async (object) => parseCommitSha((await reader.idOf(`${object}^{commit}`)) ?? ""),
    mergeTree: (base, head) => {
      const known = merges.get(`${base} ${head}`) ?? repository.mergeTree(base, head);
      merges.set(`${base} ${head}`, known);
      return known;
    },
    changedPaths: repository.changedPaths,
    paths: async (commit) => (await repository.listTree(commit)).map(({ path }) => path),
    fileAt: async (commit, path) => {
      const object = await reader.read(`${commit}:${path}`);
      return object?.type === "blob" ? object.content.toString() : undefined;
    },
    writer: openWriter(dir, plainEnvironment),
    close: () => {
      repository.close();
      reader.close();
    },
  };
}

/** Nobody's settings: what the forge does depends on nothing of the machine it runs on. */
const plainEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  XDG_CONFIG_HOME: "/nonexistent",
};

function parseCommit(sha: CommitSha, content: Buffer): Commit {
  const split = content.indexOf("\n\n");
  const head = content
    .subarray(0, split < 0 ? content.length : split)
    .toString()
    .split("\n");
  const values = (name: string) =>
    head.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  return {
    sha,
    tree: (values("tree")[0] ?? "") as TreeSha,
    parents: values("parent") as CommitSha[],
    author: parsePerson(values("author")[0] ?? ""),
    committer: parsePerson(values("committer")[0] ?? ""),
    authoredAt: parseTime(values("author")[0] ?? ""),
    committedAt: parseTime(values("committer")[0] ?? ""),
    message: split < 0 ? "" : content.subarray(split + 2).toString(),
  };
}

function parsePerson(line: string): Person {
  const parts = /^(.*?) ?<([^<>]*)>[^<>]*$/.exec(line);
  return { name: parts?.[1] ?? "", email: parts?.[2]?.trim() ?? "" };
}

/** Seconds and a time zone stand at the end of the line; what does not read so is the beginning of time. */
function parseTime(line: string): Instant {
  return Number(/> (\d{1,11}) [+-]\d{4}$/.exec(line)?.[1] ?? 0) * 1000;
}

/** One repository's refs, kept in mind; whatever moves them goes through here. */
export interface Refs {
  get(ref: string): CommitSha | undefined;
  /** Names in full with what they point at. */
  all(): ReadonlyMap<string, CommitSha>;
  /** False, and nothing is moved, when the ref is not where `from` says. */
  move(ref: string, from: CommitSha | null, to: CommitSha | null): Promise<boolean>;
}

export async function openRefs(dir: string): Promise<Refs> {
  const writer = openWriter(dir, plainEnvironment);
  let refs = await readRefs(dir);
  return {
    get: (ref) => refs.get(ref),
    all: () => refs,
    async move(ref, from, to) {
      if (from !== to && !(await writer.updateRef(ref, { from, to }))) {
        // Somebody moved it past us.
        refs = await readRefs(dir);
        return false;
      }
      if (to === null) refs.delete(ref);
      else refs.set(ref, to);
      return true;
    },
  };
}

async function readRefs(dir: string): Promise<Map<string, CommitSha>> {
  const { stdout } = await runGit(gitIn(dir, plainEnvironment), ["for-each-ref", "--format=%(objectname) %(refname)"]);
  const lines = stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" ")) as CommitSha]),
  );
}

/** Makes a bare repository, or one that shares the objects of `parent`, and an empty list of refs. */
export async function makeRepository(
  dir: string,
  about: { readonly branch: string; readonly parent: string | null },
): Promise<void> {
  mkdirSync(join(dir, ".."), { recursive: true });
  await initBare(dir, { branch: about.branch, env: plainEnvironment });
  if (about.parent === null) return;
  rmSync(join(dir, "objects"), { recursive: true });
  symlinkSync(join(about.parent, "objects"), join(dir, "objects"));
}
