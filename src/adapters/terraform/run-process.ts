/**
 * The one place that starts other programs: no shell, nothing inherited, a process group of its own that never
 * outlives the call, output redacted line by line before anybody sees it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { DeliveryError } from "../../domain/errors.ts";
import type { Duration } from "../../domain/names.ts";
import { lineRedactor } from "../../domain/redaction.ts";
import { type OutlivingOutput, openOutlivingOutput } from "./outliving-output.ts";
import { keepEnds, redactLines } from "./process-output.ts";
import { endGroup, type Stopping, stopProcess } from "./stop-process.ts";

export interface ProcessRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing of our own environment is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it as `signal` does. */
  readonly timeout?: Duration | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long it may take to end in good order once it was asked to. */
  readonly grace: Duration;
  /** How long it may take to leave at once, when it was asked that too; ten seconds and never longer than the other. */
  readonly lastGrace?: Duration | undefined;
  readonly redact: (line: string) => string;
  /** Gets every line of both outputs, redacted; without it they are only kept. */
  readonly log?: ((line: string) => void) | undefined;
  /** Which lines of standard output it gets; without this, all of them. */
  readonly logged?: ((line: string) => boolean) | undefined;
  /** Standard output is data: kept whole and as it is up to this many bytes, and neither redacted nor logged. */
  readonly wholeOutput?: number | undefined;
  /** It is to go on in good order even when we are killed: its output does not go through pipes, which would end it. */
  readonly outlives?: boolean | undefined;
  /** Called with the process's number at once; when it fails, the process is stopped. */
  readonly spawned?: ((pid: number) => Promise<void>) | undefined;
}

export interface ProcessResult {
  /** Null when a signal ended it, or when it was stopped before it began. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  /** As one would type it into a shell, redacted. */
  readonly command: string;
  /** Redacted; the beginning and the end when there is much. Empty when the whole output was asked for. */
  readonly stdout: string;
  readonly stderr: string;
  readonly output: Uint8Array;
  /** Whether there was a process at all: a request that is stopped before it began starts none. */
  readonly started: boolean;
  readonly aborted: boolean;
  readonly timedOut: boolean;
}

/** How long pipes may stay open after the group has ended: something escaped it and holds them. */
const pipesAfterExit = 2_000;

/** How often output that does not come through pipes is looked at. */
const lookEvery = 50;

export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const command = request.redact(commandText(request.program, request.args));
  const begun = performance.now();
  if (request.signal?.aborted) return neverStarted(command);
  const files = request.outlives ? ([await openOutlivingOutput(), await openOutlivingOutput()] as const) : undefined;
  try {
    return await follow(request, { command, begun, files });
  } finally {
    await Promise.all(files?.map((file) => file.close()) ?? []);
  }
}

type OutputFiles = readonly [stdout: OutlivingOutput, stderr: OutlivingOutput];

async function follow(
  request: ProcessRequest,
  {
    command,
    begun,
    files,
  }: { readonly command: string; readonly begun: number; readonly files: OutputFiles | undefined },
): Promise<ProcessResult> {
  const child = await start(request, files);

  const stopping: Stopping = { exited: false };
  let timedOut = false;
  let failure: unknown;
  const { grace, lastGrace = Math.min(grace, 10_000) } = request;
  const stop = () => stopProcess(child, { grace, lastGrace, stopping });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => {
      stopping.exited = true;
      resolve({ code, signal });
    });
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const fail = (error: unknown) => {
    failure ??= error;
    stop();
  };
  const output = collect(child, request, fail);
  const following = files === undefined ? undefined : followFiles(files, output, fail);
  request.signal?.addEventListener("abort", stop, { once: true });
  const timer =
    request.timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, request.timeout);
  if (request.signal?.aborted) stop();

  const pid = child.pid ?? 0;
  const told = Promise.resolve(request.spawned?.(pid)).catch(fail);
  const end = await exited;
  clearTimeout(timer);
  request.signal?.removeEventListener("abort", stop);
  await endGroup(pid);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, pipesAfterExit).unref())]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  await following?.end();
  await told;
  if (failure !== undefined) throw failure;
  return {
    exitCode: end.code,
    signal: end.signal,
    durationMs: Math.round(performance.now() - begun),
    command,
    ...output.end(),
    started: true,
    aborted: request.signal?.aborted ?? false,
    timedOut,
  };
}

