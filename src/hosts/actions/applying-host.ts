import { readBackendBlock } from "../../adapters/hcl/index.ts";
import { runFlowCommand } from "../../adapters/terraform/index.ts";
import { planOrderOf } from "../../delivery/plan-order.ts";
import { applyPlan } from "../../delivery/roles/apply.ts";
import { verifyStack } from "../../delivery/roles/verify.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { openBackendProbe } from "../backend-probe.ts";
import { PlanOrdered } from "./deciding-host.ts";
import { type JobHost, type JobOptions, openJobHost, without } from "./job-delivery.ts";

export interface ApplyingOptions extends JobOptions {
  /** Variables of the environment that are secrets: the tool gets them, and nothing else is made from them. */
  readonly secrets: (environment: string) => Readonly<Record<string, string>>;
}

/** The host of jobs that apply: they hold the identity of one environment, open bundles, and sign nothing. */
export function openApplyingHost(options: ApplyingOptions): Promise<JobHost> {
  return openJobHost(options, async ({ repository, tool, folders, logs, applying }) => {
    const probe = openBackendProbe({ repository, terraform: tool, folders, logs, backendBlock: readBackendBlock });
    const withSecrets = (order: Order): Order => ({
      ...order,
      variables: { ...order.variables, ...options.secrets(order.stack.environment) },
    });
    return {
      plan: async (order) => {
        throw new PlanOrdered(planOrderOf(order), order.run);
      },
      present: () => without("present a plan"),
      check: () => without("report a check"),
      apply: (order, plan, steps) => applyPlan(applying, withSecrets(order), plan, steps),
      verify: (order) =>
        verifyStack(
          {
            repository,
            terraform: tool,
            runCommand: runFlowCommand({ env: options.env, redactor: environmentRedactor }),
            folders,
            logs,
          },
          withSecrets(order),
        ),
      stateVersion: (order) => probe.stateVersion(withSecrets(order)),
    };
  });
}
