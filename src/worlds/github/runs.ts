import { digestOf } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import { writeZip } from "../../testing/plan-file.ts";
import type { RepositoryState, View } from "../real/forge/index.ts";
import { actionsBot } from "./bearer.ts";
import { environmentKept, isProtectedEnough } from "./environments.ts";
import type { Hub } from "./hub.ts";
import { noteJobCheck } from "./job-checks.ts";
import type { KeptArtifact, KeptDeployment, KeptJob, KeptRun, KeptWorkflow } from "./kept.ts";
import type { Permissions } from "./permissions.ts";
import { jobToken, seat } from "./seats.ts";

/** What starts a run, as whoever plays GitHub's runners knows it. */
export interface RunAbout {
  readonly repository: string;
  /** From the repository's top: `.github/workflows/plangate.yml`. */
  readonly workflow: string;
  readonly event: string;
  /** In full: `refs/heads/main`, `refs/pull/3/merge`. */
  readonly ref: string;
  /** Left out: what the ref points at. */
  readonly commit?: CommitSha;
  /** What its checks are about. Left out: the head of the pull request that the ref belongs to, else the commit. */
  readonly head?: CommitSha;
  readonly by: string;
  readonly name?: string;
  readonly title?: string;
}

/** A run of a workflow, from the side of the runners: no request of a user makes any of this. */
export interface WorkflowRun {
  readonly id: number;
  readonly kept: KeptRun;
  /** Starts a job; one that names an environment waits there where people have to open it. */
  job(name: string, about?: JobAbout): Promise<RunJob>;
  /** A job that does not start: it is told, and passes for a required check. */
  skip(name: string, conclusion?: "skipped" | "cancelled" | "failure"): Promise<KeptJob>;
  /** Keeps files as an artifact, as the action does that uploads them. */
  upload(name: string, files: Readonly<Record<string, string | Uint8Array>>, about?: UploadAbout): KeptArtifact;
  finish(conclusion?: string): void;
}

export interface JobAbout {
  /** What `permissions:` gives; nothing when left out. */
  readonly permissions?: Permissions;
  readonly environment?: string;
  /** The called workflow whose job it is: `acme/infra/.github/workflows/x.yml@refs/heads/main`. */
  readonly workflowRef?: string;
}

export interface UploadAbout {
  /** Left out: as long as the repository says. */
  readonly days?: number;
}

export interface RunJob {
  readonly id: number;
  readonly kept: KeptJob;
  /** `waiting` for people, `refused` by them or by the environment's branches, `ready` to run. */
  state(): "waiting" | "refused" | "ready";
  /** Its `GITHUB_TOKEN`; a job that is not ready has none. */
  token(): Promise<string>;
  /**
   * Where it gets its identity from and with what, as `ACTIONS_ID_TOKEN_REQUEST_URL` and `…_TOKEN` say: only a job
   * that has `id_token: write`.
   */
  identity(): Promise<{ readonly url: string; readonly token: string }>;
  /** It has ended at once; what it comes to has reached the rules when this resolves. */
  finish(conclusion?: string): Promise<void>;
}

export interface Runs {
  start(about: RunAbout): Promise<WorkflowRun>;
  /** One that was started before, such as by a test that plays the runner. */
  of(repository: string, id: number): WorkflowRun;
  /** Called when somebody asks for another attempt of a run, all of it or the jobs that failed. */
  listen(listener: (again: Rerun) => void): () => void;
  /** Called when somebody asks for a run's end. Who listens ends it; where nobody does, it ends at once. */
  listenCancel(listener: (run: WorkflowRun) => void): () => void;
  /** Called when somebody lets a run start that waited for approval. */
  listenApprove(listener: (run: WorkflowRun) => void): () => void;
}

export interface Rerun {
  readonly run: WorkflowRun;
  readonly failedOnly: boolean;
}

/** The same, with what requests lead to. */
export interface RunsAsked extends Runs {
  again(repository: string, id: number, failedOnly: boolean): void;
  /** Whether anybody ends it. */
  cancel(repository: string, id: number): boolean;
  approve(repository: string, id: number): void;
}

