import type { Permissions, WorkflowRun } from "../../src/worlds/github/index.ts";
import type { Holder } from "./concurrency.ts";
import { type Cause, githubContext } from "./contexts.ts";
import { UnknownToRunner } from "./errors.ts";
import { evaluate, evaluateText, type Situation } from "./evaluate.ts";
import type { Conclusion, Host, Open, RanJob, RanRun } from "./host.ts";
import { type Combination, suffixOf } from "./matrix.ts";
import { type Secrets, variablesOf } from "./secrets.ts";
import type { JobWritten, Workflow, Written } from "./workflow.ts";

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
  /** What of it is in a group, or waits for one. */
  readonly holders: Set<Holder>;
}

/** What a job came to, as others that need it see it. */
export interface Outcome {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The jobs of one workflow within a run: the one that was started, or one that a job calls. */
export interface Graph {
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

export function conclusionOf(outcomes: readonly Outcome[]): Conclusion {
  const results = outcomes.map(({ result }) => result);
  for (const one of ["failure", "cancelled"] as const) if (results.includes(one)) return one;
  return results.every((result) => result === "skipped") && results.length > 0 ? "skipped" : "success";
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

export function situationOf(graph: Graph, job: JobWritten, more: Readonly<Record<string, unknown>> = {}): Situation {
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

export function noteJob(graph: Graph, job: JobWritten, matrix: Combination | null, name: string): Open<RanJob> {
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

export interface One {
  readonly matrix: Combination | null;
  readonly strategy: Readonly<Record<string, unknown>>;
  /** Ended when another of its matrix fails. */
  readonly others: AbortSignal;
}

const longestName = 100;

export function nameOf(graph: Graph, job: JobWritten, { matrix, strategy }: One): string {
  const situation = situationOf(graph, job, { matrix, strategy });
  const named = job.name === null ? job.id : evaluateText(job.name, situation);
  const isTemplate = job.name?.includes("$" + "{{") === true;
  const whole = isTemplate || matrix === null ? named : named + suffixOf(matrix);
  return graph.prefix.name + (whole.length > longestName ? `${whole.slice(0, longestName - 3)}...` : whole);
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
