import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Delivery, KeptRun, WorkflowRun } from "../../src/worlds/github/index.ts";
import type { Rerun } from "../../src/worlds/github/runs.ts";
import { checkCalls } from "./called.ts";
import { openGroups } from "./concurrency.ts";
import { type Cause, githubContext } from "./contexts.ts";
import { BadExpression, evaluateText } from "./evaluate.ts";
import { causesOf, happenedIn } from "./happened.ts";
import type { Conclusion, Host, Open, RanJob, RanRun, RunnerAbout } from "./host.ts";
import { dispatchInputs } from "./inputs.ts";
import { byDefault } from "./permissions.ts";
import { InvalidWorkflow, readWorkflow } from "./read-workflow.ts";
import { workflowFiles } from "./repository-files.ts";
import { groupOf, type Outcome, type Play, playRun } from "./run.ts";
import { variablesOf } from "./secrets.ts";
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
  /** Ends everything; throws what this runner could not do. */
  close(): Promise<void>;
}

/** Two jobs at a time. */
const machines = 2;

export function openRunner(about: RunnerAbout): Runner {
  const { github, repository } = about;
  mkdirSync(about.dir, { recursive: true });
  const plays = new Map<number, Play>();
  const ranRuns: RanRun[] = [];
  const going = new Set<Promise<unknown>>();
  const problems: unknown[] = [];
  let closed = false;
  const host: Host = {
    about,
    groups: openGroups(),
    slots: openSlots(machines),
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
    const wanted = workflow instanceof InvalidWorkflow ? true : await startsOn(workflow, cause.happened);
    if (!wanted) return;
    const name = workflow instanceof InvalidWorkflow ? path : workflow.name;
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
    if (workflow instanceof InvalidWorkflow) return failToStart(ran, run, workflow);
    await begin({ host, run, ran, cause, workflow, kept: new Map() });
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
    });
  };

  const heard = async (delivery: Delivery): Promise<void> => {
    host.changed.tell();
    if (closed || delivery.repository !== repository || !delivery.startsWorkflows) return;
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
    Object.assign(ran, { attempt: run.kept.attempt, conclusion: null, jobs });
    run.kept.status = "in_progress";
    await begin({ host, run, ran, cause, workflow, kept });
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
    github.runs.listenCancel(({ id }) => stopRun(id)),
    github.forge.listen(() => host.changed.tell()),
  ];

  const throwProblems = (): void => {
    const [problem] = problems.splice(0);
    if (problem !== undefined) throw problem;
  };
  /** Nothing but gates is waited for. */
  const isQuiet = () => [...plays.values()].every((one) => one.ran.conclusion !== null || onlyWaits(one.ran));
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
    async close() {
      closed = true;
      for (const end of ends) end();
      for (const one of plays.values()) if (one.ran.conclusion === null) one.stop.abort();
      host.changed.tell();
      while (going.size > 0) await Promise.all(going);
      throwProblems();
    },
  };
  return runner;
}

type Beginning = Pick<Play, "host" | "run" | "ran" | "cause" | "workflow" | "kept">;

interface StartCause extends Cause {
  readonly commit: KeptRun["commit"];
  readonly head?: KeptRun["commit"];
  readonly by: string;
  readonly only: string | null;
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

/** In its workflow's group, where it has one. */
async function playGrouped(play: Play): Promise<Conclusion> {
  const { host, workflow, cause, run, inputs } = play;
  const { github, repository } = host.about;
  const around = { github, repository, kept: run.kept, cause };
  const contexts = { github: githubContext(around), inputs, vars: variablesOf(host.about, null) };
  try {
    if (workflow.runName !== null) Object.assign(run.kept, { title: evaluateText(workflow.runName, { contexts }) });
    const group = groupOf(workflow.concurrency, { contexts });
    if (group === null) return await playRun(play);
    const holder = {
      cancel() {
        play.stop.abort();
        host.changed.tell();
      },
    };
    try {
      if (!(await host.groups.enter(group.name, holder, group.cancels))) return "cancelled";
      return await playRun(play);
    } finally {
      host.groups.leave(group.name, holder);
    }
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    play.ran.failure = error.message;
    return "failure";
  }
}

/** Jobs that succeeded, and that need none which did not: they are not done again. */
function keptOf(workflow: Workflow, outcomes: ReadonlyMap<string, Outcome>): ReadonlyMap<string, Outcome> {
  const stays = (id: string): boolean =>
    outcomes.get(id)?.result === "success" && (workflow.jobs.get(id)?.needs ?? []).every(stays);
  return new Map([...outcomes].filter(([id]) => stays(id)));
}

function onlyWaits({ jobs }: RanRun): boolean {
  const open = jobs.filter(({ state }) => state !== "done");
  return open.length > 0 && open.every(({ state, conclusion }) => state === "waiting" && conclusion === null);
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
