import { readBackendBlock } from "../../adapters/hcl/index.ts";
import { readRunLog } from "../../adapters/system/index.ts";
import { runFlowCommand } from "../../adapters/terraform/index.ts";
import { planOrderOf } from "../../delivery/plan-order.ts";
import type { Salvage } from "../../delivery/ports/salvage.ts";
import { applyPlan } from "../../delivery/roles/apply.ts";
import { type Verification, verifyStack } from "../../delivery/roles/verify.ts";
import type { Order } from "../../delivery/roles/work.ts";
import type { RunId } from "../../domain/names.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import type { ToolError } from "../../domain/tool-error.ts";
import { openBackendProbe } from "../backend-probe.ts";
import { PlanOrdered } from "./deciding-host.ts";
import { type GivenHere, movedVariables } from "./given-variables.ts";
import { type JobHost, type JobOptions, logsIn, openJobHost, without } from "./job-delivery.ts";

export interface ApplyingOptions extends JobOptions {
  /** Variables that the tool gets to see in an environment, secrets among them: nothing else is made from those. */
  readonly seen: (environment: string) => Readonly<Record<string, string>>;
  /** Hears what people are to read of it, before the record has it. */
  readonly heard: ApplyHeard;
  readonly keepState: Salvage["keep"];
  /** Those that are no secrets, and the environment on GitHub that has them: a plan has to be made with the same. */
  readonly given: GivenHere;
}

/** What comes of applies, for whoever tells people. */
export interface ApplyHeard {
  failed(run: RunId, errors: readonly ToolError[]): void;
  verified(run: RunId, found: Verification): void;
}

export interface ApplyingHost extends JobHost {
  /** What the programs said that this job started for a run, redacted; `undefined` where there were none. */
  logOf(run: RunId): Promise<string | undefined>;
}

/** The host of jobs that apply: they hold the identity of one environment, open bundles, and sign nothing. */
export async function openApplyingHost(options: ApplyingOptions): Promise<ApplyingHost> {
  const host = await openJobHost(options, async ({ repository, tool, folders, logs, applying, secret }) => {
    const probe = openBackendProbe({ repository, terraform: tool, folders, logs, backendBlock: readBackendBlock });
    const { heard, clock } = options;
    const seeing = (order: Order): Order => ({
      ...order,
      variables: { ...order.variables, ...options.seen(order.stack.environment) },
    });
    return {
      plan: async (order) => {
        throw new PlanOrdered(planOrderOf(order), order.run);
      },
      present: () => without("present a plan"),
      check: () => without("report a check"),
      apply: async (order, plan, steps) => {
        const result = await applyPlan(applying, seeing(order), plan, steps);
        if (result.kind === "failed") heard.failed(order.run, result.errors ?? []);
        return result;
      },
      verify: async (order) => {
        const runCommand = runFlowCommand({ env: options.env, redactor: environmentRedactor });
        const rights = { repository, terraform: tool, runCommand, folders, logs, clock };
        const found = await verifyStack(rights, seeing(order));
        heard.verified(order.run, found);
        return found;
      },
      stateVersion: (order) => probe.stateVersion(seeing(order)),
      moved: (plan, manifest) =>
        movedVariables({ plan, manifest }, { flow: options.flow, secret, given: options.given }),
    };
  });
  return { ...host, logOf: (run) => readRunLog(logsIn(options.home), run) };
}
