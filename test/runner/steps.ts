import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failed } from "./actions/action.ts";
import { actions } from "./actions/index.ts";
import { BadCommandFile, openLines, readLines, readPairs } from "./commands.ts";
import { BadExpression, UnknownToRunner } from "./errors.ts";
import { evaluateText, holds, type Situation } from "./evaluate.ts";
import { hashOf } from "./hash-files.ts";
import type { Conclusion, Open, RanStep } from "./host.ts";
import type { JobPlace } from "./job.ts";
import { runProgram } from "./shell.ts";
import type { StepWritten, Variables } from "./workflow.ts";

/** How a job stands while its steps run. */
export interface Standing {
  status: "success" | "failure" | "cancelled";
  readonly steps: Map<string, StepTold>;
}

interface StepTold {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

/** Runs a step, or passes it by as its `if` says; what the job is told of it is in `standing`. */
export async function playStep(
  place: JobPlace,
  standing: Standing,
  step: StepWritten,
  ran: Open<RanStep>,
): Promise<void> {
  const { machine } = place;
  const log = (line: string) => {
    const shown = `${machine.masks.hide(line)}\n`;
    ran.log += shown;
    place.log(shown);
  };
  const outputs: Record<string, string> = {};
  const situation = () => situationOf(place, standing, {});
  let outcome: Conclusion = "skipped";
  let tolerated = false;
  try {
    if (holds(step.if, situation())) {
      const env = environmentOf(place, standing, step);
      const inside = () => situationOf(place, standing, env);
      ran.name = machine.masks.hide(nameOf(step, inside()));
      tolerated = isSet(step.continueOnError, inside());
      outcome = await playTimed({ place, standing, step, env, inside, log, outputs });
    } else ran.name = machine.masks.hide(nameOf(step, situation()));
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    log(`##[error]${error.message}`);
    outcome = "failure";
  }
  const conclusion = outcome === "failure" && tolerated ? "success" : outcome;
  ran.conclusion = conclusion;
  if (step.id !== null) standing.steps.set(step.id, { outputs, outcome, conclusion });
  if (conclusion === "failure" && standing.status === "success") standing.status = "failure";
  if (conclusion === "cancelled") standing.status = "cancelled";
}

interface Playing {
  readonly place: JobPlace;
  readonly standing: Standing;
  readonly step: StepWritten;
  readonly env: Readonly<Record<string, string>>;
  /** What the step's own templates can see. */
  readonly inside: () => Situation;
  readonly log: (line: string) => void;
  readonly outputs: Record<string, string>;
}

function nameOf({ name, run, uses }: StepWritten, situation: Situation): string {
  if (name !== null) return evaluateText(name, situation);
  return uses === null ? `Run ${(run?.script ?? "").split("\n")[0] ?? ""}` : `Run ${uses.action}`;
}

function isSet(written: StepWritten["continueOnError"], situation: Situation): boolean {
  return evaluateText(written, situation) === "true";
}

async function playTimed(playing: Playing): Promise<Conclusion> {
  const { place, standing, step, inside, log } = playing;
  const own = new AbortController();
  // Steps whose condition still holds go on when their job is cancelled.
  const stop = () => {
    if (!holds(step.if, situationOf(place, { ...standing, status: "cancelled" }, playing.env))) own.abort();
  };
  if (place.cancel.aborted) stop();
  place.cancel.addEventListener("abort", stop);
  const minutes = Number(evaluateText(step.timeoutMinutes, inside()) || 0);
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      own.abort();
    },
    minutes > 0 ? minutes * 60_000 : 2 ** 31 - 1,
  );
  try {
    const code = step.run === null ? await playAction(playing, own.signal) : await playScript(playing, own.signal);
    if (late) log(`##[error]The action '${nameOf(step, inside())}' has timed out after ${minutes} minutes.`);
    if (own.signal.aborted && !late) {
      log("##[error]The operation was canceled.");
      return "cancelled";
    }
    if (code !== 0 && step.run !== null) log(`##[error]Process completed with exit code ${code}.`);
    return code === 0 && !late ? "success" : "failure";
  } finally {
    clearTimeout(timer);
    place.cancel.removeEventListener("abort", stop);
  }
}

const commandFiles = ["ENV", "OUTPUT", "PATH", "STATE", "STEP_SUMMARY"] as const;

async function playScript(playing: Playing, cancel: AbortSignal): Promise<number> {
  const { place, step, inside, log, outputs } = playing;
  const { machine, defaults } = place;
  const { script, shell, workingDirectory } = step.run ?? { script: "", shell: null, workingDirectory: null };
  const file = join(machine.temp, `${randomUUID()}.sh`);
  writeFileSync(file, `${evaluateText(script, inside())}\n`);
  const cwd = resolve(machine.workspace, evaluateText(workingDirectory ?? defaults.workingDirectory ?? ".", inside()));
  if (!existsSync(cwd)) {
    log(
      `##[error]An error occurred trying to start process 'bash' with working directory '${cwd}'. No such file or directory`,
    );
    return 1;
  }
  const files = makeCommandFiles(machine.temp);
  const args = shellArguments(shell ?? defaults.shell, file);
  const output = (name: string, value: string) => {
    outputs[name] = value;
  };
  const line = openLines({ masks: machine.masks, log, output });
  const code = await runProgram({
    command: args[0] ?? "bash",
    args: args.slice(1),
    cwd,
    env: { ...playing.env, ...files.variables, GITHUB_ACTION: step.id ?? "__run" },
    line,
    cancel,
  });
  return takeCommandFiles(playing, files.dir) ? code : 1;
}

