/** What GitHub shows in the browser, as text. */
import type { Asking } from "./asking.ts";

interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly merged: boolean;
  readonly mergeable_state: string;
  readonly user: { readonly login: string };
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
}

interface Said {
  readonly user: { readonly login: string };
  readonly body: string;
  readonly state?: string;
}

interface Run {
  readonly id: number;
  readonly path: string;
  readonly event: string;
  readonly head_branch: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly run_attempt: number;
}

export async function tellPullRequest(ask: Asking, number: string): Promise<string> {
  const change = (await ask.rest("GET", `pulls/${number}`)) as PullRequest;
  const reviews = (await ask.rest("GET", `pulls/${number}/reviews?per_page=100`)) as readonly Said[];
  const comments = (await ask.rest("GET", `issues/${number}/comments?per_page=100`)) as readonly Said[];
  return [
    `#${change.number} ${change.title}`,
    `${change.user.login}: ${change.head.ref} → ${change.base.ref}, ${change.merged ? "merged" : `${change.state}, ${change.mergeable_state}`}`,
    await tellChecks(ask, number),
    ...reviews.map((one) => `${one.user.login} says ${(one.state ?? "").toLowerCase()}${one.body && `: ${one.body}`}`),
    ...comments.map((one) => `\n--- ${one.user.login}\n${one.body}`),
  ].join("\n");
}

export async function tellChecks(ask: Asking, number: string): Promise<string> {
  const { head } = (await ask.rest("GET", `pulls/${number}`)) as PullRequest;
  type Check = { readonly name: string; readonly status: string; readonly conclusion: string | null };
  const told = (await ask.rest("GET", `commits/${head.sha}/check-runs?per_page=100`)) as {
    readonly check_runs: readonly Check[];
  };
  const lines = told.check_runs.map(({ name, status, conclusion }) => `  ${(conclusion ?? status).padEnd(12)} ${name}`);
  return lines.length === 0 ? "no checks" : `checks of ${head.sha.slice(0, 12)}:\n${lines.join("\n")}`;
}

function lineOf(run: Run): string {
  const attempt = run.run_attempt > 1 ? `, attempt ${run.run_attempt}` : "";
  const file = run.path.replace(/@.*/, "").split("/").at(-1) ?? "";
  return `${run.id}  ${(run.conclusion ?? run.status).padEnd(12)} ${file}  ${run.event} ${run.head_branch}${attempt}`;
}

export async function tellRuns(ask: Asking): Promise<string> {
  const { workflow_runs: runs } = (await ask.rest("GET", "actions/runs?per_page=50")) as {
    readonly workflow_runs: readonly Run[];
  };
  return runs.length === 0 ? "nothing ran yet" : runs.toReversed().map(lineOf).join("\n");
}

/** What the runners alone know of a run: GitHub's browser shows it. */
export interface RunText {
  /** Why it could not start. */
  readonly failure: string | null;
  readonly jobs: readonly JobText[];
}

interface JobText {
  readonly name: string;
  readonly log: string;
  readonly summary: string;
  /** Steps that failed. */
  readonly failed: readonly { readonly name: string; readonly log: string }[];
}

/** A run with its jobs: what they told, and where one failed, its last words; `log`: every word. */
export async function tellRun(ask: Asking, id: string, log: boolean): Promise<string> {
  const run = (await ask.rest("GET", `actions/runs/${id}`)) as Run;
  type Job = { readonly name: string; readonly status: string; readonly conclusion: string | null };
  const { jobs } = (await ask.rest("GET", `actions/runs/${id}/jobs?per_page=100`)) as { readonly jobs: readonly Job[] };
  type Pending = readonly { readonly environment: { readonly name: string } }[];
  const pending = (await ask.rest("GET", `actions/runs/${id}/pending_deployments`)) as Pending;
  const told = (await ask.beside(`/runs/${id}`)) as RunText;
  return [
    lineOf(run),
    ...(told.failure === null ? [] : [told.failure]),
    ...jobs.map(({ name, status, conclusion }) => `  ${(conclusion ?? status).padEnd(12)} ${name}`),
    ...pending.map(({ environment }) => `waits for an answer at ${environment.name}`),
    ...told.jobs.flatMap((job) => (log ? [`\n--- ${job.name}\n${job.log}`] : inShort(job))),
  ].join("\n");
}

const lastLines = 20;

function inShort({ name, summary, failed }: JobText): readonly string[] {
  const last = failed.map(
    (step) => `\n--- ${name}: ${step.name}\n${step.log.trimEnd().split("\n").slice(-lastLines).join("\n")}`,
  );
  return [...(summary === "" ? [] : [`\n--- ${name}\n${summary}`]), ...last];
}
