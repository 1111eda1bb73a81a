import { openTerraform, type TerraformOptions, type TerraformProgram } from "../adapters/terraform/index.ts";
import { DeliveryError } from "../domain/errors.ts";
import { type Duration, parseDuration } from "../domain/names.ts";
import { environmentRedactor } from "../domain/redaction.ts";
import type { Environment, Flow } from "../flow/flow.ts";

/**
 * GitHub interrupts a job that somebody cancels, or whose time is over, and kills it ten seconds later. By then the tool has to
 * have written its state and released its lock, and we what became of it.
 */
export const graceInJob = { grace: 5_000, applyGrace: 5_000 } satisfies Pick<TerraformOptions, "grace" | "applyGrace">;

/**
 * How long is waited before each try to write a state to a backend that did not take it. A job that is in someone's way holds the
 * stack's lease as long.
 */
export const pushTries: readonly Duration[] = [2_000, 8_000, 20_000];

type Env = Readonly<Record<string, string | undefined>>;

/** The flow's tool, set up as the variables of our own environment say. */
export function toolFor(
  flow: Flow,
  env: Env,
  more: Pick<TerraformOptions, "version" | "atWork" | "initCache" | "localStateBase" | "grace" | "applyGrace"> = {},
): TerraformProgram {
  return openTerraform({
    program: flow.tool,
    binary: env.PLANGATE_TOOL,
    env,
    redactor: environmentRedactor,
    providerMirror: env.PLANGATE_PROVIDER_MIRROR,
    lockTimeout: lockTimeoutOf(env.PLANGATE_LOCK_TIMEOUT),
    ...more,
  });
}

/** What the flow lets an environment's Terraform see of our own environment, and the credentials that are there. */
export function variablesOf(environment: Environment, env: Env): Readonly<Record<string, string>> {
  const names = [...environment.variables];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** How long Terraform waits for its state lock, when not as long as usual. */
function lockTimeoutOf(written: string | undefined): Duration | undefined {
  if (written === undefined || written === "") return undefined;
  const duration = parseDuration(written);
  if (duration !== undefined) return duration;
  throw new DeliveryError({
    code: "setting-wrong",
    message: `PLANGATE_LOCK_TIMEOUT is ${JSON.stringify(written)}, which is no duration`,
    reaction: "stop",
    hint: "Write it as 30s, 5m or 1h.",
  });
}
