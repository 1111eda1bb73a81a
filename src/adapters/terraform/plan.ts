import { rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { PlanOutcome, Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { PlanMode } from "../../domain/plan.ts";
import { toolErrorsSentence } from "../../domain/tool-error.ts";
import { type Command, fromRoot, goDuration, insideCheckout, type Program, runCommand, subject } from "./command.ts";
import { toolErrors } from "./diagnostics.ts";
import { stateLockHolder } from "./lock-error.ts";
import { failureKind, outsideFailure } from "./outside-failure.ts";

/**
 * What the log gets of standard output: how it goes on, and not the plan as the tool draws it, which shows a secret
 * where a provider copied it. People are shown the plan by ourselves.
 */
const progress =
  /: (?:Refreshing state\.\.\.|Reading\.\.\.|Still reading\.\.\.|Read complete|Preparing import\.\.\.|Opening\.\.\.|Closing\.\.\.)|^(?:Plan: \d|No changes\.|Acquiring state lock|Releasing state lock)/;

const modeFlags: Readonly<Record<PlanMode, readonly string[]>> = {
  normal: [],
  destroy: ["-destroy"],
  "refresh-only": ["-refresh-only"],
};

/**
 * Makes a plan file. Terraform may write one even when planning failed; that one is removed, so a file that is there
 * afterwards is a whole plan. What fails because of the configuration, or because somebody holds the state lock, is
 * an outcome; what fails because of the outside is an error.
 */
export async function makePlan(
  program: Program,
  workdir: Workdir,
  about: { readonly varFiles: readonly string[]; readonly out: string; readonly mode: PlanMode },
): Promise<PlanOutcome> {
  const out = fromRoot(workdir, about.out);
  await rm(out, { force: true });
  const command: Command = {
    logged: (line) => progress.test(line),
    args: [
      "plan",
      "-input=false",
      "-no-color",
      "-detailed-exitcode",
      `-lock-timeout=${goDuration(program.lockTimeout)}`,
      `-out=${out}`,
      ...modeFlags[about.mode],
      ...about.varFiles.map((file) => `-var-file=${insideCheckout(workdir, file)}`),
    ],
  };
  const whole = { done: false };
  try {
    const result = await runCommand(program, workdir, command);
    if (result.exitCode === 0 || result.exitCode === 2) {
      await mustExist(out, subject(program, workdir, command));
      whole.done = true;
      return { kind: result.exitCode === 0 ? "no-changes" : "changes" };
    }
    const stateLock = stateLockHolder(result.stderr);
    if (stateLock === null && (failureKind(result.stderr) !== undefined || result.exitCode !== 1)) {
      throw outsideFailure({ subject: subject(program, workdir, command), root: workdir.root }, result);
    }
    const errors = toolErrors(result.stderr, workdir.root);
    return { kind: "failed", summary: toolErrorsSentence(errors), errors, stateLock };
  } finally {
    if (!whole.done) await rm(out, { force: true });
  }
}

/** Whether a small plan file would not fit: Terraform ends well when the disk took nothing of it. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < 1024 * 1024;
}

async function mustExist(out: string, about: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found?.isFile() === true && found.size > 0) return;
  if (await isFull(dirname(out)))
    throw new DeliveryError({
      code: "disk-full",
      message: `${about}: there is no room left for the plan file`,
      reaction: "stop",
      hint: "Free space on the disk that holds the checkouts; nothing was stored.",
    });
  throw new DeliveryError({
    code: "plan-file-missing",
    message: `${about}: it said that it made a plan, and wrote none`,
    reaction: "stop",
  });
}
