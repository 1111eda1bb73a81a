import { resolveCall } from "./called.ts";
import { alone } from "./concurrency.ts";
import { BadExpression, UnknownToRunner } from "./errors.ts";
import { evaluate, evaluateText, holds, type Situation } from "./evaluate.ts";
import {
  conclusionOf,
  type Graph,
  groupOf,
  nameOf,
  noteJob,
  type One,
  type Outcome,
  type Play,
  situationOf,
} from "./graph.ts";
import type { Conclusion } from "./host.ts";
import { callInputs } from "./inputs.ts";
import { playJob } from "./job.ts";
import { type Combination, combinationsOf } from "./matrix.ts";
import { byDefault, forFork, permissionsOf } from "./permissions.ts";
import { environmentSecrets, repositorySecrets, type Secrets, variablesOf } from "./secrets.ts";
import { openSlots } from "./slots.ts";
import type { JobWritten, Written } from "./workflow.ts";

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

async function playOne(graph: Graph, job: JobWritten, one: One): Promise<Outcome> {
  const name = nameOf(graph, job, one);
  const more = { matrix: one.matrix, strategy: one.strategy };
  const situation = situationOf(graph, job, more);
  const stop = new AbortController();
  const end = () => {
    // A job whose own condition still holds goes on when its run is ended.
    if (one.others.aborted || !holds(job.if, situationOf(graph, job, more))) stop.abort();
  };
  for (const signal of [graph.cancel, one.others]) {
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  }
  const starting = { name, situation, matrix: one.matrix, cancel: stop.signal };
  const play = () => (job.call === null ? playSteps(graph, job, starting) : playCall(graph, job, starting));
  const group = groupOf(job.concurrency, situation);
  const { host, holders } = graph.play;
  try {
    if (group === null) return await play();
    const outcome = await alone(host.groups, { ...group, stop, holders }, play);
    return outcome ?? (await passBy(graph, job, "cancelled"));
  } finally {
    for (const signal of [graph.cancel, one.others]) signal.removeEventListener("abort", end);
  }
}

interface Starting {
  readonly name: string;
  readonly situation: Situation;
  readonly matrix: Combination | null;
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
  { name, situation, matrix, cancel }: Starting,
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