/** A file for each thing that a step can tell, new for each step. */
function makeCommandFiles(temp: string) {
  const dir = join(temp, "_runner_file_commands", randomUUID());
  mkdirSync(dir, { recursive: true });
  for (const name of commandFiles) writeFileSync(join(dir, name), "");
  return { dir, variables: Object.fromEntries(commandFiles.map((name) => [`GITHUB_${name}`, join(dir, name)])) };
}

const longestSummary = 1024 * 1024;

/** Whether all that the step wrote could be read. */
function takeCommandFiles({ place, log, outputs }: Playing, dir: string): boolean {
  try {
    for (const [name, value] of readPairs(join(dir, "ENV"))) {
      if (name.toUpperCase() === "NODE_OPTIONS")
        throw new BadCommandFile("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
      place.machine.env.set(name, value);
    }
    for (const [name, value] of readPairs(join(dir, "OUTPUT"))) outputs[name] = value;
    for (const path of readLines(join(dir, "PATH"))) place.machine.paths.unshift(path);
  } catch (error) {
    if (!(error instanceof BadCommandFile)) throw error;
    log(`##[error]Unable to process file command successfully: ${error.message}`);
    return false;
  }
  const summary = join(dir, "STEP_SUMMARY");
  const size = statSync(summary, { throwIfNoEntry: false })?.size ?? 0;
  if (size > longestSummary)
    log(`##[error]$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k`);
  else if (size > 0) place.summary(place.machine.masks.hide(readFileSync(summary, "utf8")));
  return true;
}

function shellArguments(shell: string | null, file: string): readonly string[] {
  if (shell === null) return ["bash", "-e", file];
  if (shell === "bash") return ["bash", "--noprofile", "--norc", "-eo", "pipefail", file];
  if (shell === "sh") return ["sh", "-e", file];
  throw new UnknownToRunner(`the shell ${shell}`);
}

async function playAction(playing: Playing, cancel: AbortSignal): Promise<number> {
  const { place, step, inside, log, outputs, env } = playing;
  const { action = "", with: written = {} } = step.uses ?? {};
  const name = action.replace(/@.*$/, "").toLowerCase();
  const played = actions.get(name);
  if (played === undefined) throw new UnknownToRunner(`the action ${action}`);
  const given = Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key.toLowerCase(), evaluateText(value, inside())]),
  );
  const unknown = Object.keys(given).filter((key) => !played.inputs.includes(key));
  if (unknown.length > 0) throw new UnknownToRunner(`${action} with ${unknown.join(", ")}`);
  const { host, run, machine } = place;
  try {
    const told = await played.run({
      github: host.about.github,
      repository: host.about.repository,
      run,
      kept: run.kept,
      token: place.token,
      clouds: host.about.clouds ?? null,
      machine,
      // What is given empty is as what is not given.
      with: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")),
      env,
      log,
      cancel,
    });
    Object.assign(outputs, told);
    return 0;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    log(`##[error]${error.message}`);
    return 1;
  }
}

/** What a step's processes see: the later of these names wins, and nobody overrides what GitHub sets. */
function environmentOf(place: JobPlace, standing: Standing, step: StepWritten): Readonly<Record<string, string>> {
  const { machine } = place;
  let env: Record<string, string> = { ...place.base, ...place.env, ...Object.fromEntries(machine.env) };
  env = { ...env, ...evaluated(step.env, situationOf(place, standing, env)) };
  const path = [...machine.paths, env.PATH ?? ""].join(":");
  return { ...env, PATH: path, ...place.variables };
}

export function evaluated(written: Variables, situation: Situation): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, evaluateText(value, situation)]));
}

/** What a step's expressions can see. `env`: what is set for it so far. */
function situationOf(place: JobPlace, { status, steps }: Standing, env: Readonly<Record<string, string>>): Situation {
  const { machine } = place;
  const own = Object.keys(env).length > 0 ? env : { ...place.env, ...Object.fromEntries(machine.env) };
  const cancelled = place.cancel.aborted || status === "cancelled";
  return {
    contexts: { ...place.contexts, env: own, steps: Object.fromEntries(steps), job: { ...place.jobContext, status } },
    status: {
      success: status === "success" && !cancelled,
      failure: status === "failure",
      cancelled,
    },
    hashFiles: (patterns) => hashOf(machine.workspace, patterns),
  };
}
