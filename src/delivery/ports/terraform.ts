import type { Digest } from "../../domain/digest.ts";
import type { PlanMode, StateVersion, Tool } from "../../domain/plan.ts";
import type { ToolError } from "../../domain/tool-error.ts";

/** Takes output as it comes, already redacted by whoever writes to it; kept per run. */
export interface RunLog {
  write(text: string): void;
}

/** Where a Terraform process runs and what it may see. */
export interface Workdir {
  /** Top of the checkout. */
  readonly checkout: string;
  /** The root module's folder under it; `.` for the top. */
  readonly root: string;
  /** All of the environment that the process gets on top of what every program needs; nothing else is passed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: RunLog;
  readonly signal?: AbortSignal;
}

export interface BackendSettings {
  readonly type: string;
  readonly workspace: string;
  /** As Terraform resolved them, credentials included: never stored, only digested. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export type PlanOutcome =
  | { readonly kind: "changes" | "no-changes" }
  /**
   * `summary` has the first few errors in a line, for people who read it elsewhere; `errors` all of them, where the tool itself
   * was heard. `stateLock` when somebody else holds Terraform's lock.
   */
  | {
      readonly kind: "failed";
      readonly summary: string;
      readonly errors?: readonly ToolError[];
      readonly stateLock: StateLockHolder | null;
    };

export interface StateLockHolder {
  readonly id: string | null;
  readonly who: string | null;
  readonly operation: string | null;
  readonly since: string | null;
}

export type ApplyOutcome =
  | { readonly kind: "applied" }
  /**
   * `started` is false when Terraform refused before touching anything, so that nothing changed. `unsavedState` is the
   * path of a state that could not be written to the backend: it must be kept, or what was created is forgotten.
   */
  | {
      readonly kind: "failed";
      readonly summary: string;
      readonly errors?: readonly ToolError[];
      readonly started: boolean;
      readonly stateLock: StateLockHolder | null;
      readonly unsavedState?: string;
    };

/** One Terraform or OpenTofu program, driven as an external process. */
export interface Terraform {
  version(): Promise<Tool>;
  /** `-backend-config` as files (relative to the checkout's top) or `key=value`. `reuse` names what an earlier init depended on, when the caller can tell that nothing of it changed. */
  init(
    workdir: Workdir,
    about: { readonly backend: readonly string[]; readonly reuse: Digest | null },
  ): Promise<BackendSettings>;
  plan(
    workdir: Workdir,
    about: { readonly varFiles: readonly string[]; readonly out: string; readonly mode: PlanMode },
  ): Promise<PlanOutcome>;
  /** Plan JSON. Starts the providers that the plan uses. */
  show(workdir: Workdir, planFile: string): Promise<Uint8Array>;
  /** `spawned` is called with the process's number as soon as it is there. */
  apply(workdir: Workdir, planFile: string, spawned: (pid: number) => Promise<void>): Promise<ApplyOutcome>;
  stateVersion(workdir: Workdir): Promise<StateVersion>;
  /** Writes the state in the file to the backend, unless what is there is another one or newer. */
  pushState(workdir: Workdir, file: string): Promise<void>;
  /** Which of the files (from the checkout's top) are not written as the tool would write them, or cannot be read at all. Starts no provider. */
  check(workdir: Workdir, files: readonly string[]): Promise<readonly string[]>;
  /**
   * Fetches the modules that the root calls and runs nothing; with the root module itself. `anew` fetches what is there
   * already too: whatever a checkout brings was put there by whoever wrote it.
   */
  fetchModules(workdir: Workdir, about: { readonly anew: boolean }): Promise<readonly FetchedModule[]>;
  /** `output -json`, parsed. */
  outputs(
    workdir: Workdir,
  ): Promise<Readonly<Record<string, { readonly value: unknown; readonly sensitive: boolean }>>>;
}

/** What a plan file carries besides the plan, read without running anything. */
export interface PlanFileContents {
  /** The configuration it was made from and will be applied with: per module, path of each file and its content. */
  readonly modules: readonly {
    readonly key: string;
    readonly source: string;
    readonly version: string | null;
    /** As Terraform wrote it, relative to the root module. */
    readonly dir: string;
    readonly files: Readonly<Record<string, Uint8Array>>;
  }[];
  readonly lockFile: Uint8Array | null;
  readonly backend: BackendSettings;
  readonly mode: PlanMode;
  /** Lineage and serial of the state that it was made from. */
  readonly state: StateVersion;
}

/** A module as it is at its source. */
export type FetchedModule = PlanFileContents["modules"][number] & {
  /** Of every file that came with it; null when it lies in the repository, where Git has them. */
  readonly content: Digest | null;
};

export type ReadPlanFile = (bytes: Uint8Array) => Promise<PlanFileContents>;

/** Runs a command that the flow names, without a shell; its exit code is a value, null where a signal ended it. */
export type RunCommand = (
  workdir: Workdir,
  argv: readonly string[],
) => Promise<{
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** The beginning and the end, where it is long. */
  readonly output: string;
}>;
