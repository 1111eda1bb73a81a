import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyFiles } from "../../../src/adapters/keys/index.ts";
import { type JobKind, keyVariables } from "../../../src/apps/ci/job-keys.ts";
import { environmentHeldBy, type Matrix } from "../../../src/apps/ci/matrix.ts";
import type { SeenRun } from "../../../src/apps/ci/outside.ts";
import { sweepCrons } from "../../../src/compile/names.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { Login, RunId, StackName } from "../../../src/domain/names.ts";
import { maintainersOf, teamsOf } from "../../../src/worlds/forge-rules.ts";
import type { News } from "../../../src/worlds/happened.ts";
import { environmentKeysFolder } from "../../../src/worlds/real/environment-keys.ts";
import { openForge } from "../../../src/worlds/real/forge/index.ts";
import type { SettlerAbout } from "../../../src/worlds/real/index.ts";
import { repository } from "../../../src/worlds/real/story-forge.ts";
import type { Scene } from "../../../src/worlds/world.ts";
import { bundledProgram } from "../../bundled.ts";

/** What a command's process is told besides what a runner tells it. */
export interface CiProcessAbout {
  readonly now: number;
  readonly forge: string;
  readonly flow: string;
  readonly store: string;
  readonly bundles: string;
  readonly runs: string;
  readonly told: string;
  readonly teams: Readonly<Record<string, readonly Login[]>>;
  readonly maintainers: readonly Login[];
}

/** What a command's process tells, a line each. */
export type ToldByJob =
  | { readonly news: News }
  | { readonly opened: { readonly purpose: string; readonly number: number } }
  | { readonly started: Readonly<Record<string, string>> };

/** How one command ended. */
export interface RanJob {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What it left to be uploaded; the folder may be missing. */
  readonly out: string;
}

interface ApplyOrder {
  readonly run: RunId;
  readonly stack: StackName;
}

/** Jobs that wait at an environment of GitHub's until people answer there. */
interface WaitingJob {
  readonly run: number;
  readonly held: string;
  readonly orders: readonly ApplyOrder[];
}

const program = await bundledProgram("test/real/support/ci-process.ts");
const keysOf = {
  plan: ["recipient"],
  present: ["recipient", "identity", "signing", "trusted", "secret"],
  apply: ["identity", "trusted", "secret"],
} as const satisfies Readonly<Record<JobKind, readonly (keyof typeof keyVariables)[]>>;

/** Where somebody hostile, or a machine that fails, gets in between. */
export interface Hooks {
  /** An artifact was uploaded, and lies there. */
  readonly uploaded?: (name: string, dir: string) => void;
  /** The repository was checked out for a command, which has not begun yet. */
  readonly checkedOut?: (command: string) => Promise<void>;
  readonly beforeApply?: (bundles: string) => void;
  /** More variables of every job, such as another program for the tool. */
  readonly env?: Readonly<Record<string, string>>;
  readonly ran?: (ran: RanJob) => void;
}

