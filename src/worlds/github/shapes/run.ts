import type { RepositoryAsk } from "../ask.ts";
import type { KeptArtifact, KeptJob, KeptRun, KeptWorkflow } from "../kept.ts";
import { withoutLastBreak } from "./commit.ts";
import { account, nodeId, time } from "./people.ts";
import { minimalRepository, repositoryId, repositoryUrl } from "./repository.ts";

export function workflowObject({ site, repository }: RepositoryAsk, { id, path }: KeptWorkflow) {
  const api = repositoryUrl(site, repository);
  const file = path.split("/").at(-1) ?? "";
  return {
    id,
    node_id: nodeId("W", id),
    name: file.replace(/\.ya?ml$/, ""),
    path,
    state: "active",
    created_at: time(0),
    updated_at: time(0),
    url: `${api}/actions/workflows/${id}`,
    html_url: `${site.web}/${repository.name}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${site.web}/${repository.name}/workflows/${file}/badge.svg`,
  };
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

/** The pull request that a run is about: by its ref, and once it was merged, by its head. */
export function changeOf({ pullRequests }: RepositoryAsk["repository"], { ref, event, head }: KeptRun) {
  const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  if (number !== undefined) return pullRequests.find((one) => String(one.number) === number);
  return event.startsWith("pull_request") ? pullRequests.findLast(({ headCommit }) => headCommit === head) : undefined;
}

/** The branch whose commit a run is about, and the repository that has it: a pull request's own, which may be a fork. */
function headOf({ site, repository }: Pick<RepositoryAsk, "site" | "repository">, run: KeptRun) {
  const head = changeOf(repository, run)?.head;
  const { repositories } = site.hub.forge.state;
  return {
    branch: head?.branch ?? shortRef(run.ref),
    repository: head === undefined ? repository : (repositories.find(({ name }) => name === head.repository) ?? null),
  };
}

export async function runObject(ask: RepositoryAsk, run: KeptRun) {
  const { site, repository } = ask;
  const api = repositoryUrl(site, repository);
  const url = `${api}/actions/runs/${run.id}`;
  const commit = await ask.look(({ network }) => network.commit(run.commit));
  const suite = run.id + 500_000_000;
  const change = changeOf(repository, run);
  const head = headOf(ask, run);
  // GitHub names none that comes from a fork.
  const changes = change === undefined || change.head.repository !== repository.name ? [] : [change];
  const repo = { id: repositoryId(site, repository.name), url: api, name: repository.name.split("/")[1] ?? "" };
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WFR", run.id),
    head_branch: head.branch,
    head_sha: run.head,
    path: `${run.workflow.path}@${run.ref}`.replace(/@refs\/heads\/.*$/, ""),
    display_title: run.title,
    run_number: run.number,
    run_attempt: run.attempt,
    referenced_workflows: [],
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    check_suite_id: suite,
    check_suite_node_id: nodeId("CS", suite),
    url,
    html_url: `${site.web}/${repository.name}/actions/runs/${run.id}`,
    pull_requests: changes.map((one) => ({
      id: one.number,
      number: one.number,
      url: `${api}/pulls/${one.number}`,
      head: { ref: one.head.branch, sha: one.headCommit, repo },
      base: { ref: one.base, sha: one.headCommit, repo },
    })),
    created_at: time(run.createdAt),
    updated_at: time(run.updatedAt),
    run_started_at: time(run.createdAt),
    actor: account(site, run.by),
    triggering_actor: account(site, run.triggeredBy),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${api}/actions/workflows/${run.workflow.id}`,
    head_commit:
      commit === undefined
        ? null
        : {
            id: commit.sha,
            tree_id: commit.tree,
            message: withoutLastBreak(commit.message),
            timestamp: time(commit.committedAt),
            author: commit.author,
            committer: commit.committer,
          },
    repository: minimalRepository(site, repository),
    head_repository: head.repository === null ? null : minimalRepository(site, head.repository),
  };
}

export function jobObject({ site, repository }: RepositoryAsk, run: KeptRun, job: KeptJob) {
  const api = repositoryUrl(site, repository);
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId("CR", job.id),
    head_sha: run.head,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${site.web}/${repository.name}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: time(job.startedAt),
    started_at: time(job.startedAt),
    completed_at: job.completedAt === null ? null : time(job.completedAt),
    name: job.name,
    steps: [],
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run.name,
    head_branch: headOf({ site, repository }, run).branch,
  };
}

export function artifactObject({ site, repository, kept, hub }: RepositoryAsk, artifact: KeptArtifact) {
  const url = `${repositoryUrl(site, repository)}/actions/artifacts/${artifact.id}`;
  const run = kept.runs.find(({ id }) => id === artifact.run);
  const head = run && headOf({ site, repository }, run);
  return {
    id: artifact.id,
    node_id: nodeId("AF", artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip?.length ?? 0,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expiresAt <= hub.clock.now(),
    digest: artifact.digest,
    created_at: time(artifact.createdAt),
    updated_at: time(artifact.createdAt),
    expires_at: time(artifact.expiresAt),
    workflow_run:
      run === undefined || head === undefined
        ? null
        : {
            id: run.id,
            repository_id: repositoryId(site, repository.name),
            head_repository_id: repositoryId(site, (head.repository ?? repository).name),
            head_branch: head.branch,
            head_sha: run.head,
          },
  };
}
