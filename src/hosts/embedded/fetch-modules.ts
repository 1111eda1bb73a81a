import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanFileContents, Repository, RunLogs, Terraform, WorkFolders } from "../../delivery/ports.ts";
import { remoteModules } from "../../delivery/roles/snapshot.ts";
import type { Order } from "../../delivery/roles/work.ts";

interface FetchRights {
  readonly repository: Pick<Repository, "checkout">;
  readonly terraform: Pick<Terraform, "fetchModules">;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
}

/** Fetches modules from their sources a second time, in a clean checkout, so that what a plan claims to have read can be compared. */
export async function fetchModules(rights: FetchRights, order: Order): Promise<ReturnType<typeof remoteModules>> {
  const folder = await rights.folders.create(`${order.run}-modules`);
  try {
    const checkout = join(folder.path, "checkout");
    await rights.repository.checkout(order.tree, checkout);
    await rights.terraform.fetchModules({
      checkout,
      root: order.stack.root,
      env: {},
      log: rights.logs.open(order.run),
    });
    return remoteModules({ modules: await readModules(join(checkout, order.stack.root)) });
  } finally {
    await folder.remove();
  }
}

async function readModules(root: string): Promise<PlanFileContents["modules"]> {
  const listed = await readFile(join(root, ".terraform", "modules", "modules.json"), "utf8").catch(
    () => '{"Modules":[]}',
  );
  const { Modules } = JSON.parse(listed) as {
    Modules: readonly { Key: string; Source: string; Version?: string; Dir: string }[];
  };
  return Promise.all(
    Modules.map(async ({ Key, Source, Version, Dir }) => ({
      key: Key,
      source: Source,
      version: Version ?? null,
      dir: Dir,
      files: await readFolder(join(root, Dir)),
    })),
  );
}

/** The files that the tool reads of a module: what stands in a plan file's snapshot. */
async function readFolder(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const name of (await readdir(folder)).filter(
    (candidate) => /\.(?:tf|tf\.json|tofu|tofu\.json)$/.test(candidate) && !candidate.startsWith("."),
  )) {
    files[name] = await readFile(join(folder, name));
  }
  return files;
}
