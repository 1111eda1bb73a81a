import type { Permissions, WorkflowRun } from "../../src/worlds/github/index.ts";
import { resolveCall } from "./called.ts";
import { type Cause, githubContext } from "./contexts.ts";
import { BadExpression, evaluate, evaluateText, holds, type Situation } from "./evaluate.ts";
import type { Conclusion, Host, Open, RanJob, RanRun } from "./host.ts";
import { callInputs } from "./inputs.ts";
import { playJob } from "./job.ts";
import { type Combination, combinationsOf, suffixOf } from "./matrix.ts";
import { byDefault, forFork, permissionsOf } from "./permissions.ts";
import { environmentSecrets, repositorySecrets, type Secrets, variablesOf } from "./secrets.ts";
import { openSlots } from "./slots.ts";
import { type JobWritten, UnknownToRunner, type Workflow, type Written } from "./workflow.ts";

/** A run that goes on. */
export interface Play {
  readonly host: Host;
  readonly run: WorkflowRun;
  readonly ran: Open<RanRun> & { jobs: Open<RanJob>[] };
  readonly cause: Cause;
  readonly workflow: Workflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What jobs came to in an attempt before, and keep in this one. */
  readonly kept: ReadonlyMap<string, Outcome>;
  /** What the top workflow's jobs came to. */
  readonly outcomes: Map<string, Outcome>;
  /** Ends what goes on; what says that it goes on all the same does. */
  readonly stop: AbortController;
}

/** What a job came to, as others that need it see it. */
export interface Outcome {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The jobs of one workflow within a run: the one that was started, or one that a job calls. */
interface Graph {
  readonly play: Play;
  readonly workflow: Workflow;
  /** What stands before keys and names of its jobs. */
  readonly prefix: { readonly id: string; readonly name: string };
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: (environment: string | null) => Secrets;
  /** What a job has that says nothing, and what none has more than. */
  readonly ceiling: Permissions;
  readonly workflowRef: string | null;
  readonly outcomes: Map<string, Outcome>;
  /** Ends what its caller's end ends. */
  readonly cancel: AbortSignal;
}

/** Plays all jobs to their end; what a gate holds waits until somebody opens it or ends the run. */
export async function playRun(play: Play): Promise<Conclusion> {
  const { host, workflow, cause } = play;
  const { settings } = host.about.github.kept(host.about.repository);
  const ceiling = byDefault(settings.tokenDefault);
  const secrets = (environment: string | null): Secrets => {
    if (cause.fork) return {};
    return {
      ...repositorySecrets(host.about),
      ...(environment === null ? {} : environmentSecrets(host.about, environment)),
    };
  };
  const graph: Graph = {
    play,
    workflow,
    prefix: { id: "", name: "" },
    inputs: play.inputs,
    secrets,
    ceiling,
    workflowRef: null,
    outcomes: play.outcomes,
    cancel: play.stop.signal,
  };
  return conclusionOf(await playGraph(graph));
}

function conclusionOf(outcomes: readonly Outcome[]): Conclusion {
  const results = outcomes.map(({ result }) => result);
  for (const one of ["failure", "cancelled"] as const) if (results.includes(one)) return one;
  return results.every((result) => result === "skipped") && results.length > 0 ? "skipped" : "success";
}

async function playGraph(graph: Graph): Promise<readonly Outcome[]> {
  const started = new Map<string, Promise<Outcome>>();
  const start = (id: string): Promise<Outcome> => {
    const known = started.get(id);
    if (known !== undefined) return known;
    const job = graph.workflow.jobs.get(id);
    if (job === undefined) throw new UnknownToRunner(`${graph.workflow.path} has no job ${id}`);
    const playing = Promise.all(job.needs.map(start)).then(async () => {
      const outcome = graph.play.kept.get(`${graph.prefix.id}${id}`) ?? (await playNode(graph, job));
      graph.outcomes.set(id, outcome);
      return outcome;
    });
    started.set(id, playing);
    return playing;
  };
  return Promise.all([...graph.workflow.jobs.keys()].map(start));
}

/** Everything that it needs, and what that needs: a word about the status is about all of them. */
function ancestorsOf(graph: Graph, { needs }: JobWritten): readonly Outcome[] {
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    for (const other of graph.workflow.jobs.get(id)?.needs ?? []) visit(other);
  };
  for (const id of needs) visit(id);
  return [...found].flatMap((id) => graph.outcomes.get(id) ?? []);
}

function situationOf(graph: Graph, job: JobWritten, more: Readonly<Record<string, unknown>> = {}): Situation {
  const { play, inputs, outcomes, cancel } = graph;
  const { host, run, cause } = play;
  const around = { github: host.about.github, repository: host.about.repository, kept: run.kept, cause };
  const results = ancestorsOf(graph, job).map(({ result }) => result);
  const cancelled = cancel.aborted || play.stop.signal.aborted;
  return {
    contexts: {
      github: githubContext(around),
      needs: Object.fromEntries(job.needs.map((id) => [id, outcomes.get(id) ?? {}])),
      vars: variablesOf(host.about, null),
      inputs,
      ...more,
    },
    status: {
      success: !cancelled && results.every((result) => result === "success"),
      failure: results.includes("failure"),
      cancelled,
    },
  };
}

