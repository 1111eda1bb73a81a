import { type Deployment, isAmong, type View } from "../../real/forge/index.ts";
import { type Answer, invalid, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk, route } from "../ask.ts";
import { optionalText, text } from "../body.ts";
import { environmentKept } from "../environments.ts";
import type { KeptArtifact, KeptRun } from "../kept.ts";
import { workflowAt } from "../runs.ts";
import { account, nodeId, time } from "../shapes/people.ts";
import { artifactObject, jobObject, runObject, workflowObject } from "../shapes/run.ts";
import { deploymentObject } from "./deployments.ts";
import { reviewerObjects } from "./environments.ts";

const reads = { actions: "read" } as const;
const writes = { actions: "write" } as const;

/** Workflows, their runs, what these keep, and who opened what they waited for. */
export const runRoutes = [
  onRepository("GET /actions/workflows", reads, async (ask) => {
    const paths = await workflowPaths(ask);
    return list(
      paths.map((path) => workflowObject(ask, workflowAt(ask.hub, ask.repository.name, path))),
      "workflows",
    );
  }),
  onRepository("GET /actions/workflows/{workflow_id}", reads, async (ask) => {
    const path = await workflowPath(ask);
    return ok(workflowObject(ask, workflowAt(ask.hub, ask.repository.name, path)));
  }),
  onRepository("GET /actions/workflows/{workflow_id}/runs", reads, async (ask) => {
    const path = await workflowPath(ask);
    const found = wantedRuns(ask).filter(({ workflow }) => workflow.path === path);
    return list(await Promise.all(found.map((run) => runObject(ask, run))), "workflow_runs");
  }),
  onRepository("GET /actions/runs", reads, async (ask) =>
    list(await Promise.all(wantedRuns(ask).map((run) => runObject(ask, run))), "workflow_runs"),
  ),
  onRepository("GET /actions/runs/{run_id}", reads, async (ask) => ok(await runObject(ask, runIn(ask)))),
  onRepository("DELETE /actions/runs/{run_id}", writes, (ask) => {
    ask.needRole("write");
    const { kept } = ask;
    const run = runIn(ask);
    if (run.status !== "completed") throw new Refusal(403, "This workflow run is still going, and cannot be deleted");
    kept.runs.splice(kept.runs.indexOf(run), 1);
    for (const artifact of kept.artifacts) if (artifact.run === run.id) artifact.zip = null;
    return noContent;
  }),
  onRepository("GET /actions/runs/{run_id}/attempts/{attempt_number}", reads, async (ask) => {
    if (Number(ask.params.attempt_number) > runIn(ask).attempt) throw notFound();
    return ok(await runObject(ask, runIn(ask)));
  }),
  onRepository("GET /actions/runs/{run_id}/jobs", reads, (ask) => {
    const run = runIn(ask);
    const all = ask.query.get("filter") === "all";
    const jobs = run.jobs.filter(({ attempt }) => all || attempt === run.attempt);
    return list(
      jobs.map((job) => jobObject(ask, run, job)),
      "jobs",
    );
  }),
  onRepository("GET /actions/jobs/{job_id}", reads, (ask) => {
    for (const run of ask.kept.runs) {
      const job = run.jobs.find(({ id }) => String(id) === ask.params.job_id);
      if (job !== undefined) return ok(jobObject(ask, run, job));
    }
    throw notFound();
  }),
  onRepository("POST /actions/runs/{run_id}/cancel", writes, (ask) => {
    ask.needRole("write");
    const run = runIn(ask);
    if (run.status === "completed") throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
    if (ask.hub.cancelRun(ask.repository.name, run.id)) return { status: 202, body: {} };
    const at = ask.hub.clock.now();
    Object.assign(run, { status: "completed", conclusion: "cancelled", updatedAt: at });
    for (const job of run.jobs) {
      if (job.status !== "completed")
        Object.assign(job, { status: "completed", conclusion: "cancelled", completedAt: at });
    }
    return { status: 202, body: {} };
  }),
  onRepository("POST /actions/runs/{run_id}/approve", writes, (ask) => {
    ask.needRole("write");
    const run = runIn(ask);
    if (run.conclusion !== "action_required") throw new Refusal(403, "This run is not waiting for approval");
    // No workflow lets another one start.
    if (ask.who.kind === "job") throw new Refusal(403, "Resource not accessible by integration");
    Object.assign(run, { status: "queued", conclusion: null, updatedAt: ask.hub.clock.now() });
    ask.hub.approveRun(ask.repository.name, run.id);
    return { status: 201, body: {} };
  }),
  onRepository("POST /actions/runs/{run_id}/rerun", writes, (ask) => runAgain(ask, false)),
  onRepository("POST /actions/runs/{run_id}/rerun-failed-jobs", writes, (ask) => runAgain(ask, true)),
  onRepository("GET /actions/runs/{run_id}/approvals", reads, (ask) => list(approvals(ask))),
  onRepository("GET /actions/runs/{run_id}/pending_deployments", reads, (ask) => {
    const names = [...new Set(waiting(ask).map(({ environment }) => environment))];
    return ok(names.map((name) => pendingObject(ask, name)));
  }),
  onRepository("POST /actions/runs/{run_id}/pending_deployments", { deployments: "write" }, (ask) => answerGates(ask)),
  onRepository("GET /actions/artifacts", reads, (ask) => list(namedArtifacts(ask, ask.kept.artifacts), "artifacts")),
  onRepository("GET /actions/runs/{run_id}/artifacts", reads, (ask) => {
    const { id } = runIn(ask);
    return list(
      namedArtifacts(
        ask,
        ask.kept.artifacts.filter(({ run }) => run === id),
      ),
      "artifacts",
    );
  }),
  onRepository("GET /actions/artifacts/{artifact_id}", reads, (ask) => ok(artifactObject(ask, artifactIn(ask)))),
  onRepository("DELETE /actions/artifacts/{artifact_id}", writes, (ask) => {
    ask.needRole("write");
    artifactIn(ask).zip = null;
    return noContent;
  }),
  onRepository("GET /actions/artifacts/{artifact_id}/{archive_format}", reads, (ask): Answer => {
    if (ask.params.archive_format !== "zip") throw new Refusal(415, "Unsupported archive format");
    if (ask.who.kind === "nobody") throw new Refusal(401, "Requires authentication");
    const found = artifactIn(ask);
    if (found.expiresAt <= ask.hub.clock.now()) throw new Refusal(410, "Artifact has expired");
    const location = `${ask.site.web}/_blobs/${found.id}?sig=${found.digest.slice("sha256:".length)}`;
    return { status: 302, headers: { location } };
  }),
  // Where the archive lies: whoever knows the address reads it.
  route("GET /_blobs/{artifact_id}", "nothing", ({ hub, params, query }): Answer => {
    for (const { name } of hub.forge.state.repositories) {
      const found = hub.kept(name).artifacts.find(({ id }) => String(id) === params.artifact_id);
      if (found?.zip != null && `sha256:${query.get("sig")}` === found.digest)
        return { status: 200, bytes: found.zip, headers: { "content-type": "application/zip" } };
    }
    throw notFound();
  }),
];

