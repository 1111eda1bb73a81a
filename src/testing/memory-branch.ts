import type { RemoteBranch } from "../delivery/ports/remote-branch.ts";
import { digestOf } from "../domain/digest.ts";
import { DeliveryError } from "../domain/errors.ts";
import type { CommitSha } from "../domain/names.ts";

interface Commit {
  readonly parent: CommitSha | null;
  readonly files: Readonly<Record<string, string>>;
}

/** A remote that holds one branch, for any number of clients. */
export interface MemoryRemote {
  tip: CommitSha | null;
  readonly commits: Map<CommitSha, Commit>;
  /** What is done to the next pushes, first come first served: it is put off, refused, or its answer is lost. */
  readonly faults: ("lost" | "unanswered" | DeliveryError)[];
  counts: { fetches: number; pushes: number; blobs: number };
}

export function memoryRemote(): MemoryRemote {
  return { tip: null, commits: new Map(), faults: [], counts: { fetches: 0, pushes: 0, blobs: 0 } };
}

/** Puts a commit there past every rule, as somebody does who may push by force. */
export function putCommit(
  remote: MemoryRemote,
  parent: CommitSha | null,
  files: Readonly<Record<string, string>>,
): CommitSha {
  const all = { ...(parent === null ? {} : remote.commits.get(parent)?.files), ...files };
  const commit = idOf(JSON.stringify([parent, all, remote.commits.size])) as CommitSha;
  remote.commits.set(commit, { parent, files: all });
  return commit;
}

export function filesAt(remote: MemoryRemote, commit = remote.tip): Readonly<Record<string, string>> {
  return (commit === null ? undefined : remote.commits.get(commit)?.files) ?? {};
}

/** A client of the remote; keeps the contract that the branch on Git's own program keeps. */
export function memoryBranch(remote: MemoryRemote): RemoteBranch {
  let seen: CommitSha | null = null;
  const blobs = () => {
    const found = new Map<string, string>();
    for (const { files } of remote.commits.values())
      for (const content of Object.values(files)) found.set(idOf(content), content);
    return found;
  };
  const leadsTo = async (earlier: CommitSha, later: CommitSha): Promise<boolean> => {
    for (let at: CommitSha | null = later; at !== null; at = remote.commits.get(at)?.parent ?? null)
      if (at === earlier) return true;
    return false;
  };
  return {
    name: "plangate/record of memory",
    fetch: async () => {
      remote.counts.fetches++;
      return remote.tip;
    },
    leadsTo,
    entries: async (id) => {
      const [commit = "", folder] = id.split(":");
      const paths = Object.entries(filesAt(remote, commit as CommitSha));
      const inside = paths.flatMap(([path, content]) => {
        const below =
          folder === undefined ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
        return below === null ? [] : [[below, content] as const];
      });
      const folders = new Set(
        inside.flatMap(([path]) => (path.includes("/") ? [path.slice(0, path.indexOf("/"))] : [])),
      );
      return [
        ...[...folders].map((path) => ({ path, mode: "40000", blob: `${commit}:${path}` })),
        ...inside
          .filter(([path]) => !path.includes("/"))
          .map(([path, content]) => ({ path, mode: "100644", blob: idOf(content) })),
      ].sort((left, right) => (left.path < right.path ? -1 : 1));
    },
    read: async (ids, most) => {
      const known = blobs();
      remote.counts.blobs += ids.length;
      return ids.map((id) => {
        const content = Buffer.from(known.get(id) ?? "");
        if (content.length > most)
          throw new DeliveryError({ code: "record-too-large", message: "a file is too large", reaction: "stop" });
        return content;
      });
    },
    push: async ({ parent, files }) => {
      remote.counts.pushes++;
      const commit = putCommit(remote, parent, files);
      const fault = remote.faults.shift();
      if (fault instanceof DeliveryError) throw fault;
      if (fault === "lost" || remote.tip !== parent) return { pushed: false, commit };
      remote.tip = commit;
      return { pushed: fault !== "unanswered", commit };
    },
    seen: async () => seen,
    see: async (commit) => {
      seen = commit;
    },
  };
}

function idOf(text: string): string {
  return digestOf(text).slice(-40);
}
