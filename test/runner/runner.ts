import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Delivery, WorkflowRun } from "../../src/worlds/github/index.ts";
import type { Rerun } from "../../src/worlds/github/runs.ts";
import { openArtifactService } from "./artifact-service.ts";
import { checkCalls } from "./called.ts";
import { openGroups } from "./concurrency.ts";
import { InvalidWorkflow } from "./errors.ts";
import type { Outcome, Play } from "./graph.ts";
import { keptOf, playGrouped } from "./grouped.ts";
import { type Beginning as Begun, causesOf, happenedIn } from "./happened.ts";
import type { Host, Open, RanJob, RanRun, RunnerAbout } from "./host.ts";
import { dispatchInputs } from "./inputs.ts";
import { byDefault } from "./permissions.ts";
import { readWorkflow } from "./read-workflow.ts";
import { workflowFiles } from "./repository-files.ts";
import { openSignal, openSlots } from "./slots.ts";
import { startsOn } from "./which-workflows.ts";
import type { Workflow } from "./workflow.ts";

/** Plays GitHub's runners for one repository of the look-alike. */
export interface Runner {
  /** GitHub's clock strikes: the default branch's workflows that name this cron start. */
  schedule(cron: string): Promise<void>;
  /** Waits until nothing runs; what waits at a gate goes on waiting. Throws what this runner could not do. */
  settled(): Promise<void>;
  /** Oldest first. */
  readonly runs: readonly RanRun[];
  cancel(run: number): Promise<void>;
  /** A machine is gone with all that runs on it, by what its steps see as `RUNNER_TRACKING_ID`; its job fails. */
  lose(machine: string): void;
  /** Ends everything; throws what this runner could not do. */
  close(): Promise<void>;
}

/** Two jobs at a time. */
const machines = 2;

