import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { InternalError } from "../../domain/errors.ts";
import { type CommitSha, type Instant, parseCommitSha, type TreeSha } from "../../domain/names.ts";
import { type Environment, type Git, gitFrom, gitIn, runGit } from "./run-git.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface CommitAbout {
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  readonly at: Instant;
}

/** Makes commits without a checkout and moves refs. What a forge does, not what plangate does to a user's repository. */
export interface RepositoryWriter {
  /** A commit on `parent` with these files written, `null` for one to be removed; no ref is moved. Files get mode 100644. */
  writeFiles(
    parent: CommitSha | null,
    files: Readonly<Record<string, string | Uint8Array | null>>,
    about: CommitAbout,
  ): Promise<CommitSha>;
  /** A commit of a tree that is there: a merge, a squash, a revert. */
  commitTree(tree: TreeSha, parents: readonly CommitSha[], about: CommitAbout): Promise<CommitSha>;
  /** Moves `refs/…` if it is where `from` says (`null`: not there); `to` null removes it. `false` when it was elsewhere. */
  updateRef(ref: string, move: { readonly from: CommitSha | null; readonly to: CommitSha | null }): Promise<boolean>;
}

/** Makes an empty bare repository, with a default branch that is not there yet. */
export async function initBare(
  dir: string,
  about: { readonly branch?: string; readonly env?: Environment } = {},
): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const git = gitFrom(dir, about.env ?? process.env);
  await runGit({ ...git, env: { ...git.env, GIT_DIR: git.dir } }, [
    "init",
    "--quiet",
    "--bare",
    "--template=",
    `--initial-branch=${about.branch ?? "main"}`,
  ]);
}

export function openWriter(dir: string, env: Environment = process.env): RepositoryWriter {
  const git = gitIn(dir, env);
  return {
    writeFiles: async (parent, files, about) => {
      const { stdout } = await runGit(git, ["fast-import", "--quiet", "--done", "--date-format=raw"], {
        stdin: importStream(parent, files, about),
      });
      return asCommit(stdout);
    },
    commitTree: async (tree, parents, about) => {
      const args = ["commit-tree", "--no-gpg-sign", "-F", "-", ...parents.flatMap((parent) => ["-p", parent]), tree];
      const { stdout } = await runGit(git, args, { stdin: about.message, env: identity(about) });
      return asCommit(stdout);
    },
    updateRef: (ref, move) => updateRef(git, ref, move),
  };
}

/**
 * One `git fast-import` instead of a process per step. It wants a ref to commit to; the last command takes that back
 * before it was ever written.
 */
function importStream(
  parent: CommitSha | null,
  files: Readonly<Record<string, string | Uint8Array | null>>,
  about: CommitAbout,
): Buffer {
  const ref = `refs/plangate/import-${randomBytes(8).toString("hex")}`;
  const data = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content as Uint8Array);
    return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n")];
  };
  const who = ({ name, email }: Person) => `${plain(name)} <${plain(email)}> ${Math.floor(about.at / 1000)} +0000`;
  const head = `commit ${ref}\nmark :1\nauthor ${who(about.author)}\ncommitter ${who(about.committer)}\n`;
  const parts = [Buffer.from(head), ...data(about.message)];
  if (parent !== null) parts.push(Buffer.from(`from ${parent}\n`));
  for (const [path, content] of Object.entries(files)) {
    if (content === null) parts.push(Buffer.from(`D ${quoted(path)}\n`));
    else parts.push(Buffer.from(`M 100644 inline ${quoted(path)}\n`), ...data(content));
  }
  parts.push(Buffer.from(`\nget-mark :1\nreset ${ref}\nfrom ${"0".repeat(parent?.length ?? 40)}\n\ndone\n`));
  return Buffer.concat(parts);
}

/** Git's importer itself takes any path, and a tree with such names cannot be checked out. */
function quoted(path: string): string {
  if (path.split("/").some((name) => /^(?:\.{0,2}|\.git)$/i.test(name))) {
    throw new InternalError(`${JSON.stringify(path)} cannot be a path in Git`);
  }
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** What may stand in a commit's head line. */
function plain(text: string): string {
  return text.replace(/[<>\n\0]/g, "").trim();
}

function identity({ author, committer, at }: CommitAbout): Readonly<Record<string, string>> {
  const date = `${Math.floor(at / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: plain(author.name),
    GIT_AUTHOR_EMAIL: plain(author.email),
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: plain(committer.name),
    GIT_COMMITTER_EMAIL: plain(committer.email),
    GIT_COMMITTER_DATE: date,
  };
}

async function updateRef(
  git: Git,
  ref: string,
  { from, to }: { readonly from: CommitSha | null; readonly to: CommitSha | null },
): Promise<boolean> {
  if (!ref.startsWith("refs/")) throw new InternalError(`${ref} is no full ref name`);
  const zero = "0".repeat((to ?? from ?? "").length || 40);
  const { exitCode } = await runGit(git, ["update-ref", "--no-deref", ref, to ?? zero, from ?? zero], {
    accepts: ({ exitCode, stderr }) => exitCode === 0 || wasElsewhere.test(stderr),
  });
  return exitCode === 0;
}

const wasElsewhere = /but expected|reference already exists|unable to resolve reference|reference is missing/;

function asCommit(stdout: Buffer): CommitSha {
  const sha = parseCommitSha(stdout.toString().trim());
  if (sha === undefined) throw new InternalError(`git gave no commit: ${stdout.toString()}`);
  return sha;
}
