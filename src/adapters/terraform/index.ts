/**
 * Terraform and OpenTofu as external programs, one file per subcommand. They get an environment and a configuration
 * of our own making, and their output reaches nobody before it was redacted.
 */

import type { StateLockHolder, Terraform, Workdir } from "../../delivery/ports.ts";
import type { Duration } from "../../domain/names.ts";
import type { Tool } from "../../domain/plan.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { applyPlan } from "./apply.ts";
import type { Program, Redactor } from "./command.ts";
import { forgetFetched } from "./fetched.ts";
import { checkFormat } from "./fmt.ts";
import { forceUnlock } from "./force-unlock.ts";
import { fetchModules } from "./get.ts";
import type { LocalStateBase } from "./init.ts";
import { openInitCache } from "./init-cache.ts";
import { readOutputs } from "./output.ts";
import { makePlan } from "./plan.ts";
import { fetchProviders } from "./providers.ts";
import { initAndRetry } from "./reinit.ts";
import { showPlan } from "./show.ts";
import { readStateVersion } from "./state.ts";
import { readStateLock } from "./state-lock.ts";
import { pushState } from "./state-push.ts";
import { readVersion } from "./version.ts";

export { goMemory, whyRefused } from "./environment.ts";
export { runFlowCommand } from "./flow-command.ts";
export { type LinterName, type LintFinding, openLinter } from "./linters/index.ts";
export { type ProcessRequest, type ProcessResult, runProcess } from "./run-process.ts";
export type { LocalStateBase, Redactor };

export interface TerraformOptions {
  readonly program: Tool["name"];
  /** Where the program lies; else `terraform` or `tofu` is looked for on the PATH. */
  readonly binary?: string | undefined;
  /** Our own environment, of which the little that every program needs is passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without one, every value of a run's environment is hidden; one that knows which are no secrets shows more. */
  readonly redactor?: Redactor | undefined;
  /** Names that the environment of a stack may give although they are refused: endpoints, for whoever has private ones. */
  readonly permit?: readonly string[] | undefined;
  /** A folder of providers, as `terraform providers mirror` writes it; unpacked ones are only linked. */
  readonly providerMirror?: string | undefined;
  /** Keeps initialised folders here. Plans and applies must not share one. */
  readonly initCache?: string | undefined;
  readonly localStateBase?: LocalStateBase | undefined;
  /** How long to wait for Terraform's state lock. */
  readonly lockTimeout?: Duration | undefined;
  /** How long a command may take to end in good order once it was told to stop; an apply, longer. */
  readonly grace?: Duration | undefined;
  readonly applyGrace?: Duration | undefined;
  /** After this a command is stopped. An apply is never stopped by the clock. */
  readonly timeout?: Duration | undefined;
  /** Told when a subcommand's process is there, for whoever has something to do meanwhile. Not of an apply's. */
  readonly atWork?: ((subcommand: string) => void) | undefined;
  /** What is known of the program's version already, so that it is asked once. */
  readonly version?: Terraform["version"] | undefined;
}

/** The port, and what only a person or a host asks for. */
export interface TerraformProgram extends Terraform {
  /** Gets the providers that the root's lock file names, by their hashes; reaches no backend and starts none of them. */
  fetchProviders(workdir: Workdir, about?: { readonly cache?: string }): Promise<void>;
  /** Takes off the disk what was fetched for the root. */
  forgetFetched(workdir: Workdir): Promise<void>;
  /** Who holds Terraform's state lock; null when nobody does. Takes it for a moment to find out. */
  stateLock(workdir: Workdir): Promise<StateLockHolder | null>;
  /** Releases Terraform's state lock whose holder is gone. */
  forceUnlock(workdir: Workdir, lockId: string): Promise<void>;
}

export function openTerraform(options: TerraformOptions): TerraformProgram {
  const program: Program = {
    name: options.program,
    binary: options.binary ?? (options.program === "opentofu" ? "tofu" : "terraform"),
    hostEnv: options.env,
    permit: options.permit ?? [],
    redactor: options.redactor ?? environmentRedactor,
    mirror: options.providerMirror,
    lockTimeout: options.lockTimeout ?? 30_000,
    grace: options.grace ?? 15_000,
    applyGrace: options.applyGrace ?? 15 * 60_000,
    timeout: options.timeout ?? 60 * 60_000,
    atWork: options.atWork,
  };
  let found: Promise<Tool> | undefined;
  const askVersion = () => {
    found ??= readVersion(program).catch((error: unknown) => {
      // Whoever installs the program meanwhile should not have to start us again.
      found = undefined;
      throw error;
    });
    return found;
  };
  const version = options.version ?? askVersion;
  const cache = options.initCache === undefined ? undefined : openInitCache(options.initCache, options.providerMirror);
  const { init, retrying } = initAndRetry({ program, cache, localStateBase: options.localStateBase });

  return {
    version,
    // The first thing that any run does: a tool that is too old must not get as far as failing in its own words.
    init: async (workdir, about) => {
      await version();
      return init(workdir, about);
    },
    plan: (workdir, about) => retrying(workdir, () => makePlan(program, workdir, about)),
    show: (workdir, planFile) => retrying(workdir, () => showPlan(program, workdir, planFile)),
    // Never tried twice, whatever the reason.
    apply: (workdir, planFile, spawned) => applyPlan(program, workdir, { planFile, spawned }),
    stateVersion: (workdir) => retrying(workdir, () => readStateVersion(program, workdir)),
    pushState: (workdir, file) => pushState(program, workdir, file),
    check: (workdir, files) => checkFormat(program, workdir, files),
    fetchModules: (workdir, about) => fetchModules(program, workdir, about),
    fetchProviders: (workdir, about) => fetchProviders(program, workdir, about),
    forgetFetched,
    outputs: (workdir) => retrying(workdir, () => readOutputs(program, workdir)),
    stateLock: (workdir) => retrying(workdir, () => readStateLock(program, workdir)),
    forceUnlock: (workdir, lockId) => forceUnlock(program, workdir, lockId),
  };
}