export function openRunner(about: RunnerAbout): Runner {
  const { github, repository } = about;
  mkdirSync(about.dir, { recursive: true });
  const plays = new Map<number, Play>();
  /** What waits for somebody's approval. */
  const held = new Map<number, Beginning>();
  const ranRuns: RanRun[] = [];
  const going = new Set<Promise<unknown>>();
  const problems: unknown[] = [];
  let closed = false;
  const host: Host = {
    about,
    artifacts: openArtifactService(about),
    groups: openGroups(),
    slots: openSlots(machines),
    machines: new Map(),
    changed: openSignal(),
    folder(name) {
      const dir = join(about.dir, name);
      mkdirSync(dir);
      return dir;
    },
    problem(error) {
      problems.push(error);
      host.changed.tell();
    },
  };

  const play = (one: Play): void => {
    plays.set(one.run.id, one);
    const playing = playGrouped(one)
      .catch((error: unknown) => {
        host.problem(error);
        return "failure" as const;
      })
      .then((conclusion) => {
        one.ran.conclusion = conclusion;
        one.run.finish(conclusion);
        going.delete(playing);
        host.changed.tell();
      });
    going.add(playing);
  };

  const start = async (path: string, text: string, cause: StartCause): Promise<void> => {
    const workflow = await readOrNull(path, text);
    // What cannot be read says on no event; GitHub tells whoever pushes it.
    const invalid = workflow instanceof InvalidWorkflow;
    const wanted = invalid ? cause.event === "push" : await startsOn(workflow, cause.happened);
    if (!wanted) return;
    const name = invalid ? path : workflow.name;
    const run = await github.runs.start({ ...cause, repository, workflow: path, name });
    const ran: Open<RanRun> & { jobs: Open<RanJob>[] } = {
      id: run.id,
      file: path,
      name,
      event: cause.event,
      ref: cause.ref,
      attempt: 1,
      conclusion: null,
      failure: null,
      jobs: [],
    };
    ranRuns.push(ran);
    if (invalid) return failToStart(ran, run, workflow);
    const beginning = { host, run, ran, cause, workflow, kept: new Map<string, Outcome>() };
    if (!cause.awaitsApproval) return begin(beginning);
    held.set(run.id, beginning);
    ran.conclusion = "action_required";
    run.finish("action_required");
  };

  const begin = async (beginning: Beginning): Promise<void> => {
    const { run, ran, cause, workflow } = beginning;
    const { texts, typed } = dispatchInputs(workflow, (cause.payload.inputs ?? {}) as Readonly<Record<string, string>>);
    const isDispatch = cause.event === "workflow_dispatch";
    const payload = isDispatch ? { ...cause.payload, inputs: texts } : cause.payload;
    const ceiling = byDefault(github.kept(repository).settings.tokenDefault);
    try {
      await checkCalls(about, { workflow, kept: run.kept, ceiling });
    } catch (error) {
      if (!(error instanceof InvalidWorkflow)) throw error;
      return failToStart(ran, run, error);
    }
    play({
      ...beginning,
      cause: { ...cause, payload },
      inputs: isDispatch ? typed : {},
      outcomes: new Map(),
      stop: new AbortController(),
      holders: new Set(),
    });
  };

  const heard = async (delivery: Delivery): Promise<void> => {
    host.changed.tell();
    if (closed || delivery.repository !== repository) return;
    if (!github.kept(repository).settings.actionsEnabled) return;
    for (const cause of await causesOf(about, delivery)) {
      for (const [path, text] of await workflowFiles(github.forge, repository, cause.commit)) {
        if (cause.only !== null && cause.only !== path) continue;
        try {
          await start(path, text, { ...cause, happened: happenedIn(about, delivery, cause.event) });
        } catch (error) {
          host.problem(error);
        }
      }
    }
  };

  const again = async ({ run, failedOnly }: Rerun): Promise<void> => {
    const before = plays.get(run.id);
    if (before === undefined) return;
    const { ran, workflow, cause, outcomes } = before;
    const kept = failedOnly ? keptOf(workflow, outcomes) : new Map<string, Outcome>();
    const jobs = ran.jobs.filter(({ id }) => kept.has(id.split("/")[0] ?? ""));
    const names = new Set(jobs.map(({ name }) => name));
    const { attempt } = run.kept;
    const carried = run.kept.jobs.filter((job) => job.attempt === ran.attempt && names.has(job.name));
    run.kept.jobs.push(...carried.map((job) => ({ ...job, attempt })));
    Object.assign(ran, { attempt, conclusion: null, jobs });
    run.kept.status = "in_progress";
    await begin({ host, run, ran, cause, workflow, kept });
  };

  const approved = async ({ id }: WorkflowRun): Promise<void> => {
    const beginning = held.get(id);
    if (beginning === undefined) return;
    held.delete(id);
    beginning.ran.conclusion = null;
    await begin(beginning);
  };

  const stopRun = (id: number): void => {
    plays.get(id)?.stop.abort();
    host.changed.tell();
  };

  const track = (work: Promise<void>): void => {
    const tracked = work.catch(host.problem).then(() => {
      going.delete(tracked);
      host.changed.tell();
    });
    going.add(tracked);
  };
  const ends = [
    github.webhooks.listen(heard),
    github.runs.listen((one) => track(again(one))),
    github.runs.listenApprove((run) => track(approved(run))),
    github.runs.listenCancel(({ id }) => stopRun(id)),
    github.forge.listen(() => host.changed.tell()),
  ];

  const throwProblems = (): void => {
    const [problem] = problems.splice(0);
    if (problem !== undefined) throw problem;
  };
  /** Nothing but gates is waited for. */
  const isQuiet = () => [...plays.values()].every((one) => one.ran.conclusion !== null || onlyWaits(one));
  const runner: Runner = {
    runs: ranRuns,
    async schedule(cron) {
      const { payload, by, ref, commit } = await scheduled(about, cron);
      const files = await workflowFiles(github.forge, repository, commit);
      const happened = { event: "schedule", action: null, branch: null, tag: null, paths: async () => null };
      let named = 0;
      for (const [path, text] of files) {
        const workflow = await readOrNull(path, text);
        const told = { ...payload, workflow: path };
        if (workflow instanceof InvalidWorkflow || workflow.on.get("schedule")?.crons.includes(cron) !== true) continue;
        named++;
        await start(path, text, {
          awaitsApproval: false,
          event: "schedule",
          ref,
          commit,
          by,
          payload: told,
          fork: false,
          only: null,
          happened,
        });
      }
      if (named === 0) throw new Error(`no workflow of ${ref} names the cron ${cron}`);
    },
    async settled() {
      for (;;) {
        await github.webhooks.settled();
        // Whoever waits at a gate that was answered just now goes on first.
        await setImmediate();
        throwProblems();
        const news = host.changed.next();
        if (isQuiet() && (await hasNothingElse(going, plays))) {
          await github.webhooks.settled();
          if (isQuiet()) break;
        }
        await news;
      }
      throwProblems();
    },
    async cancel(id) {
      const found = plays.get(id);
      if (found === undefined) throw new Error(`there is no run ${id}`);
      stopRun(id);
      while (found.ran.conclusion === null) await host.changed.next();
    },
    lose(machine) {
      const found = host.machines.get(machine);
      if (found === undefined) throw new Error(`no job runs on ${machine}`);
      found.lose();
    },
    async close() {
      closed = true;
      for (const end of ends) end();
      for (const one of plays.values()) if (one.ran.conclusion === null) one.stop.abort();
      host.changed.tell();
      while (going.size > 0) await Promise.all(going);
      await host.artifacts.close();
      throwProblems();
    },
  };
  return runner;
}

