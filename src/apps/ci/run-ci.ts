import { environmentRedactor } from "../../domain/redaction.ts";
import { checkCommand } from "./check-needs.ts";
import { type Env, type Job, readJob } from "./job.ts";
import { secretsIn } from "./job-keys.ts";
import type { Ci, CiResult } from "./open-job.ts";
import { type Outputs, openOutputs } from "./outputs.ts";
import type { Outside } from "./outside.ts";
import { readPayload } from "./payload.ts";

/** What starting a command takes. */
export interface CiAbout {
  readonly env: Env;
  /** Where it was started, beside the repository. */
  readonly directory: string;
  /** From the repository's top. */
  readonly flowFile: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  /** For `check-files`: which check. */
  readonly name?: string | undefined;
  readonly watching?: Ci["watching"];
  readonly outside: (
    job: Job,
    given: { readonly outputs: Outputs; readonly command: string; readonly defaultBranch: string | null },
  ) => Promise<Outside>;
}

type Command = (ci: Ci, name: string | undefined) => Promise<CiResult>;

/** The commands that work on what happened; each is loaded when it is run. */
const commands = {
  touched: async () => (await import("./touched.ts")).touchedCommand,
  "check-files": async () => (await import("./check-files.ts")).checkFilesCommand,
  plan: async () => (await import("./plan.ts")).planCommand,
  "hand-over": async () => (await import("./hand-over.ts")).handOverCommand,
  decide: async () => (await import("./decide.ts")).decideCommand,
  present: async () => (await import("./present.ts")).presentCommand,
  environment: async () => (await import("./environment.ts")).environmentCommand,
  apply: async () => (await import("./apply.ts")).applyCommand,
  "go-on": async () => (await import("./go-on.ts")).goOnCommand,
} satisfies Readonly<Record<string, () => Promise<Command>>>;

export type CiCommandName = keyof typeof commands;

export const ciCommandNames = Object.keys(commands) as readonly CiCommandName[];

/** Runs one command in a job of GitHub's. */
export async function runCi(name: CiCommandName, about: CiAbout): Promise<CiResult> {
  const { env, flowFile, progress, signal } = about;
  const job = readJob(env, about.directory);
  const command = await commands[name]();
  const [outputs, payload] = [outputsFor(env), readPayload(job)];
  const { defaultBranch } = payload;
  const ci: Ci = {
    job,
    env,
    outside: await about.outside(job, { outputs, command: name, defaultBranch }),
    outputs,
    payload,
    flowFile,
    progress,
    signal,
    watching: about.watching ?? {},
  };
  return command(ci, about.name);
}

/** The check of the jobs before it asks nobody, so it takes nothing but their results. */
export function runCheck(env: Env): CiResult {
  return checkCommand({ env, outputs: outputsFor(env) });
}

function outputsFor(env: Env) {
  return openOutputs(env, environmentRedactor(secretsIn(env)));
}
