import { isAbsolute, join, relative, resolve } from "node:path";
import type { Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Duration } from "../../domain/names.ts";
import type { Tool } from "../../domain/plan.ts";
import { withCliConfig } from "./cli-config.ts";
import { processEnvironment } from "./environment.ts";
import { outsideFailure } from "./outside-failure.ts";
import { commandText, type ProcessResult, runProcess } from "./run-process.ts";

/** Makes a redaction for one run from the environment that it gets, whose values must never be shown. */
export type Redactor = (env: Readonly<Record<string, string>>) => (text: string) => string;

/** What every subcommand is run with. */
export interface Program {
  readonly name: Tool["name"];
  /** A name to be found on the PATH, or a path. */
  readonly binary: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly permit: readonly string[];
  readonly redactor: Redactor;
  readonly mirror: string | undefined;
  readonly lockTimeout: Duration;
  readonly grace: Duration;
  readonly applyGrace: Duration;
  readonly timeout: Duration;
  readonly atWork: ((subcommand: string) => void) | undefined;
}

export interface Command {
  readonly args: readonly string[];
  /** Apply is never stopped by the clock, gets long to end in good order, and ends in good order without us too. */
  readonly apply?: boolean;
  /** Standard output is data, at most this many bytes of it. */
  readonly wholeOutput?: number;
  readonly spawned?: (pid: number) => Promise<void>;
  /** A folder in which providers are kept for other root modules: each is taken from it by its hash. */
  readonly providerCache?: string | undefined;
  /** Which lines of standard output get into the log; without it, all of them. */
  readonly logged?: (line: string) => boolean;
}

/**
 * Runs one subcommand in the root module's folder. An exit code is a value; not being able to run, being stopped and
 * running out of time are errors, except for apply, where even then it matters how far it came.
 */
export async function runCommand(program: Program, workdir: Workdir, command: Command): Promise<ProcessResult> {
  const redact = program.redactor(workdir.env);
  const result = await withCliConfig({ mirror: program.mirror, cache: command.providerCache }, (cliConfig) => {
    const env = processEnvironment({ host: program.hostEnv, given: workdir.env, permit: program.permit, cliConfig });
    workdir.log.write(`$ ${redact(commandText(program.binary, command.args.map(shownArgument)))}\n`);
    return runProcess({
      program: program.binary,
      args: command.args,
      cwd: rootFolder(workdir),
      env,
      redact,
      log: (line) => workdir.log.write(`${line}\n`),
      signal: workdir.signal,
      grace: command.apply ? program.applyGrace : program.grace,
      timeout: command.apply ? undefined : program.timeout,
      wholeOutput: command.wholeOutput,
      spawned: command.spawned ?? (async () => program.atWork?.(command.args[0] ?? "")),
      logged: command.logged,
      outlives: command.apply,
    });
  });
  if (command.apply) return result;
  if (result.timedOut)
    throw stopped("timed-out", `${subject(program, workdir, command)} took too long and was stopped`);
  if (result.aborted) throw stopped("cancelled", `${subject(program, workdir, command)} was cancelled`);
  return result;
}

/** Backend settings may be credentials, and the log shows the command. */
function shownArgument(arg: string): string {
  return arg.replace(
    /^(-backend-config=\s*\w*(?:password|secret|token|_key|conn_str|credentials)\w*\s*=).*$/is,
    "$1***",
  );
}

/** Runs a subcommand that has no outcome but success: anything else is an error. */
export async function mustRun(program: Program, workdir: Workdir, command: Command): Promise<ProcessResult> {
  const result = await runCommand(program, workdir, command);
  if (result.exitCode !== 0)
    throw outsideFailure({ subject: subject(program, workdir, command), root: workdir.root }, result);
  return result;
}

/** `terraform plan in stacks/network`: what an error message is about. */
export function subject(program: Program, workdir: Workdir, command: Command): string {
  const words = command.args.filter((arg) => !arg.startsWith("-"));
  const verb = words[0] === "state" ? words.slice(0, 2).join(" ") : words[0];
  return `${program.name} ${verb} in ${workdir.root}`;
}

export function rootFolder(workdir: Workdir): string {
  return insideCheckout(workdir, workdir.root);
}

/** A path below the checkout's top, made absolute; refuses one that leaves it. */
export function insideCheckout(workdir: Workdir, path: string): string {
  const whole = resolve(workdir.checkout, path);
  const below = relative(workdir.checkout, whole);
  if (isAbsolute(path) || below === ".." || below.startsWith("../")) {
    throw new DeliveryError({
      code: "path-outside",
      message: `${JSON.stringify(path)} does not lie in the checkout`,
      reaction: "stop",
      hint: "Name files from the repository's top.",
    });
  }
  return whole;
}

/** A path of our own: as it is when absolute, else from the root module's folder. */
export function fromRoot(workdir: Workdir, path: string): string {
  return isAbsolute(path) ? path : join(rootFolder(workdir), path);
}

/** Terraform's way to write a duration. */
export function goDuration(duration: Duration): string {
  return `${Math.max(0, Math.round(duration / 1000))}s`;
}

function stopped(code: string, message: string): DeliveryError {
  return new DeliveryError({ code, message, reaction: "stop" });
}
