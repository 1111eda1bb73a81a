import { join } from "node:path";
import { openWorkFolders } from "../../adapters/folders/index.ts";
import { openRepository } from "../../adapters/git/index.ts";
import { applyKeys, secretKey } from "../../adapters/keys/index.ts";
import { readPlanFile } from "../../adapters/plan-file/index.ts";
import { openRunLogs, pause, systemIds } from "../../adapters/system/index.ts";
import type { TerraformOptions, TerraformProgram } from "../../adapters/terraform/index.ts";
import type { Delivery, Roles } from "../../delivery/delivery.ts";
import type { Salvage } from "../../delivery/ports/salvage.ts";
import type {
  BundleStore,
  Clock,
  Forge,
  Ids,
  ProveFlow,
  Repository,
  RunLogs,
  Store,
  WorkFolders,
} from "../../delivery/ports.ts";
import { type ApplyRights, openBundle } from "../../delivery/roles/open-bundle.ts";
import type { Digest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { PlanManifest } from "../../domain/plan.ts";
import type { Holder } from "../../domain/run.ts";
import type { Flow } from "../../flow/flow.ts";
import { makeDelivery } from "../delivery.ts";
import { graceInJob, pushTries, toolFor } from "../tool.ts";

/** What any job that decides is given; which rights it has beyond that is told by its keys and its environment. */
export interface JobOptions {
  readonly repository: string;
  /** For work folders and logs; nothing in it outlives the job. */
  readonly home: string;
  readonly flow: Flow;
  readonly flowFile: string;
  /** A folder with the keys of this kind of job, and no others. */
  readonly keys: string;
  readonly store: Store;
  readonly forge: Forge;
  readonly bundles: BundleStore;
  readonly clock: Clock;
  readonly ids?: Ids;
  /** This very job, so that a later one can ask whether it is still at work. */
  readonly holder: Holder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly localStateBase?: TerraformOptions["localStateBase"];
  /** Where a state is kept that an apply could not write, for a job that applies. */
  readonly keepState?: Salvage["keep"];
  /** Looks for holes in a flow that a pull request brings; where it is missing, its check says that nobody did. */
  readonly proveFlow?: ProveFlow;
}

/** What the roles of a job are made from. */
export interface JobGround {
  readonly repository: Repository & { close(): void };
  readonly tool: TerraformProgram;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  readonly secret: Uint8Array;
  readonly applying: ApplyRights;
  readonly ids: Ids;
}

export interface JobHost {
  readonly delivery: Delivery;
  close(): void;
}

/** What a kind of job may do. */
export interface JobRoles extends Omit<Roles, "tool" | "inspect"> {
  /** What a bundle that is whole was made from and is no longer so here, where this kind of job sees it. */
  readonly moved?: (plan: Digest, manifest: PlanManifest) => BundleFinding | null;
}

/**
 * Opens what every deciding job has; `rolesOf` adds what it may do. Variables are no part of the inputs that jobs compare
 * with one another, since each has only those of its own environment: an apply job holds the plan to them.
 */
export async function openJobHost(
  options: JobOptions,
  rolesOf: (ground: JobGround) => Promise<JobRoles>,
): Promise<JobHost> {
  const { home, flow, clock, env, keys, store } = options;
  const repository = openRepository(options.repository, env as NodeJS.ProcessEnv);
  const tool = toolFor(flow, env, { ...graceInJob, initCache: undefined, localStateBase: options.localStateBase });
  const folders = openWorkFolders(join(home, "work"));
  const logs = openRunLogs(logsIn(home));
  const secret = await secretKey(keys);
  const ids = options.ids ?? systemIds(clock);
  const applying: ApplyRights = {
    repository,
    terraform: tool,
    readPlanFile,
    ...(await applyKeys(keys)),
    bundles: options.bundles,
    folders,
    logs,
    salvage: { keep: options.keepState ?? (() => without("keep a state")), tries: pushTries, pause },
  };
  const { moved, ...own } = await rolesOf({ repository, tool, folders, logs, secret, applying, ids });
  const roles: Roles = {
    ...own,
    inspect: async (plan, tree) => {
      const opened = await openBundle(applying, plan, tree);
      return "code" in opened ? opened : (moved?.(plan, opened.manifest) ?? null);
    },
    tool: () => tool.version(),
  };
  const { flowFile, forge, holder, progress, proveFlow, signal } = options;
  const delivery = makeDelivery({
    flow,
    flowFile,
    store,
    forge,
    repository,
    roles,
    clock,
    variables: () => ({}),
    secretKey: secret,
    ids,
    holder,
    progress,
    proveFlow,
    signal,
  });
  return { delivery, close: () => repository.close() };
}

/** Where a job keeps what programs say, for as long as it runs. */
export function logsIn(home: string): string {
  return join(home, "logs");
}

/** A role that this kind of job does not have: asking for it is a mistake of ours. */
export function without(role: string): never {
  throw new InternalError(`this job cannot ${role}: it has no right to`);
}