/** A job with all that its matrix makes of it. */
async function playNode(graph: Graph, job: JobWritten): Promise<Outcome> {
  try {
    if (!holds(job.if, situationOf(graph, job))) return await passBy(graph, job, "skipped");
    const combinations = matrixOf(graph, job);
    const failFast = evaluate(job.strategy.failFast, situationOf(graph, job)) !== false;
    const most = Number(evaluate(job.strategy.maxParallel, situationOf(graph, job)) ?? combinations.length);
    const lanes = openSlots(most);
    const others = new AbortController();
    const outcomes = await Promise.all(
      combinations.map(async (matrix, index) => {
        const giveBack = await lanes.take();
        try {
          const strategy = {
            "fail-fast": failFast,
            "job-index": index,
            "job-total": combinations.length,
            "max-parallel": most,
          };
          const outcome = await playOne(graph, job, { matrix, strategy, others: others.signal });
          if (outcome.result === "failure" && failFast) others.abort();
          return outcome;
        } finally {
          giveBack();
        }
      }),
    );
    const outputs = Object.assign({}, ...outcomes.map((one) => one.outputs)) as Outcome["outputs"];
    return { result: conclusionOf(outcomes), outputs };
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    return await passBy(graph, job, "failure", error.message);
  }
}

function matrixOf(graph: Graph, job: JobWritten): readonly (Combination | null)[] {
  const { matrix } = job.strategy;
  return matrix === null ? [null] : combinationsOf(evaluate(matrix, situationOf(graph, job)));
}

/** Told, and not started. */
async function passBy(
  graph: Graph,
  job: JobWritten,
  conclusion: "skipped" | "cancelled" | "failure",
  why = "",
): Promise<Outcome> {
  const ran = noteJob(graph, job, null, graph.prefix.name + (job.name ?? job.id));
  Object.assign(ran, { state: "done", conclusion, log: why === "" ? "" : `##[error]${why}\n` });
  await graph.play.run.skip(ran.name, conclusion);
  return { result: conclusion, outputs: {} };
}

function noteJob(graph: Graph, job: JobWritten, matrix: Combination | null, name: string): Open<RanJob> {
  const ran: Open<RanJob> = {
    id: graph.prefix.id + job.id,
    name,
    matrix,
    state: "queued",
    conclusion: null,
    environment: null,
    outputs: {},
    log: "",
    summary: "",
    steps: [],
  };
  graph.play.ran.jobs.push(ran);
  return ran;
}

interface One {
  readonly matrix: Combination | null;
  readonly strategy: Readonly<Record<string, unknown>>;
  /** Ended when another of its matrix fails. */
  readonly others: AbortSignal;
}

const longestName = 100;

function nameOf(graph: Graph, job: JobWritten, { matrix, strategy }: One): string {
  const situation = situationOf(graph, job, { matrix, strategy });
  const named = job.name === null ? job.id : evaluateText(job.name, situation);
  const isTemplate = job.name?.includes("$" + "{{") === true;
  const whole = isTemplate || matrix === null ? named : named + suffixOf(matrix);
  return graph.prefix.name + (whole.length > longestName ? `${whole.slice(0, longestName - 3)}...` : whole);
}

async function playOne(graph: Graph, job: JobWritten, one: One): Promise<Outcome> {
  const name = nameOf(graph, job, one);
  const more = { matrix: one.matrix, strategy: one.strategy };
  const situation = situationOf(graph, job, more);
  const stop = new AbortController();
  const end = () => {
    // A job whose own condition still holds goes on when its run is ended.
    if (one.others.aborted || !holds(job.if, situationOf(graph, job, more))) stop.abort();
    graph.play.host.changed.tell();
  };
  for (const signal of [graph.cancel, one.others]) {
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  }
  const group = groupOf(job.concurrency, situation);
  const holder = {
    cancel() {
      stop.abort();
      graph.play.host.changed.tell();
    },
  };
  try {
    if (group !== null && !(await graph.play.host.groups.enter(group.name, holder, group.cancels)))
      return await passBy(graph, job, "cancelled");
    if (job.call !== null) return await playCall(graph, job, { name, situation, cancel: stop.signal });
    return await playSteps(graph, job, { name, situation, matrix: one.matrix, cancel: stop.signal });
  } finally {
    if (group !== null) graph.play.host.groups.leave(group.name, holder);
    for (const signal of [graph.cancel, one.others]) signal.removeEventListener("abort", end);
  }
}

