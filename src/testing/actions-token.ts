/** The token that GitHub gives a job which may ask for one: what it claims, as GitHub documents it. */

/** The repository whose job it is. */
export interface TokenRepository {
  readonly owner: string;
  readonly name: string;
  readonly ownerId: number;
  readonly id: number;
}

/** A job, as far as its token tells of it. */
export interface TokenJob {
  readonly repository: TokenRepository;
  readonly event: string;
  /** `refs/heads/main`, `refs/pull/7/merge` */
  readonly ref: string;
  /** The environment of GitHub that the job names; null: none. */
  readonly environment: string | null;
  /** The file whose event it is: `.github/workflows/plangate.yml`. */
  readonly workflow: string;
  /** The reusable workflow that the job stands in: `acme/infra/.github/workflows/apply.yml@refs/heads/main`; null: none. */
  readonly called: string | null;
}

export interface TokenOf {
  readonly job: TokenJob;
  readonly issuer: string;
  /** The job chooses it. */
  readonly audience: string;
  /** Whether subjects have the numbers of owner and repository. */
  readonly immutable: boolean;
}

/** Every claim that trust is built on, and others beside them; when it was made and when it ends is the signer's. */
export function tokenClaims({ job, issuer, audience, immutable }: TokenOf): Readonly<Record<string, string>> {
  const { repository, event, ref, environment, workflow, called } = job;
  const { owner, name, ownerId, id } = repository;
  const full = `${owner}/${name}`;
  const own = `${full}/${workflow}@${ref}`;
  return {
    iss: issuer,
    aud: audience,
    sub: `repo:${immutable ? `${owner}@${ownerId}/${name}@${id}` : full}:${contextOf(job)}`,
    repository: full,
    repository_id: String(id),
    repository_owner: owner,
    repository_owner_id: String(ownerId),
    ref,
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    event_name: event,
    ...(environment === null ? {} : { environment }),
    workflow_ref: own,
    job_workflow_ref: called ?? own,
    runner_environment: "github-hosted",
  };
}

/** An environment comes before everything else; its colons are written otherwise, so that it ends the subject. */
function contextOf({ environment, event, ref }: TokenJob): string {
  if (environment !== null) return `environment:${environment.replaceAll(":", "%3A")}`;
  return event === "pull_request" ? "pull_request" : `ref:${ref}`;
}
