/**
 * The embedded default: every role on one machine, a store in one file, bundles and keys in folders beside it. Puts
 * adapters behind the ports of delivery; each role still gets only its own rights.
 */
import { join } from "node:path";
import { openBundleFolder } from "../../adapters/bundles/index.ts";
import { makeFolder, openWorkFolders } from "../../adapters/folders/index.ts";
import { openRepository } from "../../adapters/git/index.ts";
import { readBackendBlock, readModuleReferences } from "../../adapters/hcl/index.ts";
import { applyKeys, ensureKeys, planKeys, presentKeys, secretKey } from "../../adapters/keys/index.ts";
import { readPlanFile } from "../../adapters/plan-file/index.ts";
import { openSqliteStore } from "../../adapters/store/index.ts";
import {
  isThere,
  keepProof,
  keepState,
  openRunLogs,
  ownHolder,
  pause,
  systemIds,
} from "../../adapters/system/index.ts";
import { runFlowCommand, type TerraformOptions } from "../../adapters/terraform/index.ts";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery, Roles } from "../../delivery/delivery.ts";
import type { Clock, Forge, Ids, ProveFlow, Sealer, Store } from "../../delivery/ports.ts";
import { recover } from "../../delivery/recover.ts";
import { applyPlan } from "../../delivery/roles/apply.ts";
import { backendIdentity } from "../../delivery/roles/backend-identity.ts";
import { checkFormat } from "../../delivery/roles/check.ts";
import { openBundle } from "../../delivery/roles/open-bundle.ts";
import { makePlan } from "../../delivery/roles/plan.ts";
import { presentPlan } from "../../delivery/roles/present.ts";
import { verifyStack } from "../../delivery/roles/verify.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { type BackendProbe, lookAhead, openBackendProbe } from "../backend-probe.ts";
import { makeDelivery } from "../delivery.ts";
import { fetchModules } from "../fetch-modules.ts";
import { pushTries, toolFor, variablesOf } from "../tool.ts";

export interface EmbeddedOptions {
  /** The repository: a worktree's top, or a bare one. */
  readonly repository: string;
  /** Where store, bundles, keys, logs and work folders lie; made on first use. */
  readonly home: string;
  readonly flow: Flow;
  /** Where it lies, from the repository's top; `plangate.yaml` when not said. */
  readonly flowFile?: string;
  readonly forge: Forge;
  readonly clock: Clock;
  readonly ids?: Ids;
  /** Our own environment: what Terraform gets of it is chosen by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What an environment's Terraform sees in the end: adds the identity that it acts as, where the host binds one. */
  readonly actAs?: (
    environment: Environment,
    variables: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, string>>;
  /** Proves a flow that a pull request changes; without it, its check says that nobody did. */
  readonly proveFlow?: ProveFlow;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Where relative paths of local states lie: the folder that stands for a root module. */
  readonly localStateBase?: (root: string) => string;
  /** Puts something between delivery and its store, such as a test that ends the process at a chosen write. */
  readonly wrapStore?: (store: Store) => Store;
}

export interface Embedded {
  readonly delivery: Delivery;
  readonly store: Store;
  /**
   * Asks the tool for its version, which every plan waits for: for whoever is about to plan and has something else to do
   * first. What goes wrong is told when planning asks again.
   */
  getReady(): void;
  /** Terraform's state lock, for people who look into it. */
  readonly locks: Pick<BackendProbe, "stateLock" | "releaseStateLock">;
  /** Leads on what a dead process left behind. */
  recover(): Promise<readonly Delivered[]>;
  close(): Promise<void>;
}

export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { home, flow, clock } = options;
  await makeFolder(home);
  await ensureKeys(join(home, "keys"));
  const opened = await openSqliteStore(join(home, "store.sqlite"), { clock });
  const store = options.wrapStore?.(opened) ?? opened;
  const repository = openRepository(options.repository, options.env as NodeJS.ProcessEnv);
  const key = await secretKey(join(home, "keys"));
  const { roles, probe } = await openRoles(options, repository, key);
  const variables = (environment: Environment) => {
    const seen = variablesOf(environment, options.env);
    return options.actAs?.(environment, seen) ?? seen;
  };
  const { forge, progress, proveFlow, signal } = options;
  const delivery = makeDelivery({
    flow,
    flowFile: options.flowFile ?? "plangate.yaml",
    store,
    forge,
    repository,
    roles,
    clock,
    variables,
    secretKey: key,
    ids: idsOf(options),
    holder: await ownHolder(),
    progress,
    proveFlow,
    signal,
  });
  return {
    delivery,
    store,
    locks: probe,
    getReady: () => void roles.tool().catch(() => undefined),
    recover: () => recover(delivery, isThere),
    close: async () => {
      repository.close();
      await store.close();
    },
  };
}