/** A group that something runs in alone; null where it says none. */
export function groupOf(
  written: Written,
  situation: Situation,
): { readonly name: string; readonly cancels: boolean } | null {
  if (written === null) return null;
  const said = evaluate(written, situation);
  if (typeof said === "string") return said === "" ? null : { name: said, cancels: false };
  const { group, "cancel-in-progress": cancels = false, ...rest } = said as Readonly<Record<string, unknown>>;
  if (Object.keys(rest).length > 0) throw new UnknownToRunner(`concurrency: ${Object.keys(rest).join(", ")}`);
  return { name: String(group), cancels: cancels === true || cancels === "true" };
}

interface Starting {
  readonly name: string;
  readonly situation: Situation;
  readonly cancel: AbortSignal;
}

/** Calls a workflow: its jobs are this run's, behind the name of the job that calls. */
async function playCall(graph: Graph, job: JobWritten, { name, situation, cancel }: Starting): Promise<Outcome> {
  const { play } = graph;
  const { call } = job;
  if (call === null) throw new UnknownToRunner(`${job.id} calls nothing`);
  const called = await resolveCall(play.host.about, graph.workflow, {
    uses: call.uses,
    kept: play.run.kept,
    from: graph.workflowRef,
  });
  const passed = call.secrets === "inherit" ? null : call.secrets;
  const own = graph.secrets(null);
  const told = passed === null ? own : secretsOf(passed, { contexts: { ...situation.contexts, secrets: own } });
  const secrets = (environment: string | null): Secrets => {
    if (environment === null || play.cause.fork) return told;
    const there = environmentSecrets(play.host.about, environment);
    // A workflow that is called is told of an environment's secrets those that its caller names.
    const names = Object.keys(there).filter((one) => passed === null || one in told);
    return { ...told, ...Object.fromEntries(names.map((one) => [one, there[one] ?? ""])) };
  };
  const within: Graph = {
    play,
    workflow: called.workflow,
    prefix: { id: `${graph.prefix.id}${job.id}/`, name: `${name} / ` },
    inputs: callInputs(
      called.workflow,
      job.id,
      evaluate(call.with as Written, situation) as Readonly<Record<string, unknown>>,
    ),
    secrets,
    ceiling: permissionsOf(job, graph.workflow, graph.ceiling),
    workflowRef: called.ref,
    outcomes: new Map(),
    cancel,
  };
  const result = conclusionOf(await playGraph(within));
  const outputs = called.workflow.on.get("workflow_call")?.outputs ?? new Map<string, string>();
  const { github, vars } = situation.contexts;
  const jobs = Object.fromEntries(within.outcomes);
  const seen: Situation = { contexts: { github, vars, inputs: within.inputs, jobs } };
  const values = [...outputs].map(([key, value]) => [key, evaluateText(value, seen)] as const);
  return { result, outputs: Object.fromEntries(values.filter(([, value]) => value !== "")) };
}

function secretsOf(passed: Readonly<Record<string, string>>, situation: Situation): Secrets {
  return Object.fromEntries(
    Object.entries(passed).map(([name, value]) => [name.toUpperCase(), evaluateText(value, situation)]),
  );
}

async function playSteps(
  graph: Graph,
  job: JobWritten,
  { name, situation, matrix, cancel }: Starting & { readonly matrix: Combination | null },
): Promise<Outcome> {
  const { play } = graph;
  const { host, run, cause } = play;
  const environment = environmentOf(job, situation);
  const ran = noteJob(graph, job, matrix, name);
  ran.environment = environment;
  if (cancel.aborted) {
    Object.assign(ran, { state: "done", conclusion: "cancelled" });
    await run.skip(name, "cancelled");
    return { result: "cancelled", outputs: {} };
  }
  const asked = permissionsOf(job, graph.workflow, graph.ceiling);
  const conclusion = await playJob({
    host,
    run,
    ranRun: play.ran,
    ran,
    workflow: graph.workflow,
    job,
    about: {
      permissions: cause.fork ? forFork(asked) : asked,
      ...(environment === null ? {} : { environment }),
      ...(graph.workflowRef === null ? {} : { workflowRef: graph.workflowRef }),
    },
    contexts: situation.contexts,
    payload: cause.payload,
    secrets: () => graph.secrets(environment),
    variables: () => variablesOf(host.about, environment),
    cancel,
  });
  const tolerated = conclusion === "failure" && evaluateText(job.continueOnError, situation) === "true";
  return { result: tolerated ? "success" : conclusion, outputs: ran.outputs };
}

function environmentOf({ environment }: JobWritten, situation: Situation): string | null {
  if (environment === null) return null;
  if (typeof environment === "string") return evaluateText(environment, situation) || null;
  const { name, url, ...rest } = environment as Readonly<Record<string, Written>>;
  if (Object.keys(rest).length > 0) throw new UnknownToRunner(`environment: ${Object.keys(rest).join(", ")}`);
  void url;
  return evaluateText(name ?? "", situation) || null;
}
