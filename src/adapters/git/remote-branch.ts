import { randomBytes } from "node:crypto";
import type { RemoteBranch } from "../../delivery/ports/remote-branch.ts";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import { type CommitSha, parseCommitSha } from "../../domain/names.ts";
import { objectMissing } from "./git-error.ts";
import { type ObjectReader, openObjectReader } from "./object-reader.ts";
import { openRemote, type Remote } from "./remote.ts";
import { pushFailure, remoteFailure } from "./remote-error.ts";
import { exits, runGit } from "./run-git.ts";
import { pathText, readTree } from "./tree.ts";
import { openWriter, type Person } from "./write.ts";

export interface RemoteBranchOptions {
  /** A folder of its own for what is fetched, made on first use. What stays there is remembered as seen. */
  readonly dir: string;
  /** `https://…`, a path, or `http://` on this very machine. Without credentials. */
  readonly url: string;
  readonly branch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The value of the `Authorization` header, asked for anew for each command: what is granted for a while runs out. */
  readonly authorization?: () => Promise<string>;
  readonly author: Person;
}

const fetched = "refs/plangate/fetched";
const seenRef = "refs/plangate/seen";

/** A branch of a remote, by Git's own program, in a repository of its own beside everything else. */
export async function openRemoteBranch(options: RemoteBranchOptions): Promise<RemoteBranch & { close(): void }> {
  const { branch, author } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(branch))
    throw new InternalError(`${branch} cannot name the branch of a record`);
  const remote = await openRemote(options);
  const name = `${branch} of ${remote.url}`;
  const ref = `refs/heads/${branch}`;
  const reader = openObjectReader(remote.git);
  const writer = openWriter(remote.git.dir, options.env as NodeJS.ProcessEnv);
  let pushedHere = false;
  return {
    name,
    fetch: async () => {
      const isNew =
        !pushedHere && (await reader.idOf(fetched)) === undefined && (await reader.idOf(seenRef)) === undefined;
      return fetchTip(remote, { ref, name, depth: isNew ? ["--depth=1"] : [], idOf: reader.idOf });
    },
    leadsTo: async (earlier, later) => {
      if (earlier === later) return true;
      if ((await reader.idOf(`${earlier}^{commit}`)) === undefined) return false;
      const { exitCode } = await runGit(remote.git, ["merge-base", "--is-ancestor", earlier, later], {
        accepts: exits(0, 1),
      });
      return exitCode === 0;
    },
    entries: async (id) =>
      (await readTree(reader, id)).map((entry) => ({
        path: pathText([entry.name]),
        mode: entry.mode,
        blob: entry.id,
      })),
    read: async (blobs, most) => {
      await bring(remote, blobs, name);
      await checkSizes(remote, blobs, { most, name });
      return Promise.all(blobs.map((blob) => readBlob(reader, blob, remote.git.dir)));
    },
    push: async ({ parent, files, message, at }) => {
      // Two jobs that write the same in the same second must not make the same commit: both would take it for theirs.
      const unique = `${message}\n\nWrite: ${randomBytes(12).toString("hex")}\n`;
      const commit = await writer.writeFiles(parent, files, { author, committer: author, message: unique, at });
      const lease = `--force-with-lease=${ref}:${parent ?? ""}`;
      const args = ["push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags", lease];
      const result = await remote.run([...args, "origin", `${commit}:${ref}`]);
      pushedHere = true;
      if (result.exitCode === 0) return { pushed: true, commit };
      const failure = pushFailure(name, result);
      if (failure instanceof DeliveryError) throw failure;
      return { pushed: false, commit, said: failure };
    },
    seen: async () => {
      const { exitCode, stdout } = await runGit(remote.git, ["rev-parse", "--verify", "--quiet", seenRef], {
        accepts: exits(0, 1),
      });
      return exitCode === 0 ? (parseCommitSha(stdout.toString().trim()) ?? null) : null;
    },
    see: async (commit) => void (await runGit(remote.git, ["update-ref", "--no-deref", seenRef, commit])),
    close: () => reader.close(),
  };
}

interface FetchAbout extends Pick<ObjectReader, "idOf"> {
  readonly ref: string;
  readonly name: string;
  readonly depth: readonly string[];
}

/**
 * The first fetch brings the newest commit alone, cut off from what was before it; later ones, and the first behind a push
 * of ours, bring what came on top of what is here, so that it can be told whether one leads to the other. Blobs are left
 * where they are.
 */
async function fetchTip(remote: Remote, { ref, name, depth, idOf }: FetchAbout): Promise<CommitSha | null> {
  const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", ...depth];
  const result = await remote.run([...args, "origin", `+${ref}:${fetched}`]);
  if (result.exitCode !== 0) {
    if (/couldn't find remote ref/.test(result.stderr)) return null;
    throw remoteFailure(`fetching ${name}`, result);
  }
  const tip = parseCommitSha((await idOf(`${fetched}^{commit}`)) ?? "");
  if (tip === undefined) throw new InternalError(`${fetched} is no commit`);
  return tip;
}

/** Fetches blobs by their ids; those that are here are not asked for again. */
async function bring(remote: Remote, blobs: readonly string[], name: string): Promise<void> {
  const { stdout } = await runGit(remote.git, ["cat-file", "--batch-check=%(objectname)"], {
    stdin: blobs.map((blob) => `${blob}\n`).join(""),
  });
  const missing = [...stdout.toString().matchAll(/^([0-9a-f]+) missing$/gm)].map(([, id = ""]) => id);
  if (missing.length === 0) return;
  // What is here is not told: it would be taken for a promise that its blobs are here as well.
  const silent = ["-c", "fetch.negotiationAlgorithm=noop"];
  const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin"];
  const result = await remote.run([...silent, ...args], missing.map((id) => `${id}\n`).join(""));
  if (result.exitCode !== 0) throw remoteFailure(`fetching files of ${name}`, result);
}

async function checkSizes(
  { git }: Remote,
  blobs: readonly string[],
  { most, name }: { readonly most: number; readonly name: string },
): Promise<void> {
  const { stdout } = await runGit(git, ["cat-file", "--batch-check=%(objectsize)"], {
    stdin: blobs.map((blob) => `${blob}\n`).join(""),
  });
  const large = stdout
    .toString()
    .split("\n")
    .map(Number)
    .find((size) => size > most);
  if (large === undefined) return;
  throw new DeliveryError({
    code: "record-too-large",
    message: `reading ${name}: a file of it has ${large} bytes, and more than ${most} are not read`,
    reaction: "stop",
    hint: "Look at who wrote it: plangate keeps its files below that.",
  });
}

async function readBlob(reader: ObjectReader, id: string, dir: string): Promise<Uint8Array> {
  const blob = await reader.read(id);
  if (blob?.type !== "blob") throw objectMissing(`blob ${id}`, dir);
  return blob.content;
}
