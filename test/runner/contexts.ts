import type { GitHub, KeptRun } from "../../src/worlds/github/index.ts";

/** What started a run, kept for its later attempts. */
export interface Cause {
  readonly event: string;
  readonly ref: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** It came from a fork: it reads only, and is told no secret. */
  readonly fork: boolean;
}

export interface RunAround {
  readonly github: GitHub;
  readonly repository: string;
  readonly kept: KeptRun;
  readonly cause: Cause;
}

/** The context `github` of a run; what only a job knows is not in it yet. */
export function githubContext({ github, repository, kept, cause }: RunAround): Readonly<Record<string, unknown>> {
  const { payload, event } = cause;
  const change = payload.pull_request as Change | undefined;
  const about = payload.repository as { readonly id: number; readonly owner: { readonly id: number } };
  const [owner = ""] = repository.split("/");
  const isChange = event === "pull_request" || event === "pull_request_target" || event === "pull_request_review";
  return {
    event_name: event,
    event_path: "",
    api_url: github.url,
    server_url: github.url,
    graphql_url: `${github.url}/graphql`,
    repository,
    repository_owner: owner,
    repository_id: String(about.id),
    repository_owner_id: String(about.owner.id),
    repositoryUrl: `git://${new URL(github.url).host}/${repository}.git`,
    run_id: String(kept.id),
    run_number: String(kept.number),
    run_attempt: String(kept.attempt),
    actor: kept.by,
    triggering_actor: kept.triggeredBy,
    sha: kept.commit,
    ref: kept.ref,
    ref_name: kept.ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    ref_type: kept.ref.startsWith("refs/tags/") ? "tag" : "branch",
    head_ref: isChange ? (change?.head.ref ?? "") : "",
    base_ref: isChange ? (change?.base.ref ?? "") : "",
    workflow: kept.name,
    workflow_ref: `${repository}/${kept.workflow.path}@${kept.ref}`,
    workflow_sha: kept.commit,
    retention_days: String(github.kept(repository).settings.retentionDays),
    secret_source: cause.fork ? "None" : "Actions",
    event: payload,
  };
}

interface Change {
  readonly head: { readonly ref: string };
  readonly base: { readonly ref: string };
}

/** What the context says goes to every process as variables too, by these names. */
const variables = [
  "actor",
  "api_url",
  "base_ref",
  "event_name",
  "graphql_url",
  "head_ref",
  "ref",
  "ref_name",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "retention_days",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "triggering_actor",
  "workflow",
  "workflow_ref",
  "workflow_sha",
] as const;

export function githubVariables(context: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.map((name) => [`GITHUB_${name.toUpperCase()}`, String(context[name] ?? "")]));
}