export function openRuns(hub: Hub): RunsAsked {
  const listeners = new Set<(again: Rerun) => void>();
  const enders = new Set<(run: WorkflowRun) => void>();
  const approved = new Set<(run: WorkflowRun) => void>();
  const runs: RunsAsked = {
    async start(about) {
      const repository = repositoryNamed(hub, about.repository);
      const kept = hub.kept(repository.name);
      const commit = about.commit ?? (await hub.forge.look(repository.name, async ({ refs }) => refs.get(about.ref)));
      if (commit === undefined) throw new InternalError(`${about.ref} of ${repository.name} points at nothing`);
      const workflow = workflowAt(hub, repository.name, about.workflow);
      const now = hub.clock.now();
      const run: KeptRun = {
        id: hub.nextId(),
        number: kept.runs.filter((other) => other.workflow === workflow).length + 1,
        workflow,
        name: about.name ?? about.workflow,
        title: about.title ?? about.name ?? about.workflow,
        event: about.event,
        ref: about.ref,
        commit,
        head: about.head ?? headOf(repository, about.ref) ?? commit,
        by: about.by,
        triggeredBy: about.by,
        attempt: 1,
        status: "in_progress",
        conclusion: null,
        createdAt: now,
        updatedAt: now,
        jobs: [],
      };
      kept.runs.push(run);
      return runOf(hub, repository, run);
    },
    of(name, id) {
      const repository = repositoryNamed(hub, name);
      const run = hub.kept(repository.name).runs.find((candidate) => candidate.id === id);
      if (run === undefined) throw new InternalError(`${name} has no run ${id}`);
      return runOf(hub, repository, run);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    again(repository, id, failedOnly) {
      for (const listener of listeners) listener({ run: runs.of(repository, id), failedOnly });
    },
    listenCancel(listener) {
      enders.add(listener);
      return () => enders.delete(listener);
    },
    cancel(repository, id) {
      for (const listener of enders) listener(runs.of(repository, id));
      return enders.size > 0;
    },
    listenApprove(listener) {
      approved.add(listener);
      return () => approved.delete(listener);
    },
    approve(repository, id) {
      for (const listener of approved) listener(runs.of(repository, id));
    },
  };
  return runs;
}

type Repository = View<RepositoryState>;

function repositoryNamed({ forge }: Hub, name: string): Repository {
  const found = forge.state.repositories.find((repository) => repository.name === name);
  if (found === undefined) throw new InternalError(`there is no repository ${name}`);
  return found;
}

function headOf({ pullRequests }: Repository, ref: string): CommitSha | undefined {
  const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  return pullRequests.find((change) => String(change.number) === number)?.headCommit;
}

/** The workflow of that file; it is numbered when it is first heard of. */
export function workflowAt(hub: Hub, repository: string, path: string): KeptWorkflow {
  const { workflows } = hub.kept(repository);
  const known = workflows.find((workflow) => workflow.path === path);
  if (known !== undefined) return known;
  const made = { id: hub.nextId(), path };
  workflows.push(made);
  return made;
}

function runOf(hub: Hub, repository: Repository, run: KeptRun): WorkflowRun {
  const { artifacts, settings } = hub.kept(repository.name);
  return {
    id: run.id,
    kept: run,
    job: (name, about = {}) => startJob({ hub, repository, run }, name, about),
    async skip(name, conclusion = "skipped") {
      const at = hub.clock.now();
      const job: KeptJob = {
        ...blankJob(hub, run, name),
        status: "completed",
        conclusion,
        completedAt: at,
      };
      run.jobs.push(job);
      await noteJobCheck(hub, repository.name, { run, job });
      return job;
    },
    upload(name, files, { days = settings.retentionDays } = {}) {
      if (artifacts.some((one) => one.run === run.id && one.name === name && one.zip !== null))
        throw new InternalError(`run ${run.id} has an artifact ${name} already`);
      const zip = writeZip(Object.entries(files).map(([file, content]) => ({ name: file, content })));
      const now = hub.clock.now();
      const made: KeptArtifact = {
        id: hub.nextId(),
        run: run.id,
        name,
        zip,
        digest: digestOf(zip),
        createdAt: now,
        expiresAt: now + days * 24 * 3600 * 1000,
      };
      artifacts.push(made);
      return made;
    },
    finish(conclusion = "success") {
      Object.assign(run, { status: "completed", conclusion, updatedAt: hub.clock.now() });
    },
  };
}

interface Running {
  readonly hub: Hub;
  readonly repository: Repository;
  readonly run: KeptRun;
}

async function startJob(running: Running, name: string, about: JobAbout): Promise<RunJob> {
  const { hub, repository, run } = running;
  const { permissions = {}, environment, workflowRef = null } = about;
  const gate = environment === undefined ? null : await askGate(running, environment);
  const asked = gate === null || gate === refused ? null : gate.id;
  const job: KeptJob = {
    ...blankJob(hub, run, name),
    permissions,
    environment: environment ?? null,
    workflowRef,
    gate: asked,
    deployment: environment === undefined ? null : noteDeployment(running, environment),
  };
  run.jobs.push(job);
  const handle = jobOf(running, job);
  if (gate === refused) {
    await handle.finish("failure");
    return handle;
  }
  if (handle.state() === "waiting") {
    job.status = "waiting";
    run.status = "waiting";
  }
  await noteJobCheck(hub, repository.name, { run, job });
  return handle;
}

function blankJob(hub: Hub, run: KeptRun, name: string): KeptJob {
  return {
    id: hub.nextId(),
    name,
    attempt: run.attempt,
    permissions: {},
    environment: null,
    workflowRef: null,
    gate: null,
    deployment: null,
    status: "in_progress",
    conclusion: null,
    startedAt: hub.clock.now(),
    completedAt: null,
  };
}

/** What the forge keeps of the wait; `refused`: the ref may not deploy there. */
async function askGate({ hub, repository, run }: Running, environment: string) {
  if (hub.forge.state.users.some(({ login, bot }) => bot && login === run.by)) await seat(hub, repository.name, run.by);
  const there = repository.environments.some(({ name }) => name.toLowerCase() === environment.toLowerCase());
  if (there && !isProtectedEnough(environmentKept(hub, repository, environment), repository, run.ref)) return refused;
  const outcome = await hub.forge.act("deployment", {
    by: run.by,
    repository: repository.name,
    environment,
    ref: run.ref,
    summary: run.title,
  });
  if (outcome.ok) return outcome.value;
  if (outcome.blocked.status === 422) return refused;
  throw new InternalError(outcome.blocked.message);
}

const refused = "refused";

function noteDeployment({ hub, repository, run }: Running, environment: string): KeptDeployment {
  const made: KeptDeployment = {
    id: hub.nextId(),
    commit: run.commit,
    ref: run.ref.replace(/^refs\/(heads|tags)\//, ""),
    task: "deploy",
    environment,
    description: null,
    payload: {},
    by: run.by,
    at: hub.clock.now(),
    transient: false,
    production: false,
    statuses: [],
  };
  hub.kept(repository.name).deployments.push(made);
  return made;
}

/** What a job was handed ends with it, whoever has it by then. */
const handedOut = new WeakMap<KeptJob, string[]>();

function jobOf({ hub, repository, run }: Running, job: KeptJob): RunJob {
  const handOut = async (permissions: Permissions) => {
    const token = await jobToken(hub, { permissions, repository: repository.name, run: run.id });
    handedOut.set(job, [...(handedOut.get(job) ?? []), token]);
    return token;
  };
  const state = () => {
    if (job.conclusion !== null && job.conclusion !== "success") return "refused";
    const gate = repository.deployments.find(({ id }) => id === job.gate);
    if (gate?.state === "rejected" || gate?.state === "ended") return "refused";
    return gate?.state === "waiting" ? "waiting" : "ready";
  };
  return {
    id: job.id,
    kept: job,
    state,
    async identity() {
      if (state() !== "ready" || job.permissions.id_token !== "write")
        throw new InternalError(`job ${job.name} has no right to an identity`);
      const token = await handOut({ id_token: "write" });
      return { url: `${hub.issuer.url()}/jobs/${job.id}?api-version=2.0`, token };
    },
    async token() {
      if (state() !== "ready") throw new InternalError(`job ${job.name} is ${state()}, and has no token`);
      Object.assign(job, { status: "in_progress" });
      Object.assign(run, { status: "in_progress" });
      return handOut(job.permissions);
    },
    async finish(conclusion = "success") {
      const at = hub.clock.now();
      Object.assign(job, { status: "completed", conclusion, completedAt: at });
      for (const token of handedOut.get(job) ?? []) hub.tokens.revoke(token);
      job.deployment?.statuses.push({
        id: hub.nextId(),
        state: conclusion === "success" ? "success" : "failure",
        description: "",
        logUrl: `${hub.url()}/${repository.name}/actions/runs/${run.id}/job/${job.id}`,
        environmentUrl: "",
        environment: job.environment ?? "",
        by: actionsBot,
        at,
      });
      await noteJobCheck(hub, repository.name, { run, job });
      // Nobody is asked any more to open what does not wait.
      if (job.gate !== null && repository.deployments.find(({ id }) => id === job.gate)?.state === "waiting")
        await hub.forge.act("update-deployment", {
          by: actionsBot,
          repository: repository.name,
          deployment: job.gate,
        });
    },
  };
}
