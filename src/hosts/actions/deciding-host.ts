import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { presentKeys } from "../../adapters/keys/index.ts";
import { readPlanFile } from "../../adapters/plan-file/index.ts";
import { readHandedPlan } from "../../adapters/sealed-plans/index.ts";
import { programsAtOnce } from "../../adapters/system/index.ts";
import { type PlanOrder, planOrderKey, planOrderOf } from "../../delivery/plan-order.ts";
import type { Store } from "../../delivery/ports.ts";
import { checkFormat } from "../../delivery/roles/check.ts";
import { presentPlan } from "../../delivery/roles/present.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { environmentNamed } from "../../delivery/variables.ts";
import type { RunId, StackName } from "../../domain/names.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { fetchModules } from "../fetch-modules.ts";
import { openGiven } from "./given-variables.ts";
import { type JobGround, type JobHost, type JobOptions, type JobRoles, openJobHost, without } from "./job-delivery.ts";
import { openProviderFolders } from "./provider-folders.ts";
import { keepingWhole, type WholePlans } from "./whole-plans.ts";
import { comparingBackends } from "./written-backend.ts";

/** A plan is made by another job: the run goes on where that plan is at hand. */
export class PlanOrdered extends Error {
  override readonly name = "PlanOrdered";
  readonly order: PlanOrder;
  readonly run: RunId;

  constructor(order: PlanOrder, run: RunId) {
    super(`${order.stack} is to be planned by another job`);
    this.order = order;
    this.run = run;
  }
}

export interface DecidingOptions extends JobOptions {
  /** Folders of plans that other jobs handed over. */
  readonly handedOver: readonly string[];
  /** States that a job with an identity looked at a moment ago. */
  readonly seen: ReadonlyMap<StackName, StateVersion>;
  /**
   * What closes for whoever applies to an environment of the flow.
   *
   * @throws DeliveryError where nothing is known that does.
   */
  readonly recipientAt: (environment: string) => string;
  /** Where people read plans whole. */
  readonly wholePlans?: WholePlans;
}

/** The host of jobs that decide and present: they open and sign, and have no identity in any cloud. */
export async function openDecidingHost(options: DecidingOptions): Promise<JobHost> {
  const { delivery, close } = await openJobHost(options, (ground) => rolesOf(options, ground));
  const { wholePlans } = options;
  const keepWhole = wholePlans === undefined ? {} : { keepWhole: keepingWhole(delivery, wholePlans) };
  return { delivery: { ...delivery, ...keepWhole, plansAtOnce: programsAtOnce() }, close };
}

async function rolesOf(options: DecidingOptions, ground: JobGround): Promise<JobRoles> {
  const { repository, tool, folders, logs, secret, ids } = ground;
  const { flow, clock } = options;
  const keys = await presentKeys(options.keys);
  const providersFor = openProviderFolders(ground);
  return {
    plan: async (order) => {
      const handed = await readHandedPlan(options.handedOver, planOrderKey(planOrderOf(order)));
      if (handed === undefined) throw new PlanOrdered(planOrderOf(order), order.run);
      const providers = handed.outcome.kind === "failed" ? null : await providersFor(order);
      return { ...handed, run: order.run, providers, folder: { remove: async () => undefined } };
    },
    present: async (handed, about) => {
      const { planned, variables } = await openGiven(
        keys.opener,
        handed,
        environmentNamed(options, about.order.stack.environment),
      );
      const order = { ...about.order, variables: { ...about.order.variables, ...variables } };
      return presentPlan(
        {
          repository,
          terraform: tool,
          readPlanFile,
          ...keys,
          sealerFor: (environment) => keys.sealerWith([options.recipientAt(environment)]),
          secretKey: secret,
          bundles: options.bundles,
          folders,
          logs,
          whyOtherBackend: comparingBackends(repository),
          readReferences: readModuleReferences,
          fetchModules: (order) => fetchModules({ repository, terraform: tool, folders, logs }, order),
        },
        planned,
        // What whoever planned calls a secret would be hidden from those who approve.
        { ...about, order, flow, secrets: [], now: clock.now() },
      );
    },
    check: (tree, files) => checkFormat({ repository, terraform: tool, folders, logs, run: ids.run() }, tree, files),
    stateVersion: async (order) => options.seen.get(order.stack.name) ?? lastKnownState(options.store, order),
    apply: () => without("apply"),
    verify: () => without("verify"),
  };
}

/**
 * The state as the run's own plan found it, else as the newest plan of the stack did: whether it moved since is seen where
 * there is a right to look, under the lease and before anything is applied.
 */
async function lastKnownState(store: Store, { run: id, stack }: Order): Promise<StateVersion> {
  const own = await store.run(id);
  const others = await store.runs({ stack: stack.name, limit: 20 });
  for (const run of [...(own === undefined ? [] : [own]), ...others]) {
    const plan = run.plan === null ? undefined : await store.plan(run.plan);
    if (plan !== undefined) return plan.manifest.state;
  }
  return { lineage: null, serial: 0 };
}
