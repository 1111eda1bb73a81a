import type { GitHub } from "../../src/worlds/github/index.ts";
import type { ArtifactService } from "./artifact-service.ts";
import type { Groups } from "./concurrency.ts";
import type { Machine } from "./machine.ts";
import type { Signal, Slots } from "./slots.ts";

/** What the runner is given. */
export interface RunnerAbout {
  readonly github: GitHub;
  readonly repository: string;
  /** Jobs have their folders here. */
  readonly dir: string;
  /** The folder that jobs find first on their PATH: `programsFor` makes one. */
  readonly programs: string;
  /**
   * In the clear, since GitHub gives nobody a secret back. One counts as long as the look-alike has one of its name, in
   * the same place; one that the look-alike has and that is not here ends the test.
   */
  readonly secrets: {
    readonly repository: Readonly<Record<string, string>>;
    readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  /** Where tokens are exchanged; without it, actions that want to are not known. */
  readonly clouds?: { readonly aws: string; readonly google: string };
  /** Of the runner's machine: in every step. */
  readonly env?: Readonly<Record<string, string>>;
  readonly hooks?: Hooks;
}

export interface Hooks {
  beforeStep?(about: StepAbout): void | Promise<void>;
  afterStep?(about: StepAbout): void | Promise<void>;
}

export interface StepAbout {
  readonly run: RanRun;
  readonly job: RanJob;
  readonly step: RanStep;
}

/** A run as people see it. */
export interface RanRun {
  readonly id: number;
  /** From the repository's top. */
  readonly file: string;
  readonly name: string;
  readonly event: string;
  readonly ref: string;
  readonly attempt: number;
  /** Null while it goes on; `action_required` while somebody has to let it start. */
  readonly conclusion: Conclusion | "startup_failure" | "action_required" | null;
  /** Why it could not start. */
  readonly failure: string | null;
  /** Of its last attempt. */
  readonly jobs: readonly RanJob[];
}

export type Conclusion = "success" | "failure" | "skipped" | "cancelled";

export interface RanJob {
  /** Its key; below a job that called it, with that one's before a slash. */
  readonly id: string;
  readonly name: string;
  readonly matrix: Readonly<Record<string, unknown>> | null;
  readonly state: "waiting" | "queued" | "running" | "done";
  readonly conclusion: Conclusion | null;
  readonly environment: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** As people see it: what is secret is hidden. */
  readonly log: string;
  readonly summary: string;
  readonly steps: readonly RanStep[];
}

export interface RanStep {
  readonly name: string;
  readonly conclusion: Conclusion | null;
  readonly log: string;
}

/** What all runs share. */
export interface Host {
  readonly about: RunnerAbout;
  readonly artifacts: ArtifactService;
  readonly groups: Groups;
  readonly slots: Slots;
  /** Those on which jobs run at this moment, by their tracking ids. */
  readonly machines: Map<string, Machine>;
  /** Told when something changed that a job may wait for. */
  readonly changed: Signal;
  /** A folder that no other job has. */
  folder(name: string): string;
  /** Something that this runner cannot do: the test fails by it. */
  problem(error: unknown): void;
}

export type Open<T> = { -readonly [Key in keyof T]: T[Key] };
