import { posix } from "node:path";
import type { TerraformProgram } from "../adapters/terraform/index.ts";
import type {
  BackendSettings,
  Repository,
  RunLogs,
  StateLockHolder,
  TreeEntry,
  Workdir,
  WorkFolder,
  WorkFolders,
} from "../delivery/ports.ts";
import type { Order } from "../delivery/roles/work.ts";
import { digestOfJson } from "../domain/digest.ts";
import { DeliveryError } from "../domain/errors.ts";
import type { StateVersion } from "../domain/plan.ts";
import { isConfiguration, isOverride } from "../domain/tree.ts";

interface ProbeRights {
  readonly repository: Pick<Repository, "listTree" | "readBlobs">;
  readonly terraform: Pick<TerraformProgram, "init" | "stateVersion" | "stateLock" | "forceUnlock">;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  /** The text of the `backend` block of a file, when it has one. */
  readonly backendBlock: (text: string, path: string) => Promise<string | null>;
}

/** Looks at a stack's state without any of the change's code: no provider, no module, nothing but its backend block. */
export interface BackendProbe {
  backendOf(order: Order): Promise<BackendSettings>;
  stateVersion(order: Order): Promise<StateVersion>;
  /** Who holds Terraform's state lock; null when nobody does. */
  stateLock(order: Order): Promise<StateLockHolder | null>;
  /** Releases it, because a person who knows says so. */
  releaseStateLock(order: Order, id: string): Promise<void>;
}

export function openBackendProbe(rights: ProbeRights): BackendProbe {
  const probe = async <T>(
    order: Order,
    look: (workdir: Workdir, settings: BackendSettings) => Promise<T>,
  ): Promise<T> => {
    const folder = await rights.folders.create("state");
    try {
      const block = await writeProbe(rights, folder, order);
      const workdir: Workdir = {
        checkout: folder.path,
        root: order.stack.root,
        env: order.variables,
        log: rights.logs.open(order.run),
        ...(order.signal === undefined ? {} : { signal: order.signal }),
      };
      const reuse = digestOfJson({ block, backend: order.stack.backend, root: order.stack.root });
      return await look(workdir, await rights.terraform.init(workdir, { backend: order.stack.backend, reuse }));
    } finally {
      await folder.remove();
    }
  };
  return {
    backendOf: (order) => probe(order, async (_, settings) => settings),
    stateVersion: (order) => probe(order, (workdir) => rights.terraform.stateVersion(workdir)),
    stateLock: (order) => probe(order, (workdir) => rights.terraform.stateLock(workdir)),
    releaseStateLock: (order, id) => probe(order, (workdir) => rights.terraform.forceUnlock(workdir, id)),
  };
}

/**
 * A look at a stack's backend that is begun before it is wanted: it takes as long as the tool takes to start, and may
 * as well be over before any of the change's code runs.
 */
export function lookAhead(backendOf: BackendProbe["backendOf"]) {
  const begun = new WeakMap<Order, Promise<BackendSettings>>();
  return {
    begin(order: Order): void {
      const look = backendOf(order);
      // Whoever wants the answer is told what went wrong; when planning fails, nobody does.
      look.catch(() => undefined);
      begun.set(order, look);
    },
    backendOf: (order: Order) => begun.get(order) ?? backendOf(order),
  };
}

/** The root module with nothing left but where its state lives, and the files of settings that the flow names. */
async function writeProbe(rights: ProbeRights, folder: WorkFolder, order: Order): Promise<readonly string[]> {
  const { stack } = order;
  const entries = await rights.repository.listTree(order.tree);
  const settings = new Set(stack.backend.filter((setting) => !setting.includes("=")));
  const wanted = entries
    .filter((entry) => settings.has(entry.path) || isConfigurationOf(entry, stack.root))
    .sort((left, right) => Number(isOverride(left.path)) - Number(isOverride(right.path)));
  const blobs = await rights.repository.readBlobs(wanted.map((entry) => entry.blob));
  const blocks: string[] = [];
  let isNamed = false;
  for (const [index, entry] of wanted.entries()) {
    const blob = blobs[index] ?? new Uint8Array();
    if (settings.has(entry.path)) {
      await folder.write(entry.path, blob);
      blocks.push(new TextDecoder().decode(blob));
      continue;
    }
    const block = await rights.backendBlock(new TextDecoder().decode(blob), entry.path);
    if (block === null) continue;
    isNamed = true;
    blocks.push(block);
    await folder.write(posix.join(stack.root, "backend.tf"), new TextEncoder().encode(`terraform {\n${block}\n}\n`));
  }
  // Settings alone are no backend: the tool would pass over them and keep the state beside the root.
  if (!isNamed) {
    throw new DeliveryError({
      code: "backend-missing",
      message: `the root module ${stack.root} names no backend, so its state would be lost with the checkout`,
      reaction: "stop",
      hint: 'Add `terraform { backend "…" {} }` to it; for a state on this machine, `backend "local" {}`.',
    });
  }
  return blocks;
}

/** Links to configuration are not followed here: a plan of such a stack is refused. */
function isConfigurationOf({ path, mode }: TreeEntry, root: string): boolean {
  return mode !== "120000" && posix.dirname(path) === posix.normalize(root) && isConfiguration(path);
}
