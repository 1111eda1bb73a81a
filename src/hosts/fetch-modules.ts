import type { FetchedModule, Repository, RunLogs, Terraform, WorkFolders } from "../delivery/ports.ts";
import type { Order } from "../delivery/roles/work.ts";

interface FetchRights {
  readonly repository: Pick<Repository, "checkout">;
  readonly terraform: Pick<Terraform, "fetchModules">;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
}

/** Fetches modules from their sources a second time, in a clean checkout, so that what a plan claims to have read can be compared. */
export async function fetchModules(rights: FetchRights, order: Order): Promise<readonly FetchedModule[]> {
  const folder = await rights.folders.create(`${order.run}-modules`);
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(order.tree, checkout);
    const log = rights.logs.open(order.run);
    return await rights.terraform.fetchModules({ checkout, root: order.stack.root, env: {}, log }, { anew: true });
  } finally {
    await folder.remove();
  }
}
