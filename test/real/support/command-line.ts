import { type ChildProcess, spawn } from "node:child_process";
import { bundledCommandLine } from "../../bundled.ts";

/** What `node` is given to be plangate's command line, as it is published. */
export const main = await bundledCommandLine();

/** How a command ended. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Standard error so far. */
  readonly told: () => string;
}

interface HowToRun {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What is typed; null keeps it open and types nothing. */
  readonly stdin?: string | null;
  /** In a process group of its own, as from a terminal. */
  readonly detached?: boolean;
}

/** Starts a command as people do: a process of its own, in that folder. */
export function start(cwd: string, args: readonly string[], how: HowToRun = {}): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, PLANGATE_LOCK_TIMEOUT: "1s", NO_COLOR: undefined, ...how.env },
    detached: how.detached === true,
    stdio: "pipe",
  });
  const chunks = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    chunks.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    chunks.stderr += text;
  });
  child.stdin?.on("error", () => undefined);
  if (how.stdin !== null) child.stdin?.end(how.stdin ?? "");
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...chunks }));
  });
  return { child, ended, told: () => chunks.stderr };
}

export function run(cwd: string, args: readonly string[], how: HowToRun = {}): Promise<Ran> {
  return start(cwd, args, how).ended;
}

/** The one document on standard output. */
export function documentOf({ stdout, stderr }: Ran): Document {
  try {
    return JSON.parse(stdout) as Document;
  } catch {
    throw new Error(`standard output is not one JSON document:\n${stdout}\n${stderr}`);
  }
}

/** What tests look at in any command's document. */
export interface Document {
  readonly command: string;
  readonly ok: boolean;
  readonly diagnostics: readonly { readonly code: string; readonly summary: string; readonly hint?: string }[];
  readonly [field: string]: unknown;
}
