import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Repository } from "../../src/delivery/ports.ts";
import type { CommitSha, TreeSha } from "../../src/domain/names.ts";
import { realGit } from "./real-git.ts";

type OpenedRepository = Repository & { close(): void };

/** Gets a worktree with commits in it, and opens those, there or elsewhere. */
export type OpenRepository = (worktree: string) => OpenedRepository;

/** A worktree for each test, Git in it, and the repository that is tried on it. */
export interface RepositoryStage {
  /** The test's own folder. */
  readonly folder: string;
  /** The worktree in it. */
  readonly work: string;
  /** The one that is tried, opened when it is first asked for. */
  repository(): Repository;
  git(...args: readonly string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Writes the files and commits everything. */
  commit(message: string, files?: Readonly<Record<string, string>>): CommitSha;
  /** A tree as hostile as one likes: `mode type id<TAB>name` lines for `git mktree`. */
  tree(...lines: readonly string[]): TreeSha;
  /** A tree object that `git mktree` would not make. */
  literalTree(entries: readonly (readonly [mode: string, name: string, id: string])[]): TreeSha;
  blob(content: string): string;
}

/** Called once in a `describe`: the worktree lives as long as one of its tests. */
export function repositoryStage(open: OpenRepository): RepositoryStage {
  let folder: string;
  let work: string;
  let opened: OpenedRepository | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "plangate-git-"));
    work = join(folder, "work");
    realGit(work, ["init", "-q", "-b", "main"]);
  });
  afterEach(() => {
    opened?.close();
    opened = undefined;
    rmSync(folder, { recursive: true });
  });
  const git = (...args: readonly string[]) => realGit(work, args);
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), content);
  };
  return {
    get folder() {
      return folder;
    },
    get work() {
      return work;
    },
    repository() {
      opened ??= open(work);
      return opened;
    },
    git,
    write,
    commit(message, files = {}) {
      for (const [path, content] of Object.entries(files)) write(path, content);
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD") as CommitSha;
    },
    tree: (...lines) =>
      realGit(work, ["mktree", "-z", "--missing"], lines.map((line) => `${line}\0`).join("")) as TreeSha,
    literalTree(entries) {
      const bytes = entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
      const args = ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"];
      return realGit(work, args, Buffer.concat(bytes)) as TreeSha;
    },
    blob: (content) => realGit(work, ["hash-object", "-w", "--stdin"], content),
  };
}
