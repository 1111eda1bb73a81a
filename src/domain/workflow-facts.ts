import type { Spot } from "./spot.ts";

/** A plain text of a workflow file, where it begins. */
export interface WorkflowText extends Spot {
  readonly text: string;
}

/** An action, reusable workflow or container image that a step or job uses, and what it is given that names a version. */
export interface WorkflowUse extends WorkflowText {
  /** Inputs whose name ends in `version` or `version_file`, as plain texts. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A step that runs commands. */
export interface WorkflowRun extends WorkflowText {
  /** Its failure is not the job's. */
  readonly mayFail: boolean;
}

/** What a workflow of GitHub Actions, or an action of the repository's own, says that it uses and runs. */
export interface WorkflowFacts {
  /** False when it is no YAML. */
  readonly whole: boolean;
  readonly uses: readonly WorkflowUse[];
  readonly images: readonly WorkflowText[];
  readonly runs: readonly WorkflowRun[];
}
