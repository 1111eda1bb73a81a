import { posix } from "node:path";
import { readConfigurationFacts, readSettings } from "../../adapters/hcl/index.ts";
import type { Repository, TreeEntry } from "../../delivery/ports.ts";
import type { PresentRights } from "../../delivery/roles/presentation.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { type WrittenBackend, whyOtherBackend } from "../../delivery/roles/written-backend.ts";
import { isConfiguration, isOverride } from "../../domain/tree.ts";

/**
 * Compares a plan file's backend with what the files in Git say, for a job that has no identity in any cloud and could
 * not ask a backend for anything.
 */
export function comparingBackends(
  repository: Pick<Repository, "listTree" | "readBlobs">,
): PresentRights["whyOtherBackend"] {
  return async (order, found) => {
    const written = await writtenBackend(repository, order);
    return typeof written === "string" ? written : whyOtherBackend(found, written);
  };
}

/** The backend block, with what the flow gives on top, the last one winning as with the tool; or why it cannot be read. */
async function writtenBackend(
  repository: Pick<Repository, "listTree" | "readBlobs">,
  { stack, tree }: Order,
): Promise<WrittenBackend | string> {
  const entries = await repository.listTree(tree);
  const files = entries.filter((entry) => isOfRoot(entry, stack.root));
  const texts = await textsOf(repository, files);
  const found: (WrittenBackend & { readonly overrides: boolean })[] = [];
  for (const [index, { path }] of files.entries()) {
    const facts = await readConfigurationFacts(texts[index] ?? "", path);
    if (!facts.whole) return `${path} cannot be read`;
    found.push(...facts.backends.map((backend) => ({ ...backend, overrides: isOverride(path) })));
  }
  const block = found.findLast(({ overrides }) => overrides) ?? found[0];
  if (block === undefined) return `the root module ${stack.root} names no backend`;
  const settings: Record<string, string | null> = { ...block.settings };
  for (const given of stack.backend) {
    const at = given.indexOf("=");
    if (at >= 0) settings[given.slice(0, at).trim()] = given.slice(at + 1).trim();
    else {
      const entry = entries.find(({ path, mode }) => path === given && mode !== "120000");
      if (entry === undefined) return `${given} is not in Git`;
      const read = await readSettings((await textsOf(repository, [entry]))[0] ?? "", given);
      if (!read.whole) return `${given} cannot be read`;
      for (const { key, value } of read.settings) settings[key] = value;
    }
  }
  return { type: block.type, settings };
}

function isOfRoot({ path, mode }: TreeEntry, root: string): boolean {
  return mode !== "120000" && posix.dirname(path) === posix.normalize(root) && isConfiguration(path);
}

async function textsOf(
  repository: Pick<Repository, "readBlobs">,
  entries: readonly TreeEntry[],
): Promise<readonly string[]> {
  const blobs = await repository.readBlobs(entries.map(({ blob }) => blob));
  return blobs.map((blob) => new TextDecoder().decode(blob));
}
