import { statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Workdir } from "../../../delivery/ports.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import { type Redactor, rootFolder } from "../command.ts";
import { bareEnvironment } from "../environment.ts";
import { type ProcessResult, runProcess } from "../run-process.ts";

/** What a linter found wrong in one folder. */
export interface LintFinding {
  /** From the checkout's top; null where it is about no file. */
  readonly file: string | null;
  readonly line: number | null;
  /** In its own words. */
  readonly message: string;
  /** The linter's name for what it found; null for what kept it from looking. */
  readonly rule: string | null;
}

export interface LintAbout {
  /** Our own environment, of which the little that every program needs is passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  /** The folder is its root. */
  readonly workdir: Workdir;
}

/**
 * One linter, run in one folder with the settings of the repository: what it found, whatever its settings say about how it
 * is to end. Settings are the change's, and name programs that run here: to lint is to run the change's code. Throws what
 * nothing was found by: a program that is not there, or one that does not say what it saw.
 */
export type Linter = (about: LintAbout) => Promise<readonly LintFinding[]>;

const minute = 60_000;

export interface LintRun {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Beside the bare environment. */
  readonly more?: Readonly<Record<string, string>>;
}

export async function runLinter(
  { env, redactor, workdir }: LintAbout,
  { argv: [program, ...args], more = {} }: LintRun,
): Promise<ProcessResult> {
  const result = await runProcess({
    program,
    args,
    cwd: rootFolder(workdir),
    env: { ...bareEnvironment(env), ...workdir.env, ...more },
    redact: redactor({ ...workdir.env, ...more }),
    log: (line) => workdir.log.write(`${line}\n`),
    signal: workdir.signal,
    grace: 15_000,
    timeout: 15 * minute,
    wholeOutput: 64 * 1024 * 1024,
  });
  if (result.timedOut || result.aborted || result.exitCode === null)
    throw linterFailed(result, workdir, result.timedOut ? "it took more than 15 minutes" : "it was stopped");
  return result;
}

/** Of its output what people need to see: what it said on standard error, else on standard output. */
export function linterFailed(
  { command, stderr, output }: ProcessResult,
  { root }: Workdir,
  why: string,
): DeliveryError {
  const said = stderr.trim() === "" ? Buffer.from(output).toString("utf8", 0, 4000) : stderr;
  return new DeliveryError({
    code: "linter-failed",
    message: `running ${command} in ${root}: ${why}`,
    reaction: "stop",
    ...(said.trim() === "" ? {} : { detail: said.trim() }),
  });
}

/** What a linter printed as JSON; undefined when that is none. */
export function parseOutput(result: ProcessResult): unknown {
  try {
    return JSON.parse(Buffer.from(result.output).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The nearest of these in the folder or above it, up to the checkout's top, as people keep settings for a repository. */
export function nearest(
  { checkout, root }: Workdir,
  names: readonly string[],
  kind: "file" | "folder" = "file",
): string | null {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = names.find((name) => {
      const entry = statSync(join(checkout, folder, name), { throwIfNoEntry: false });
      return kind === "file" ? entry?.isFile() : entry?.isDirectory();
    });
    if (found !== undefined) return join(checkout, folder, found);
    if (folder === "." || folder === "/" || folder === "") return null;
  }
}

/** From the checkout's top, whether it was named from the folder or in full. */
export function fileIn({ checkout, root }: Workdir, named: string): string {
  const whole = named.startsWith("/") ? named : join(checkout, root, named);
  return relative(checkout, whole);
}
