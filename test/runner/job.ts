import type { RunJob, WorkflowRun } from "../../src/worlds/github/index.ts";
import type { JobAbout } from "../../src/worlds/github/runs.ts";
import { githubVariables } from "./contexts.ts";
import { BadExpression } from "./errors.ts";
import { evaluateText, type Situation } from "./evaluate.ts";
import type { Conclusion, Host, Open, RanJob, RanRun, RanStep } from "./host.ts";
import { type Machine, openMachine } from "./machine.ts";
import { refusedAction } from "./pinned.ts";
import type { Secrets } from "./secrets.ts";
import { evaluated, playStep, type Standing } from "./steps.ts";
import type { Defaults, JobWritten, Workflow } from "./workflow.ts";

/** One job that starts: one of its matrix, with everything that was found out before. */
export interface JobAsked {
  readonly host: Host;
  readonly run: WorkflowRun;
  readonly ranRun: RanRun;
  readonly ran: Open<RanJob>;
  readonly workflow: Workflow;
  readonly job: JobWritten;
  readonly about: JobAbout;
  /** `github`, `needs`, `inputs`, `matrix`, `strategy`, and what else it may see before it has secrets. */
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What it is told when its environment has let it in, and the variables there. */
  readonly secrets: () => Secrets;
  readonly variables: () => Readonly<Record<string, string>>;
  readonly cancel: AbortSignal;
}

/** Where a job's steps run. */
export interface JobPlace {
  readonly host: Host;
  readonly run: WorkflowRun;
  readonly token: string;
  readonly machine: Machine;
  readonly defaults: Defaults;
  /** The machine's own variables, and the workflow's and the job's `env`. */
  readonly base: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** What GitHub sets and nobody overrides. */
  readonly variables: Readonly<Record<string, string>>;
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly jobContext: Readonly<Record<string, unknown>>;
  readonly cancel: AbortSignal;
  log(text: string): void;
  summary(text: string): void;
}

/** Waits at its gate and for a machine, runs its steps, and says what it came to. */
export async function playJob(asked: JobAsked): Promise<Conclusion> {
  const { host, run, ran, about, cancel } = asked;
  const handle = await run.job(ran.name, about);
  try {
    const opened = await waitAtGate(asked, handle);
    if (opened !== "open") return await end(asked, handle, opened);
    ran.state = "queued";
    handle.kept.status = "queued";
    const giveBack = await host.slots.take();
    try {
      if (cancel.aborted) return await end(asked, handle, "cancelled");
      ran.state = "running";
      return await end(asked, handle, await onMachine(asked, handle));
    } finally {
      giveBack();
    }
  } catch (error) {
    await end(asked, handle, "failure");
    throw error;
  }
}

async function end({ ran }: JobAsked, handle: RunJob, conclusion: Conclusion): Promise<Conclusion> {
  ran.conclusion = conclusion;
  ran.state = "done";
  await handle.finish(conclusion);
  return conclusion;
}

async function waitAtGate({ host, ran, cancel }: JobAsked, handle: RunJob): Promise<"open" | Conclusion> {
  ran.state = "waiting";
  cancel.addEventListener("abort", host.changed.tell);
  host.changed.tell();
  try {
    for (;;) {
      if (cancel.aborted) return "cancelled";
      const state = handle.state();
      if (state === "ready") return "open";
      if (state === "refused") {
        ran.log += `##[error]The ref may not deploy to ${ran.environment}, or somebody rejected it.\n`;
        return "failure";
      }
      await host.changed.next();
    }
  } finally {
    cancel.removeEventListener("abort", host.changed.tell);
  }
}

const longest = 360;

async function onMachine(asked: JobAsked, handle: RunJob): Promise<Conclusion> {
  const { host, ran, job, run, cancel } = asked;
  const refused = refusedAction(host.about, job);
  if (refused !== null) {
    ran.log += `##[error]${refused}\n`;
    return "failure";
  }
  const machine = openMachine(host.folder(`${run.id}-${handle.id}`), host.about.repository, asked.payload);
  host.machines.set(machine.trackingId, machine);
  const own = new AbortController();
  const stop = () => own.abort();
  if (cancel.aborted) stop();
  cancel.addEventListener("abort", stop);
  let token = "";
  let timer: NodeJS.Timeout | undefined;
  try {
    token = await handle.token();
    const place = await placeOf(asked, { handle, machine, token, cancel: own.signal });
    const minutes = Number(evaluateText(job.timeoutMinutes, situation(place)) || longest);
    const tooLate = () => {
      place.log(`##[error]The job has exceeded the maximum execution time of ${minutes}m0s\n`);
      own.abort();
    };
    timer = setTimeout(tooLate, minutes * 60_000);
    const conclusion = await playSteps(asked, place);
    return conclusion;
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    ran.log += `##[error]${machine.masks.hide(error.message)}\n`;
    return "failure";
  } finally {
    clearTimeout(timer);
    host.machines.delete(machine.trackingId);
    cancel.removeEventListener("abort", stop);
    await machine.end();
    host.about.github.revoke(token);
  }
}

