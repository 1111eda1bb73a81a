import { DeliveryError } from "../../domain/errors.ts";
import type { Repository, RunLogs, SealedPlan, Sealer, Terraform, Workdir, WorkFolder, WorkFolders } from "../ports.ts";
import { generatedPart, mostGenerated } from "./generated.ts";
import type { Order } from "./work.ts";

/** What plan has, and no more: it runs the change's code, so it can close bundles and not open them, and has no way to record, comment or sign. */
export interface PlanRights {
  readonly repository: Pick<Repository, "checkout" | "listTree">;
  readonly terraform: Terraform;
  readonly sealer: Sealer;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
}

/** A sealed plan, with the providers that present may start again, after their hashes were compared. */
export interface Planned extends SealedPlan {
  /** The folder of them, as the tool keeps it below a root module; null where there are none. */
  readonly providers: string | null;
  /** What is removed when the plan was presented. */
  readonly folder: Pick<WorkFolder, "remove">;
}

/**
 * Plans on a clean checkout. What comes back is a claim: present believes none of it. The caller removes the folder.
 *
 * @throws DeliveryError when the tool cannot be run at all, or the backend is out of reach.
 */
export async function makePlan(rights: PlanRights, order: Order): Promise<Planned> {
  const folder = await rights.folders.create(`${order.run}-plan`);
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(order.tree, checkout);
    const workdir: Workdir = {
      checkout,
      root: order.stack.root,
      env: order.variables,
      log: rights.logs.open(order.run),
      ...(order.signal === undefined ? {} : { signal: order.signal }),
    };
    await rights.terraform.init(workdir, { backend: order.stack.backend, reuse: order.initKey });
    const before = await stamps(folder, order.stack.root);
    const out = `${folder.path}/tfplan`;
    const outcome = await rights.terraform.plan(workdir, { varFiles: order.stack.varFiles, out, mode: order.mode });
    const parts = outcome.kind === "failed" ? {} : await collect(rights, folder, order, before);
    const providers = `${checkout}/${order.stack.root}/.terraform/providers`;
    return { run: order.run, outcome, parts, providers, folder };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function stamps(folder: WorkFolder, root: string): Promise<ReadonlyMap<string, string>> {
  const files = await folder.list(`checkout/${root}`);
  return new Map(files.map((file) => [file.path, file.stamp]));
}

/** The plan file, the dependency lock file, and every file that planning made under the root module: an archive is not inside a plan file. */
async function collect(
  rights: PlanRights,
  folder: WorkFolder,
  order: Order,
  before: ReadonlyMap<string, string>,
): Promise<Record<string, Uint8Array>> {
  const parts: Record<string, Uint8Array> = {};
  const add = async (name: string, content: Uint8Array | undefined) => {
    if (content !== undefined) parts[name] = await rights.sealer.seal(content);
  };
  await add("tfplan", await folder.read("tfplan"));
  const root = order.stack.root === "." ? "checkout" : `checkout/${order.stack.root}`;
  await add(".terraform.lock.hcl", await folder.read(`${root}/.terraform.lock.hcl`));
  let bytes = 0;
  for (const file of await folder.list(root)) {
    const name = file.path.slice(root.length + 1);
    if (before.get(file.path) === file.stamp || ownFiles.has(name)) continue;
    if (before.has(file.path)) {
      throw new DeliveryError({
        code: "tracked-file-changed",
        message: `planning ${order.stack.name} changed the file ${name}, which Git tracks`,
        reaction: "stop",
        hint: "Let the configuration write generated files under names that are not in Git.",
      });
    }
    if (!file.isPlain) {
      throw new DeliveryError({
        code: "generated-link",
        message: `planning ${order.stack.name} made ${name}, which is no plain file`,
        reaction: "stop",
        hint: "Let the configuration write files: a link could lead anywhere where it is applied.",
      });
    }
    bytes += file.bytes;
    if (bytes > mostGenerated) {
      throw new DeliveryError({
        code: "generated-too-large",
        message: `planning ${order.stack.name} made more than ${mostGenerated} bytes of files`,
        reaction: "stop",
        hint: "Keep large files in a store of their own, and let the configuration name them.",
      });
    }
    await add(generatedPart(name), await folder.read(file.path));
  }
  return parts;
}

/** What the tool itself leaves in a root module. */
const ownFiles: ReadonlySet<string> = new Set([
  ".terraform.lock.hcl",
  ".terraform.tfstate.lock.info",
  "errored.tfstate",
]);
