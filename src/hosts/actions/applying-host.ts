import { readBackendBlock } from "../../adapters/hcl/index.ts";
import { runFlowCommand } from "../../adapters/terraform/index.ts";
import { planOrderOf } from "../../delivery/plan-order.ts";
import { applyPlan } from "../../delivery/roles/apply.ts";
import { verifyStack } from "../../delivery/roles/verify.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { openBackendProbe } from "../backend-probe.ts";
import { PlanOrdered } from "./deciding-host.ts";
import { type GivenHere, movedVariables } from "./given-variables.ts";
import { type JobHost, type JobOptions, openJobHost, without } from "./job-delivery.ts";

export interface ApplyingOptions extends JobOptions {
  /** Variables that the tool gets to see in an environment, secrets among them: nothing else is made from those. */
  readonly seen: (environment: string) => Readonly<Record<string, string>>;
  /** Those that are no secrets, and the environment on GitHub that has them: a plan has to be made with the same. */
  readonly given: GivenHere;
}

/** The host of jobs that apply: they hold the identity of one environment, open bundles, and sign nothing. */
export function openApplyingHost(options: ApplyingOptions): Promise<JobHost> {
  return openJobHost(options, async ({ repository, tool, folders, logs, applying, secret }) => {
    const probe = openBackendProbe({ repository, terraform: tool, folders, logs, backendBlock: readBackendBlock });
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
      apply: (order, plan, steps) => applyPlan(applying, seeing(order), plan, steps),
      verify: (order) =>
        verifyStack(
          {
            repository,
            terraform: tool,
            runCommand: runFlowCommand({ env: options.env, redactor: environmentRedactor }),
            folders,
            logs,
          },
          seeing(order),
        ),
      stateVersion: (order) => probe.stateVersion(seeing(order)),
      moved: (plan, manifest) =>
        movedVariables({ plan, manifest }, { flow: options.flow, secret, given: options.given }),
    };
  });
}
