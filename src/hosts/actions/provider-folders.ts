import type { WorkFolder } from "../../delivery/ports.ts";
import type { Planned } from "../../delivery/roles/plan.ts";
import type { Order } from "../../delivery/roles/work.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { JobGround } from "./job-delivery.ts";

/** Gives a folder with an order's content and the providers that Git's lock file names, to render its plan with. */
export type WithProviders = (order: Order, outcome: Planned["outcome"]) => Promise<Planned["folder"]>;

/**
 * Nothing in the folders comes from the job that planned. Many stacks may be presented in one go, one after the other: plans
 * of one content share a checkout, and a provider that several roots name by the same hash is fetched once.
 */
export function openProviderFolders({
  repository,
  tool,
  folders,
  logs,
}: Pick<JobGround, "repository" | "tool" | "folders" | "logs">): WithProviders {
  let cache: Promise<WorkFolder> | undefined;
  let last: { readonly tree: TreeSha; readonly folder: WorkFolder } | undefined;

  const checkoutOf = async (tree: TreeSha): Promise<WorkFolder> => {
    if (last?.tree === tree) return last.folder;
    await last?.folder.remove();
    last = undefined;
    const folder = await folders.create("providers");
    await repository.checkout(tree, `${folder.path}/checkout`);
    last = { tree, folder };
    return folder;
  };

  return async ({ run, tree, stack }, outcome) => {
    if (outcome.kind === "failed") return folders.create(`${run}-failed`);
    const folder = await checkoutOf(tree);
    const workdir = { checkout: `${folder.path}/checkout`, root: stack.root, env: {}, log: logs.open(run) };
    cache ??= folders.create("provider-cache");
    await tool.fetchProviders(workdir, { cache: (await cache).path });
    return { ...folder, remove: () => tool.forgetFetched(workdir) };
  };
}
