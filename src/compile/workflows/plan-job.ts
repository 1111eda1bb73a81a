import { jobMinutes, planEnvironment } from "../names.ts";
import { expression, labelsOf, listIn, ownOrders } from "./expressions.ts";
import type { Making } from "./making.ts";
import {
  checkout,
  job,
  namedIdentity,
  plangateWithTool,
  setUpNode,
  setUpTool,
  takeOnIdentity,
  upload,
} from "./steps.ts";
import { variablesFor } from "./variables.ts";
import { said, type YamlRecord } from "./yaml.ts";

export interface PlanOf {
  readonly environment: string;
  /** The job whose output `plans` orders it. */
  readonly from: string;
  /** The condition under which there is anything to plan. */
  readonly when: string;
  /** What its artifacts are told apart by. */
  readonly artifact: string;
  /** Whether it runs on the default branch; there it may have to fetch what a pull request brings. */
  readonly trusted?: true;
}

/**
 * Plans bundles of stacks of one environment. It runs what the change brings, so it has the plan identity alone: it can
 * close what it made and not open it, and has no right to write anything.
 */
export function planJob(making: Making, { environment, from, when, artifact, trusted }: PlanOf): YamlRecord {
  const list = listIn({ job: from, output: "plans" }, environment);
  const environments = making.flow.environments.filter(({ name }) => name === environment);
  return job(`Plan ${environment}`, {
    about: {
      needs: from,
      if: when,
      environment: planEnvironment(environment),
      permissions: {
        contents: said("read", "looks at Git"),
        "id-token": said("write", `takes on the plan identity of ${environment}`),
      },
      strategy: {
        "fail-fast": false,
        matrix: { bundle: expression(labelsOf(list)) },
      },
    },
    minutes: jobMinutes.plan,
    steps: [
      checkout(),
      setUpNode(),
      setUpTool(making),
      ...takeOnIdentity(jobMinutes.plan),
      plangateWithTool(making, "plan", {
        name: `Plan ${environment}`,
        env: {
          ...variablesFor(environments),
          ...namedIdentity(environments),
          ...(trusted === undefined ? {} : { GITHUB_TOKEN: expression("github.token") }),
          PLANGATE_ENVIRONMENT: environment,
          PLANGATE_ORDERS: expression(ownOrders(list)),
          PLANGATE_SEAL_KEY: expression("vars.PLANGATE_SEAL_KEY"),
        },
      }),
      upload(making, {
        name: `plangate-plan-${artifact}-${expression("strategy.job-index")}`,
        missing: "error",
        if: "!cancelled()",
      }),
    ],
  });
}
