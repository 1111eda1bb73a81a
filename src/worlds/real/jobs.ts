import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { keepState } from "../../adapters/system/index.ts";
import type { Watcher } from "../../delivery/deliver.ts";
import type { Delivery, Roles } from "../../delivery/delivery.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { StackName } from "../../domain/names.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { keyOfEnvironment } from "../../domain/public-keys.ts";
import type { Holder } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import {
  type JobDelivered,
  type JobOptions,
  type Left,
  type OrderedRun,
  openApplyingHost,
  openDecidingHost,
  openJob,
  planInJob,
} from "../../hosts/actions/index.ts";
import { environmentKeysFolder, makeEnvironmentKeys } from "./environment-keys.ts";
import { WorkerDied } from "./script.ts";

/** What jobs are started with, besides what each kind has of its own. */
export interface JobsAbout {
  /** Where jobs have their folders. */
  readonly dir: string;
  /** A folder with every key, of which each kind of job gets its own; an environment's lie beside it. */
  readonly keys: string;
  readonly common: Omit<JobOptions, "home" | "keys" | "holder">;
  /** Puts the faults of a story between a job and its roles. */
  readonly faults: (delivery: Delivery) => Roles;
  readonly wrapPlan: (plan: Roles["plan"]) => Roles["plan"];
  /** Hears of what is decided and done in any job. */
  readonly watcher: Pick<Watcher, "decided" | "performing">;
}

/** More workflow runs than any event leads to. */
const mostRuns = 40;

const keysOf = {
  plan: ["recipient.txt"],
  decide: ["recipient.txt", "identity.txt", "signing-key.pem", "trusted-keys.pem", "secret-key.txt"],
} as const;

/**
 * Plays what a workflow does with events: jobs with separate rights that hand over folders and a few lines, one workflow run
 * after another until nothing is left.
 */
export async function openJobs(about: JobsAbout) {
  for (const [kind, files] of Object.entries(keysOf)) {
    const to = join(about.dir, "keys", kind);
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const file of files) await copyFile(join(about.keys, file), join(to, file));
  }
  const recipients = await makeEnvironmentKeys(about.keys, about.common.flow);
  const recipientAt = (environment: string) => {
    const recipient = keyOfEnvironment({ environments: recipients }, environment);
    if (recipient === null) throw new InternalError(`the story's flow has no environment ${environment}`);
    return recipient;
  };
  let runs = 0;
  return {
    async settle(events: readonly Event[]): Promise<void> {
      let todo: readonly Event[] = events;
      let seen: Left["states"] = [];
      for (let count = 0; todo.length > 0; count++) {
        if (count > mostRuns) throw new InternalError("workflow runs lead to one another without end");
        const left = await workflowRun({ about, run: ++runs, seen, recipientAt }, todo);
        todo = left.events;
        seen = left.states;
      }
    },
  };
}

interface WorkflowRun {
  readonly about: JobsAbout;
  readonly run: number;
  readonly seen: Left["states"];
  readonly recipientAt: (environment: string) => string;
}

async function workflowRun(workflow: WorkflowRun, events: readonly Event[]): Promise<Left> {
  const isThere = async ({ pid }: Holder) => pid === workflow.run || pid === workflow.run - 1;
  const decided = await decide(workflow, "decide", [], async (job) => {
    await job.recover(isThere);
    for (const event of events) await job.take(event);
  });
  const out = await plan(workflow, decided.left.plans);
  const presented =
    decided.left.plans.length === 0
      ? nothingLeft
      : await decide(workflow, "present", [out], (job) => job.takeUp(decided.left.plans, { lastTry: false }));
  const applied = await apply(workflow, [...decided.left.applies, ...presented.left.applies]);
  const more = [...decided.left.events, ...presented.left.events, ...applied.flatMap(({ events }) => events)];
  // What the last job of a run ordered is asked for anew by the next one, which finds that nobody makes it.
  const again: readonly Event[] = presented.left.plans.map(({ run }) => ({ kind: "run-lost", run }));
  return { ...presented.left, events: [...more, ...again], states: applied.flatMap(({ states }) => states) };
}

const nothingLeft: JobDelivered = { delivered: [], left: { plans: [], applies: [], events: [], states: [] } };

async function decide(
  workflow: WorkflowRun,
  name: string,
  handedOver: readonly string[],
  work: (job: ReturnType<typeof openJob>) => Promise<void>,
): Promise<JobDelivered> {
  const seen = new Map<StackName, StateVersion>(workflow.seen.map(({ stack, state }) => [stack, state]));
  const { about, recipientAt } = workflow;
  const options = { ...jobOptions(workflow, name, join(about.dir, "keys", "decide")), handedOver, seen, recipientAt };
  const host = await openDecidingHost(options);
  try {
    const job = openJob(host.delivery, { kind: "decide" }, workflow.about.watcher);
    await work(job);
    return job.done();
  } finally {
    host.close();
  }
}

async function plan(workflow: WorkflowRun, ordered: readonly OrderedRun[]): Promise<string> {
  const out = join(workflow.about.dir, `run-${workflow.run}`, "handed-over");
  for (const { order } of ordered) {
    const { flow, repository, clock, env, progress, localStateBase } = workflow.about.common;
    const { home, keys } = jobOptions(workflow, "plan", join(workflow.about.dir, "keys", "plan"));
    const options = {
      flow,
      repository,
      clock,
      env,
      progress,
      home,
      keys,
      out,
      given: () => ({}),
      wrapPlan: workflow.about.wrapPlan,
    };
    try {
      await planInJob({ ...options, ...(localStateBase === undefined ? {} : { localStateBase }) }, [order]);
    } catch (error) {
      // A job that dies leaves nothing, and is found to have left nothing.
      if (!(error instanceof WorkerDied)) throw error;
    }
  }
  return out;
}

async function apply(workflow: WorkflowRun, applies: Left["applies"]): Promise<readonly Left[]> {
  const { flow } = workflow.about.common;
  const byEnvironment = Map.groupBy(applies, ({ stack }) => placeOf(flow, stack)?.environment.name ?? "");
  const left: Left[] = [];
  for (const [environment, runs] of byEnvironment) {
    const host = await openApplyingHost({
      ...jobOptions(workflow, `apply-${environment}`, environmentKeysFolder(workflow.about.keys, environment)),
      seen: () => ({}),
      heard: { failed: () => undefined, verified: () => undefined },
      keepState: keepState(join(workflow.about.dir, "salvage")),
      given: { at: environment, variables: () => ({}) },
    });
    const delivery = { ...host.delivery, roles: workflow.about.faults(host.delivery) };
    const job = openJob(
      delivery,
      { kind: "apply", environment, runs: runs.map(({ run }) => run) },
      workflow.about.watcher,
    );
    try {
      for (const { run } of runs) {
        try {
          await job.goOn(run);
        } catch (error) {
          if (!(error instanceof WorkerDied)) throw error;
          // Found out at once, as the host would tell that the job ended.
          left.push({ ...nothingLeft.left, events: [{ kind: "run-lost", run }] });
        }
      }
      left.push(job.done().left);
    } finally {
      host.close();
    }
  }
  return left;
}

function jobOptions({ about, run }: WorkflowRun, name: string, keys: string): JobOptions {
  return {
    ...about.common,
    home: join(about.dir, `run-${run}`, name),
    keys,
    holder: { host: "actions", pid: run, startedAt: "1" },
  };
}
