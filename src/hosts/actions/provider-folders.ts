import { join } from "node:path";
import type { WorkFolder } from "../../delivery/ports.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { readLockFile } from "../../domain/lock-file.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { ProviderPin } from "../../domain/plan.ts";
import type { JobGround } from "./job-delivery.ts";

/** The folder of the providers that Git's lock file of an order's root module names, to render its plan with; null where it names none. */
export type ProvidersFor = (order: Pick<Order, "run" | "tree" | "stack">) => Promise<string | null>;

const lockName = ".terraform.lock.hcl";

/**
 * Fetches what lock files pin, by their hashes, into folders that hold nothing else of the change: neither its
 * configuration is read for it, nor a module of it fetched. Many stacks may be presented in one go: those with the same lock
 * file share a folder, and a provider that several lock files name by the same hash is fetched once.
 */
export function openProviderFolders({
  repository,
  tool,
  folders,
  logs,
}: Pick<JobGround, "repository" | "tool" | "folders" | "logs">): ProvidersFor {
  const fetched = new Map<Digest, Promise<string>>();
  const lockFiles = lockFilesOf(repository);
  let last: Promise<unknown> = Promise.resolve();
  let cache: Promise<WorkFolder> | undefined;

  const fetchPinned = async (lock: Uint8Array, pins: readonly ProviderPin[], run: Order["run"]): Promise<string> => {
    const folder = await folders.create("providers");
    await folder.write(lockName, lock);
    await folder.write("main.tf.json", new TextEncoder().encode(requiring(pins)));
    const workdir = { checkout: folder.path, root: ".", env: {}, log: logs.open(run) };
    cache ??= folders.create("provider-cache");
    await tool.fetchProviders(workdir, { cache: (await cache).path });
    return join(folder.path, ".terraform", "providers");
  };
  /** One after the other: the tool's cache takes no more than one that writes. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };

  return async ({ run, tree, stack }) => {
    const blob = (await lockFiles(tree)).get(stack.root === "." ? lockName : `${stack.root}/${lockName}`);
    const [lock] = blob === undefined ? [] : await repository.readBlobs([blob]);
    const pins = readLockFile(lock);
    if (lock === undefined || pins === undefined || pins.length === 0) return null;
    const digest = digestOf(lock);
    const found = fetched.get(digest) ?? inTurn(() => fetchPinned(lock, pins, run));
    fetched.set(digest, found);
    // What was out of reach may be back for the next one.
    found.catch(() => fetched.get(digest) === found && fetched.delete(digest));
    return found;
  };
}

/** The blobs of a tree's lock files by their paths, found once for the stacks of one content. */
function lockFilesOf({ listTree }: JobGround["repository"]): (tree: TreeSha) => Promise<ReadonlyMap<string, string>> {
  let last: { readonly tree: TreeSha; readonly found: Promise<ReadonlyMap<string, string>> } | undefined;
  const find = async (tree: TreeSha) => {
    const files = (await listTree(tree)).filter(({ path, mode }) => path.endsWith(lockName) && mode.startsWith("100"));
    return new Map(files.map(({ path, blob }) => [path, blob]));
  };
  return (tree) => {
    if (last?.tree !== tree) last = { tree, found: find(tree) };
    return last.found;
  };
}

/** A root module that asks for exactly what a lock file pins. */
function requiring(pins: readonly ProviderPin[]): string {
  const wanted = pins.map(({ address }, index) => [`p${index}`, { source: address }]);
  return JSON.stringify({ terraform: { required_providers: Object.fromEntries(wanted) } });
}
