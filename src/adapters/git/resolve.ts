import { type CommitSha, parseCommitSha } from "../../domain/names.ts";
import type { ObjectReader } from "./object-reader.ts";
import { exits, type Git, runGit } from "./run-git.ts";

/**
 * The commit that a name stands for. Whoever may push can choose names, so a name means one thing only: a full id
 * itself, `refs/…` that ref, `tag:<name>` that tag, and a plain name the branch before the remote branch before the
 * tag (Git by itself prefers the tag). The beginning of an id, and `~2` or `^` behind a name, are understood as well.
 */
export async function resolveCommit(git: Git, reader: ObjectReader, name: string): Promise<CommitSha | undefined> {
  const id = parseCommitSha(name);
  if (id !== undefined) return commitAt(reader, id);
  const [, base = "", steps = ""] = /^(.+?)((?:~\d*|\^\d*)*)$/s.exec(name) ?? [];
  for (const ref of refsFor(base)) {
    const found = isRefName(ref) ? await exactRef(git, reader, ref) : undefined;
    if (found !== undefined) return commitAt(reader, found + steps);
  }
  if (!/^[0-9a-f]{7,63}$/.test(base)) return undefined;
  const begun = await commitAt(reader, base);
  return begun?.startsWith(base) ? commitAt(reader, begun + steps) : undefined;
}

async function commitAt(reader: ObjectReader, name: string): Promise<CommitSha | undefined> {
  const id = await reader.idOf(`${name}^{commit}`);
  return id === undefined ? undefined : parseCommitSha(id);
}

function refsFor(name: string): readonly string[] {
  if (name === "HEAD" || name.startsWith("refs/")) return [name];
  if (name.startsWith("tag:")) return [`refs/tags/${name.slice("tag:".length)}`];
  return [`refs/heads/${name}`, `refs/remotes/${name}`, `refs/tags/${name}`];
}

/** As `git check-ref-format` has it, so that nothing else of Git's syntax for revisions gets through. */
function isRefName(ref: string): boolean {
  return !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/u.test(ref);
}

/**
 * What the ref itself points at. Asked for `refs/tags/v1`, Git also looks for a branch of that name
 * (`refs/heads/refs/tags/v1`), which anybody may push; when there is something of the kind, it is asked strictly.
 */
async function exactRef(git: Git, reader: ObjectReader, ref: string): Promise<string | undefined> {
  const elsewhere = [
    `refs/${ref}`,
    `refs/tags/${ref}`,
    `refs/heads/${ref}`,
    `refs/remotes/${ref}`,
    `refs/remotes/${ref}/HEAD`,
  ];
  const [id, ...others] = await Promise.all([ref, ...elsewhere].map((name) => reader.idOf(name)));
  if (id === undefined || others.every((other) => other === undefined)) return id;
  const { exitCode, stdout } = await runGit(git, ["show-ref", "--verify", "--hash", "--", ref], {
    accepts: exits(0, 1, 128),
  });
  return exitCode === 0 ? stdout.toString().trim() : undefined;
}