async function workflowPaths({ look, repository }: RepositoryAsk): Promise<readonly string[]> {
  return look(async ({ refs, network }) => {
    const tip = refs.get(`refs/heads/${repository.defaultBranch}`);
    const paths = tip === undefined ? [] : await network.paths(tip);
    return paths.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  });
}

/** The workflow that a number or a file's name stands for; it has to be on the default branch. */
export async function workflowPath(ask: RepositoryAsk): Promise<string> {
  const { workflow_id: named = "" } = ask.params;
  const numbered = ask.kept.workflows.find(({ id }) => String(id) === named)?.path;
  const path = numbered ?? `.github/workflows/${named.replace(/^\.github\/workflows\//, "")}`;
  if (!(await workflowPaths(ask)).includes(path)) throw notFound();
  return path;
}

function runIn({ kept, params }: RepositoryAsk): KeptRun {
  const found = kept.runs.find(({ id }) => String(id) === params.run_id);
  if (found === undefined) throw notFound();
  return found;
}

/** A month after it began a run is over for good. */
const longestAgain = 30 * 24 * 3600 * 1000;

/** The same run on the same commit, once more: who approved its first attempt has not approved this one. */
function runAgain(ask: RepositoryAsk, failedOnly: boolean): Answer {
  const { hub, who, repository } = ask;
  ask.needRole("write");
  const run = runIn(ask);
  const now = hub.clock.now();
  if (run.status !== "completed") throw new Refusal(403, "This workflow run is already running");
  if (now - run.createdAt > longestAgain)
    throw new Refusal(403, "Unable to retry this workflow run because it was created over a month ago");
  const last = run.jobs.filter((job) => job.attempt === run.attempt);
  if (failedOnly && last.every(({ conclusion }) => conclusion === "success"))
    throw new Refusal(403, "This workflow run cannot be retried: it has no failed jobs");
  const attempt = run.attempt + 1;
  Object.assign(run, { attempt, triggeredBy: who.login, status: "queued", conclusion: null, updatedAt: now });
  hub.runAgain(repository.name, run.id, failedOnly);
  return { status: 201, body: {} };
}

