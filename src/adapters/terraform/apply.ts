import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ApplyOutcome, Workdir } from "../../delivery/ports.ts";
import { type ToolError, toolErrorsSentence } from "../../domain/tool-error.ts";
import { fromRoot, goDuration, type Program, rootFolder, runCommand } from "./command.ts";
import { printedErrors, toolErrors } from "./diagnostics.ts";
import { stateLockHolder } from "./lock-error.ts";
import type { ProcessResult } from "./run-process.ts";

/** Where Terraform leaves the state when it could not write it to the backend. */
const unsavedStateName = "errored.tfstate";

/**
 * Applies a saved plan, exactly it, once. How it ended is told by the exit code alone: an apply that was asked to stop
 * may still finish. A failed one never started only when all that Terraform printed is one of a few refusals that
 * come before the first change and no line about a resource; in doubt it started.
 */
export async function applyPlan(
  program: Program,
  workdir: Workdir,
  about: { readonly planFile: string; readonly spawned: (pid: number) => Promise<void> },
): Promise<ApplyOutcome> {
  await setAside(join(rootFolder(workdir), unsavedStateName));
  const result = await runCommand(program, workdir, {
    apply: true,
    spawned: about.spawned,
    args: [
      "apply",
      "-input=false",
      "-no-color",
      `-lock-timeout=${goDuration(program.lockTimeout)}`,
      fromRoot(workdir, about.planFile),
    ],
  });
  if (result.exitCode === 0) return { kind: "applied" };
  const unsavedState = await leftBehind(join(rootFolder(workdir), unsavedStateName));
  const errors = result.started ? toolErrors(result.stderr, workdir.root) : [];
  return {
    kind: "failed",
    summary: summaryOf(result, errors),
    errors,
    started: unsavedState !== undefined || !refusedBeforehand(result),
    stateLock: stateLockHolder(result.stderr),
    ...(unsavedState === undefined ? {} : { unsavedState }),
  };
}

function summaryOf(result: ProcessResult, errors: readonly ToolError[]): string {
  const ended = result.signal === null ? "" : ` (ended by ${result.signal})`;
  const asked = result.aborted ? "stopped on request: " : "";
  const summary = result.started ? toolErrorsSentence(errors) : "it was not begun";
  return `${asked}${summary}${ended}`;
}

/** Refusals that Terraform gives before it touches anything, by the first words of their summary. */
const refusals = [
  "Saved plan is stale",
  "Error acquiring the state lock",
  "Cannot apply incomplete plan",
  "Failed to load the plan file",
  "Failed to load plan file",
  "Failed to read plan",
  'Failed to load "',
  "Invalid plan file",
  "Plan file is invalid",
  "Inconsistent dependency lock file",
  "Required plugins are not installed",
  "Backend initialization required",
  "Failed to load plugin schemas",
  "Module not installed",
  "Can't change variable when applying a saved plan",
  "No value for required variable",
  "Ephemeral variable",
];

/** Lines on standard output that say nothing was changed yet. */
const harmless = /^\s*$|^(Acquiring|Releasing) state lock\. This may take a few moments\.\.\.$/;

function refusedBeforehand(result: ProcessResult): boolean {
  if (!result.started) return true;
  if (result.exitCode !== 1 || !result.stdout.split("\n").every((line) => harmless.test(line))) return false;
  const [first] = printedErrors(result.stderr);
  return first !== undefined && refusals.some((words) => first.summary.startsWith(words));
}

/** A file of that name may lie in the checkout; it must not be taken for what this apply left. */
async function setAside(path: string): Promise<void> {
  if ((await leftBehind(path)) !== undefined) await rename(path, `${path}.before`);
}

async function leftBehind(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : path;
}
