import type { GitHub, WorkflowRun } from "../../../src/worlds/github/index.ts";
import type { KeptRun } from "../../../src/worlds/github/kept.ts";
import type { Machine } from "../machine.ts";

/** A step that uses an action, as the action sees it. */
export interface ActionAt {
  readonly github: GitHub;
  /** `owner/name` of the run's repository. */
  readonly repository: string;
  readonly run: WorkflowRun;
  readonly kept: KeptRun;
  readonly token: string;
  readonly clouds: { readonly aws: string; readonly google: string } | null;
  readonly machine: Machine;
  /** `with:`, of inputs that the action has. */
  readonly with: Readonly<Record<string, string>>;
  /** What the step's processes see. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly cancel: AbortSignal;
}

/** An action of others, done again. Throwing a `Failed` fails the step; throwing anything else, the test. */
export interface Action {
  readonly inputs: readonly string[];
  run(at: ActionAt): Promise<Readonly<Record<string, string>>>;
}

export class Failed extends Error {
  override readonly name = "Failed";
}

/** `true` and `false` as YAML and the toolkit of actions read them. */
export function flag(at: ActionAt, name: string, otherwise: boolean): boolean {
  const written = at.with[name];
  if (written === undefined || written === "") return otherwise;
  if (/^(true|True|TRUE)$/.test(written)) return true;
  if (/^(false|False|FALSE)$/.test(written)) return false;
  throw new Failed(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}`);
}