type Beginning = Pick<Play, "host" | "run" | "ran" | "cause" | "workflow" | "kept">;

interface StartCause extends Begun {
  readonly happened: Parameters<typeof startsOn>[1];
}

async function readOrNull(path: string, text: string): Promise<Workflow | InvalidWorkflow> {
  try {
    return await readWorkflow(path, text);
  } catch (error) {
    if (error instanceof InvalidWorkflow) return error;
    throw error;
  }
}

function failToStart(ran: Open<RanRun>, run: WorkflowRun, why: InvalidWorkflow): void {
  Object.assign(ran, { conclusion: "startup_failure", failure: why.message });
  run.finish("startup_failure");
}

/** At gates, or for its turn in a group. */
function onlyWaits({ host, ran, holders }: Play): boolean {
  const open = ran.jobs.filter(({ state }) => state !== "done");
  const inLine = [...holders].filter(host.groups.waits).length;
  return open.length + inLine > 0 && open.every(({ state }) => state === "waiting");
}

/** Whether everything that goes on is a run, and not the beginning of one. */
async function hasNothingElse(going: ReadonlySet<unknown>, plays: ReadonlyMap<number, Play>): Promise<boolean> {
  const open = [...plays.values()].filter(({ ran }) => ran.conclusion === null);
  return going.size === open.length;
}

async function scheduled({ github, repository }: RunnerAbout, cron: string) {
  const found = await github.forge.look(repository, async ({ refs, repository: there }) => {
    const ref = `refs/heads/${there.defaultBranch}`;
    const admin = there.roles.find(({ role }) => role === "admin")?.login ?? "";
    return { ref, commit: refs.get(ref), by: admin };
  });
  const { ref, commit, by } = found;
  if (commit === undefined) throw new Error(`${repository} has no ${ref}`);
  const headers = { authorization: `Bearer ${await github.tokenFor({ person: by })}` };
  const read = async (path: string) => (await fetch(`${github.url}${path}`, { headers })).json() as Promise<unknown>;
  const [told, sender] = [await read(`/repos/${repository}`), await read(`/users/${by}`)];
  return { payload: { schedule: cron, repository: told, sender }, by, ref, commit };
}