function neverStarted(command: string): ProcessResult {
  const nothing = { stdout: "", stderr: "", output: new Uint8Array(), exitCode: null, signal: null, durationMs: 0 };
  return { ...nothing, command, started: false, aborted: true, timedOut: false };
}

/** Reads files as they grow, until there is nothing more to come. */
function followFiles(files: OutputFiles, output: ReturnType<typeof collect>, fail: (error: unknown) => void) {
  let looking = Promise.resolve();
  const look = () => {
    looking = looking
      .then(() => files[0].drain(output.takeStdout))
      .then(() => files[1].drain(output.takeStderr))
      .catch(fail);
    return looking;
  };
  const timer = setInterval(look, lookEvery);
  return {
    end: () => {
      clearInterval(timer);
      return look();
    },
  };
}

async function start(request: ProcessRequest, files: OutputFiles | undefined): Promise<ChildProcess> {
  const { program, cwd } = request;
  // A folder that is not there gives the same ENOENT as a program that is not.
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new DeliveryError({
      code: "folder-missing",
      message: `starting ${program}: the folder ${cwd} does not exist`,
      reaction: "stop",
    });
  }
  const child = spawn(program, request.args, {
    cwd,
    env: { ...request.env },
    stdio: ["ignore", files?.[0].fd ?? "pipe", files?.[1].fd ?? "pipe"],
    detached: true,
    shell: false,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) => reject(notStarted(program, cause)));
  });
  // What goes wrong later, such as a signal that cannot be sent, shows in how the process ends.
  child.on("error", () => undefined);
  return child;
}

function notStarted(program: string, cause: NodeJS.ErrnoException): DeliveryError {
  if (cause.code === "ENOENT" || cause.code === "EACCES") {
    return new DeliveryError({
      code: "tool-missing",
      message: `starting ${program}: ${cause.code === "ENOENT" ? "there is no such program" : "it may not be run"}`,
      reaction: "stop",
      hint: `Install ${program} and see that it is on the PATH that plangate was started with.`,
      cause,
    });
  }
  return new DeliveryError({
    code: "process-not-started",
    message: `starting ${program}: ${cause.code ?? cause.message}`,
    reaction: "retry",
    cause,
  });
}

function collect(child: ChildProcess, request: ProcessRequest, fail: (error: unknown) => void) {
  const kept = { stdout: keepEnds(32 * 1024, 64 * 1024), stderr: keepEnds(32 * 1024, 64 * 1024) };
  const lines = (name: "stdout" | "stderr") =>
    redactLines(lineRedactor(request.redact), (line) => {
      kept[name].add(line);
      if (name === "stderr" || request.logged === undefined || request.logged(line)) request.log?.(line);
    });
  const stdout = lines("stdout");
  const stderr = lines("stderr");
  const chunks: Buffer[] = [];
  let size = 0;
  const whole = request.wholeOutput;
  const takeStdout = (chunk: Buffer) => {
    if (whole === undefined) return stdout.write(chunk);
    size += chunk.length;
    if (size <= whole) chunks.push(chunk);
    else fail(tooMuch(request.program, whole));
  };
  const takeStderr = (chunk: Buffer) => stderr.write(chunk);
  child.stdout?.on("data", takeStdout);
  child.stderr?.on("data", takeStderr);
  return {
    takeStdout,
    takeStderr,
    end() {
      stdout.end();
      stderr.end();
      return { stdout: kept.stdout.text(), stderr: kept.stderr.text(), output: Buffer.concat(chunks) };
    },
  };
}

function tooMuch(program: string, limit: number): DeliveryError {
  return new DeliveryError({
    code: "output-too-large",
    message: `${program} printed more than ${Math.round(limit / (1024 * 1024))} MiB`,
    reaction: "stop",
    hint: "Split the stack, or raise the limit.",
  });
}

/** The command as one would type it: every argument that a shell would take apart is quoted. */
export function commandText(program: string, args: readonly string[]): string {
  return [program, ...args]
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
