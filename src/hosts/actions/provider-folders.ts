import type { WorkFolder } from "../../delivery/ports.ts";
import type { Planned } from "../../delivery/roles/plan.ts";
import type { Order } from "../../delivery/roles/work.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { JobGround } from "./job-delivery.ts";

/** Gives a folder with an order's content and the providers that Git's lock file names, to render its plan with. */
export type WithProviders = (order: Order, outcome: Planned["outcome"]) => Promise<Planned["folder"]>;

/**
 * Nothing in the folders comes from the job that planned. Plans of one content share a checkout, since many stacks may be
 * presented in one go, and are used one after the other; what was fetched for a root module goes when its plan was read,
 * since providers are large.
 */
export function openProviderFolders({
  repository,
  tool,
  folders,
  logs,
}: Pick<JobGround, "repository" | "tool" | "folders" | "logs">): WithProviders {
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
    await tool.fetchProviders(workdir);
    return { ...folder, remove: () => tool.forgetFetched(workdir) };
  };
}