function wantedRuns({ kept, query }: RepositoryAsk): readonly KeptRun[] {
  const is = (name: string, value: string | null) => query.get(name) === null || query.get(name) === value;
  const found = kept.runs.filter(
    (run) =>
      is("event", run.event) &&
      is("actor", run.by) &&
      is("head_sha", run.head) &&
      is("branch", run.ref.replace(/^refs\/(heads|tags)\//, "")) &&
      (is("status", run.status) || is("status", run.conclusion)),
  );
  return found.toReversed();
}

function gatesOf(ask: RepositoryAsk): readonly View<Deployment>[] {
  const asked = new Set(runIn(ask).jobs.map(({ gate }) => gate));
  return ask.repository.deployments.filter(({ id }) => asked.has(id));
}

function waiting(ask: RepositoryAsk): readonly View<Deployment>[] {
  return gatesOf(ask).filter(({ state }) => state === "waiting");
}

/** Who answered, for which environments; when is not told. */
function approvals(ask: RepositoryAsk): readonly unknown[] {
  return gatesOf(ask).flatMap(({ environment, reviews }) =>
    reviews.map(({ says, by, comment }) => ({
      state: says,
      comment,
      user: account(ask.site, by),
      environments: [environmentShort(ask, environment)],
    })),
  );
}

function environmentShort({ hub, repository, site }: RepositoryAsk, name: string) {
  const kept = environmentKept(hub, repository, name);
  return {
    id: kept.id,
    node_id: nodeId("EN", kept.id),
    name,
    url: `${site.api}/repos/${repository.name}/environments/${encodeURIComponent(name)}`,
    html_url: `${site.web}/${repository.name}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: time(kept.createdAt),
    updated_at: time(kept.updatedAt),
  };
}

function pendingObject(ask: RepositoryAsk, name: string) {
  const { repository, hub, who } = ask;
  const { created_at, updated_at, ...environment } = environmentShort(ask, name);
  const reviewers = repository.environments.find((one) => one.name === name)?.reviewers ?? [];
  return {
    environment,
    wait_timer: environmentKept(hub, repository, name).waitTimer,
    wait_timer_started_at: null,
    current_user_can_approve: isAmong(hub.forge.state, who.login, reviewers),
    reviewers: reviewerObjects(ask, reviewers),
  };
}

async function answerGates(ask: RepositoryAsk): Promise<Answer> {
  const { body, repository, hub } = ask;
  const says = text(body, "state");
  if (says !== "approved" && says !== "rejected") throw invalid("Deployment", "state");
  const ids = body.environment_ids;
  if (!Array.isArray(ids)) throw invalid("Deployment", "environment_ids");
  const comment = optionalText(body, "comment") ?? "";
  const named = repository.environments.filter(({ name }) => ids.includes(environmentKept(hub, repository, name).id));
  const asked = waiting(ask).filter(({ environment }) => named.some(({ name }) => name === environment));
  if (named.length === 0 || asked.length === 0)
    throw new Refusal(422, "There are no pending deployment requests to approve or reject");
  for (const { name: environment } of named) {
    const deployments = asked.filter((one) => one.environment === environment).map(({ id }) => id);
    if (deployments.length > 0) await ask.act("gate", { environment, says, comment, deployments });
  }
  const run = runIn(ask);
  const opened = new Set<number | null>(asked.map(({ id }) => id));
  const jobs = run.jobs.filter(({ gate }) => opened.has(gate));
  if (says === "rejected") {
    for (const job of jobs)
      Object.assign(job, { status: "completed", conclusion: "failure", completedAt: hub.clock.now() });
  }
  return ok(jobs.flatMap(({ deployment }) => (deployment === null ? [] : [deploymentObject(ask, deployment)])));
}

function artifactIn({ kept, params }: RepositoryAsk): KeptArtifact {
  const found = kept.artifacts.find(({ id }) => String(id) === params.artifact_id);
  if (found?.zip == null) throw notFound();
  return found;
}

/** The newest first; those that were deleted are not there, and those that expired are. */
function namedArtifacts(ask: RepositoryAsk, all: readonly KeptArtifact[]): readonly unknown[] {
  const name = ask.query.get("name");
  const found = all.filter((artifact) => artifact.zip !== null && (name === null || artifact.name === name));
  return found.toReversed().map((artifact) => artifactObject(ask, artifact));
}