function idsOf(options: EmbeddedOptions): Ids {
  return options.ids ?? systemIds(options.clock);
}

/** Sealing takes long only the first time, when what it needs is loaded: that is done while the first plan is made. */
function sealingAhead(sealer: Sealer): (subcommand: string) => void {
  let loaded = false;
  return (subcommand) => {
    if (loaded || subcommand !== "plan") return;
    loaded = true;
    sealer.seal(new Uint8Array()).catch(() => undefined);
  };
}

async function openRoles(
  options: EmbeddedOptions,
  repository: ReturnType<typeof openRepository>,
  secret: Uint8Array,
): Promise<{ readonly roles: Roles; readonly probe: BackendProbe }> {
  const { home, flow, clock, env } = options;
  const keys = join(home, "keys");
  const folders = openWorkFolders(join(home, "work"));
  const logs = openRunLogs(join(home, "logs"));
  const bundles = openBundleFolder(join(home, "bundles"));
  const { localStateBase } = options;
  const terraformFor = (initCache: string | undefined, more: Pick<TerraformOptions, "version" | "atWork"> = {}) =>
    toolFor(flow, env, { initCache, localStateBase, ...more });
  const sealer = await planKeys(keys);
  // Apply never starts from what a plan left behind.
  const planning = terraformFor(join(home, "cache", "plan"), { atWork: sealingAhead(sealer) });
  const applying = terraformFor(undefined);
  const looking = terraformFor(join(home, "cache", "state"), { version: planning.version });
  const probe = openBackendProbe({
    repository,
    terraform: looking,
    folders,
    logs,
    backendBlock: readBackendBlock,
  });
  const ahead = lookAhead(probe.backendOf);
  const present = await presentKeys(keys);
  const apply = {
    repository,
    terraform: applying,
    readPlanFile,
    ...(await applyKeys(keys)),
    bundles,
    folders,
    logs,
    salvage: { keep: keepState(join(home, "salvage")), tries: pushTries, pause },
  };
  const roles: Roles = {
    plan: (order) => {
      ahead.begin(order);
      return makePlan({ repository, terraform: planning, sealer, folders, logs }, order);
    },
    present: (planned, about) =>
      presentPlan(
        {
          repository,
          terraform: planning,
          readPlanFile,
          ...present,
          // One machine has one key that opens, whatever is applied to.
          sealerFor: () => sealer,
          secretKey: secret,
          bundles,
          folders,
          logs,
          whyOtherBackend: async (order, found) =>
            backendIdentity(found).identity === backendIdentity(await ahead.backendOf(order)).identity
              ? null
              : "it leads to another place",
          readReferences: readModuleReferences,
          fetchModules: (order) => fetchModules({ repository, terraform: planning, folders, logs }, order),
        },
        planned,
        { ...about, flow, now: clock.now() },
      ),
    inspect: async (plan, tree) => {
      const opened = await openBundle(apply, plan, tree);
      return "code" in opened ? opened : null;
    },
    apply: (order, plan, steps) => applyPlan(apply, order, plan, steps),
    verify: async (order) => {
      const runCommand = runFlowCommand({ env, redactor: environmentRedactor });
      const found = await verifyStack({ repository, terraform: planning, runCommand, folders, logs, clock }, order);
      await keepProof(join(home, "proofs"))(order.run, found.document);
      return found;
    },
    check: (tree, files) =>
      checkFormat({ repository, terraform: planning, folders, logs, run: idsOf(options).run() }, tree, files),
    stateVersion: probe.stateVersion,
    tool: () => planning.version(),
  };
  return { roles, probe };
}