/** Plays the compiled workflows: each job a process of its own, in a folder and with variables of its own. */
export function openWorkflows(about: SettlerAbout, scene: Scene, hooks: Hooks = {}) {
  const dir = join(about.dir, "workflows");
  const places = {
    forge: about.forgeDir,
    flow: join(dir, "flow.json"),
    store: join(about.home, "store.sqlite"),
    bundles: join(dir, "bundles"),
    runs: join(dir, "runs"),
    told: join(dir, "told.jsonl"),
  };
  mkdirSync(places.runs, { recursive: true });
  writeFileSync(places.flow, JSON.stringify(about.common.flow));
  let lastRun = 100;
  let told = 0;
  const started: Readonly<Record<string, string>>[] = [];
  const waiting: WaitingJob[] = [];

  const seen = (run: number, change: Partial<SeenRun>): void => {
    const file = join(places.runs, String(run), "seen.json");
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SeenRun) : {};
    mkdirSync(join(places.runs, String(run)), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...before, ...change }));
  };
  const newRun = (about: Pick<SeenRun, "workflow" | "head">): number => {
    const run = ++lastRun;
    seen(run, { ...about, attempt: 1, going: true, fromHere: true, by: "ann" as Login });
    return run;
  };

  async function job(command: string, { run, kind, event, ref, env = {}, body = null }: JobAbout): Promise<RanJob> {
    await about.forge.save();
    const temp = join(places.runs, String(run), `${command}-${Date.now()}-${Math.floor(process.hrtime()[1])}`);
    const workspace = join(temp, "repository");
    mkdirSync(join(temp, "beside"), { recursive: true });
    execFileSync("git", ["clone", "--quiet", "--no-checkout", about.forge.dirOf(repository), workspace]);
    await hooks.checkedOut?.(command);
    writeFileSync(join(temp, "event.json"), JSON.stringify({ repository: { default_branch: "main" }, ...body }));
    for (const name of ["output", "summary"]) writeFileSync(join(temp, name), "");
    const held = environmentHeldBy(about.common.flow, env.PLANGATE_ENVIRONMENT ?? "") ?? "";
    const from = kind === "apply" ? environmentKeysFolder(about.keys, held) : about.keys;
    const keys = kind === null ? {} : keysFor(kind, from);
    const child = spawn(process.execPath, [program, command], {
      cwd: join(temp, "beside"),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...toolVariables(),
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: join(temp, "event.json"),
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: "https://api.github.example",
        GITHUB_SERVER_URL: "https://github.example",
        GITHUB_RUN_ID: String(run),
        GITHUB_RUN_ATTEMPT: "1",
        GITHUB_REF: ref,
        GITHUB_OUTPUT: join(temp, "output"),
        GITHUB_STEP_SUMMARY: join(temp, "summary"),
        RUNNER_TEMP: temp,
        ...keys,
        ...hooks.env,
        ...env,
        PLANGATE_TEST: JSON.stringify({
          ...places,
          now: about.common.clock.now(),
          teams: teamsOf(scene),
          maintainers: maintainersOf(scene),
        } satisfies CiProcessAbout),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    hear();
    const ran = {
      code,
      ...said,
      outputs: parseOutputs(readFileSync(join(temp, "output"), "utf8")),
      summary: readFileSync(join(temp, "summary"), "utf8"),
      out: join(temp, "beside", "plangate-out"),
    };
    rmSync(workspace, { recursive: true, force: true });
    hooks.ran?.(ran);
    return ran;
  }

  /** Takes up what the job told, and what it changed on the forge. */
  function hear(): void {
    const lines = existsSync(places.told) ? readFileSync(places.told, "utf8").split("\n").slice(0, -1) : [];
    for (const line of lines.slice(told)) {
      const one = JSON.parse(line) as ToldByJob;
      if ("news" in one) about.tell(one.news);
      else if ("opened" in one) about.opened(one.opened.purpose, one.opened.number);
      else started.push(one.started);
    }
    told = lines.length;
    const fresh = openForge({ dir: places.forge, clock: about.common.clock });
    Object.assign(about.forge.state, fresh.state);
    fresh.close();
  }

  function must(ran: RanJob, ...codes: readonly number[]): RanJob {
    if (ran.code !== null && [0, ...codes].includes(ran.code)) return ran;
    throw new Error(`a job ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`);
  }

  function upload(run: number, name: string, { out }: RanJob): void {
    const dir = join(places.runs, String(run), "artifacts", name);
    if (existsSync(out)) cpSync(out, dir, { recursive: true });
    hooks.uploaded?.(name, dir);
  }

  async function planJobs(at: JobAbout, plans: string): Promise<void> {
    for (const [environment, bundles] of Object.entries(JSON.parse(plans) as Matrix<unknown>)) {
      for (const [index, { orders }] of bundles.entries()) {
        const env = { PLANGATE_ENVIRONMENT: environment, PLANGATE_ORDERS: JSON.stringify(orders) };
        const ran = must(await job("plan", { ...at, kind: "plan", env }));
        upload(at.run, `plangate-plan-${environment}-${index}`, ran);
      }
    }
  }

  /** The workflow of the default branch. */
  async function trusted(event: string, body: object): Promise<void> {
    const run = newRun({ workflow: ".github/workflows/plangate.yml", head: await headOf("main") });
    const at: JobAbout = { run, kind: "present", event, ref: "refs/heads/main", body };
    const decided = must(await job("decide", at));
    const { plans = "{}", applies = "{}" } = decided.outputs;
    await planJobs(at, plans);
    const presented = plans === "{}" ? undefined : must(await job("present", at));
    const ran = await applyJobs(at, presented?.outputs.applies ?? applies);
    const isLeft = [decided, presented].some((one) => one?.outputs.left === "true");
    if (ran || isLeft) must(await job("go-on", { ...at, kind: null }));
    seen(run, { going: waiting.some((one) => one.run === run) });
  }

  async function applyJobs(at: JobAbout, applies: string): Promise<boolean> {
    const lists = Object.entries(JSON.parse(applies) as Matrix<ApplyOrder>);
    let ran = false;
    for (const [place, bundles] of lists) {
      const held = place.split("/").at(-1) ?? place;
      for (const { orders } of bundles) {
        const asked = await isAskedAt(held, orders);
        if (asked) waiting.push({ run: at.run, held, orders });
        else {
          await applyJob(at, held, orders);
          ran = true;
        }
      }
    }
    return ran;
  }

  async function applyJob(at: JobAbout, held: string, orders: readonly ApplyOrder[]): Promise<void> {
    const env = { PLANGATE_ENVIRONMENT: held, PLANGATE_ORDERS: JSON.stringify(orders), PLANGATE_KEPT: "kept" };
    hooks.beforeApply?.(places.bundles);
    const ran = await job("apply", { ...at, kind: "apply", env });
    // A machine that is gone has no code; what it leaves is found later.
    if (ran.code !== null) must(ran, 1, 3);
  }

  /** GitHub starts the job of an environment with reviewers when somebody has answered. */
  async function isAskedAt(held: string, orders: readonly ApplyOrder[]): Promise<boolean> {
    const states = await Promise.all(orders.map(({ run }) => about.common.store.run(run)));
    return states.some((run) => run?.state === "waiting") && held !== "";
  }

  async function headOf(branch: string) {
    const refs = await about.forge.look(repository, async ({ refs }) => refs);
    const head = refs.get(`refs/heads/${branch}`);
    if (head === undefined) throw new Error(`there is no branch ${branch}`);
    return head;
  }

  /** The workflow on a change's own ref, and what it hands over. */
  async function changed(event: string, ref: string, body: object): Promise<void> {
    const head = ref.startsWith("refs/heads/")
      ? await headOf(ref.slice("refs/heads/".length))
      : (body as { pull_request: { head: { sha: SeenRun["head"] } } }).pull_request.head.sha;
    const run = newRun({ workflow: ".github/workflows/plangate-change.yml", head });
    const at: JobAbout = { run, kind: null, event, ref, body };
    if (event !== "pull_request_review") {
      const touched = must(await job("touched", at));
      await planJobs(at, touched.outputs.plans ?? "{}");
    }
    must(await job("hand-over", at));
    seen(run, { going: false });
  }

  async function changeBody(number: number, by: Login): Promise<object> {
    const change = await about.common.forge.pullRequest(number);
    if (change === undefined) throw new Error(`there is no pull request ${number}`);
    const base = { ref: change.base, sha: await headOf(change.base).catch(() => change.head) };
    return {
      action: "synchronize",
      number,
      pull_request: { number, base, head: { ref: change.headBranch, sha: change.head } },
      sender: { login: by },
    };
  }

  async function one(event: Event): Promise<void> {
    switch (event.kind) {
      case "pull-request":
      case "closed":
        return changed(
          "pull_request",
          `refs/pull/${event.pullRequest}/merge`,
          await changeBody(event.pullRequest, event.by),
        );
      case "answer":
        if (event.environment !== null) return answered(event.environment);
        if (event.pullRequest === null) return trusted("schedule", { schedule: sweepCrons["15m"] });
        return changed(
          "pull_request_review",
          `refs/pull/${event.pullRequest}/merge`,
          await changeBody(event.pullRequest, event.by),
        );
      case "merge":
      case "push": {
        const zero = "0".repeat(40);
        const before = event.kind === "push" ? (event.before ?? zero) : zero;
        const { branch, commit, by } = event;
        if (commit === null) return trusted("delete", { ref: branch, ref_type: "branch", sender: { login: by } });
        const body = { ref: `refs/heads/${branch}`, before, after: commit, sender: { login: by } };
        return branch === "main" ? trusted("push", body) : changed("push", body.ref, body);
      }
      case "dispatch": {
        const inputs = { ...event.inputs, job: event.job, ref: event.ref };
        const workflow = ".github/workflows/plangate.yml";
        return trusted("workflow_dispatch", { workflow, ref: "refs/heads/main", inputs, sender: { login: event.by } });
      }
      case "schedule":
        return trusted("schedule", { schedule: event.cron });
      case "tick":
        return trusted("schedule", { schedule: sweepCrons["15m"] });
      default:
        throw new Error(`no workflow is started by ${event.kind}`);
    }
  }

  /** Whoever waits at the environment begins. */
  async function answered(environment: string): Promise<void> {
    const ready = waiting.filter(({ held }) => held === environment);
    for (const one of ready) {
      waiting.splice(waiting.indexOf(one), 1);
      const at: JobAbout = { run: one.run, kind: null, event: "workflow_dispatch", ref: "refs/heads/main" };
      await applyJob(at, one.held, one.orders);
      must(await job("go-on", at));
      seen(one.run, { going: false });
    }
  }

  return {
    job,
    newRun,
    seen,
    /** Plays workflows until nothing is started any more. */
    async settle(events: readonly Event[]): Promise<void> {
      for (const event of events) {
        await one(event);
        for (let next = started.shift(); next !== undefined; next = started.shift()) {
          const workflow = ".github/workflows/plangate.yml";
          const bot = { login: "github-actions[bot]" };
          await trusted("workflow_dispatch", { workflow, ref: "refs/heads/main", inputs: next, sender: bot });
        }
      }
    },
  };
}

interface JobAbout {
  readonly run: number;
  /** Which keys it has. */
  readonly kind: JobKind | null;
  readonly event: string;
  readonly ref: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly body?: object | null;
}

function keysFor(kind: JobKind, dir: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keysOf[kind].map((key) => [keyVariables[key], readFileSync(join(dir, keyFiles[key]), "utf8")]),
  );
}

/** How this machine gets providers, where it says so. */
function toolVariables(): Readonly<Record<string, string | undefined>> {
  const names = ["PLANGATE_TOOL", "PLANGATE_PROVIDER_MIRROR", "TMPDIR"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Reads outputs as the runner does. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length - 1; at++) {
    const [, name, end] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined || end === undefined) throw new Error(`${lines[at]} names no output`);
    const stop = lines.indexOf(end, at + 1);
    outputs[name] = lines.slice(at + 1, stop).join("\n");
    at = stop;
  }
  return outputs;
}