function situation({ contexts }: JobPlace): Situation {
  return { contexts };
}

interface Made {
  readonly handle: RunJob;
  readonly machine: Machine;
  readonly token: string;
  readonly cancel: AbortSignal;
}

async function placeOf(asked: JobAsked, { handle, machine, token, cancel }: Made): Promise<JobPlace> {
  const { host, run, ran, job, workflow } = asked;
  const secrets = { ...asked.secrets(), GITHUB_TOKEN: token };
  const artifacts = await host.artifacts.rightsFor(run);
  const identity = await identityOf(handle);
  for (const own of [artifacts.token, identity.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? ""]) machine.masks.add(own);
  machine.after.push(artifacts.end);
  for (const secret of Object.values(secrets)) machine.masks.add(secret);
  const { temp, workspace, toolCache } = machine;
  const github = {
    ...(asked.contexts.github as Readonly<Record<string, unknown>>),
    token,
    job: job.id,
    workspace,
    event_path: machine.eventPath,
  };
  const runner = {
    os: "Linux",
    arch: "X64",
    name: "GitHub Actions 1",
    temp,
    tool_cache: toolCache,
    environment: "github-hosted",
  };
  const contexts = { ...asked.contexts, github, secrets, vars: asked.variables(), runner };
  const before: Situation = { contexts };
  const workflowEnv = evaluated(workflow.env, before);
  const env = { ...workflowEnv, ...evaluated(job.env, { contexts: { ...contexts, env: workflowEnv } }) };
  return {
    host,
    run,
    token,
    machine,
    cancel,
    defaults: {
      shell: job.defaults.shell ?? workflow.defaults.shell,
      workingDirectory: job.defaults.workingDirectory ?? workflow.defaults.workingDirectory,
    },
    base: {
      LANG: "C.UTF-8",
      ...host.about.env,
      HOME: machine.home,
      PATH: [host.about.programs, process.env.PATH ?? ""].join(":"),
    },
    env,
    variables: {
      CI: "true",
      ...githubVariables(github),
      GITHUB_ACTIONS: "true",
      GITHUB_JOB: job.id,
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_PATH: machine.eventPath,
      RUNNER_OS: "Linux",
      RUNNER_ARCH: "X64",
      RUNNER_NAME: runner.name,
      RUNNER_ENVIRONMENT: runner.environment,
      RUNNER_TEMP: temp,
      RUNNER_TOOL_CACHE: toolCache,
      RUNNER_TRACKING_ID: machine.trackingId,
      ACTIONS_RESULTS_URL: artifacts.url,
      ACTIONS_RUNTIME_TOKEN: artifacts.token,
      ...identity,
    },
    contexts,
    jobContext: { check_run_id: handle.id },
    log(text) {
      ran.log += text;
    },
    summary(text) {
      ran.summary += text;
    },
  };
}

async function identityOf(handle: RunJob): Promise<Readonly<Record<string, string>>> {
  if (handle.kept.permissions.id_token !== "write") return {};
  const { url, token } = await handle.identity();
  return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token };
}

async function playSteps({ host, ranRun, ran, job }: JobAsked, place: JobPlace): Promise<Conclusion> {
  const standing: Standing = { status: "success", steps: new Map() };
  const { hooks } = host.about;
  for (const step of job.steps ?? []) {
    const told: Open<RanStep> = { name: step.name ?? "", conclusion: null, log: "" };
    ran.steps = [...ran.steps, told];
    if (place.cancel.aborted) standing.status = "cancelled";
    await hooks?.beforeStep?.({ run: ranRun, job: ran, step: told });
    await playStep(place, standing, step, told);
    if (place.machine.isLost()) {
      place.log("##[error]The hosted runner lost communication with the server.\n");
      return "failure";
    }
    await hooks?.afterStep?.({ run: ranRun, job: ran, step: told });
  }
  if (place.cancel.aborted && standing.status === "success") standing.status = "cancelled";
  ran.outputs = outputsOf(job, place, standing);
  return standing.status;
}

/** What the job hands on; what may hold a secret is left out, as GitHub does. */
function outputsOf(job: JobWritten, place: JobPlace, { steps }: Standing): Readonly<Record<string, string>> {
  const around: Situation = {
    contexts: { ...place.contexts, env: place.env, job: place.jobContext, steps: Object.fromEntries(steps) },
  };
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(evaluated(job.outputs, around))) {
    if (value === "") continue;
    if (place.machine.masks.finds(value)) place.log(`##[warning]Skip output '${name}' since it may contain secret.\n`);
    else found[name] = value;
  }
  const size = Buffer.byteLength(JSON.stringify(found), "utf16le");
  if (size > longestOutputs)
    throw new BadExpression(`the outputs of a job are at most 1 MB, and these are ${size} bytes`);
  return found;
}

const longestOutputs = 1024 * 1024;
