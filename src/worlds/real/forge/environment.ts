import { blocked, type Result } from "./outcome.ts";
import { hasRole, isAmong, isSame, needRole } from "./people.ts";
import { branchOf, matches, tagOf } from "./ref-names.ts";
import type { Place } from "./room.ts";
import type { Deployment, Environment } from "./state.ts";

export interface DeploymentRequest {
  readonly environment: string;
  /** The ref that the job runs on, in full. */
  readonly ref: string;
  /** What its reviewers see. */
  readonly summary: string;
}

/**
 * A job that names an environment: it waits for a reviewer where the environment has some. An environment that is not
 * there is made, with nothing that protects it, as GitHub does. `by` is whose event started the job, which may be a stranger's
 * comment: it is the job that asks, and not they.
 */
export async function requestDeployment(place: Place, request: DeploymentRequest): Promise<Result<Deployment>> {
  const { repository, refs, network, by, now } = place;
  const at = refs.get(request.ref);
  const commit = at === undefined ? undefined : await network.peel(at);
  if (commit === undefined) return blocked(422, `No ref found for: ${request.ref}`);
  const environment = findEnvironment(place, request.environment) ?? addUnprotected(place, request.environment);
  if (environment.refs.length > 0 && !environment.refs.some((pattern) => isRefOf(pattern, request.ref))) {
    return blocked(
      422,
      `${request.ref} is not allowed to deploy to ${environment.name} due to environment protection rules.`,
    );
  }
  const deployment: Deployment = {
    id: place.nextId(),
    environment: environment.name,
    ref: request.ref,
    commit,
    by: by.login,
    createdAt: now,
    state: environment.reviewers.length > 0 ? "waiting" : "approved",
    summary: request.summary,
    reviews: [],
  };
  repository.deployments.push(deployment);
  place.tell(repository, {
    kind: "deployment_review",
    action: "requested",
    environment: environment.name,
    deployment: deployment.id,
  });
  return deployment;
}

/** `tag:v*` for tags, anything else for branches and, in full, for what pull requests run on. */
function isRefOf(pattern: string, ref: string): boolean {
  const tag = tagOf(ref);
  if (pattern.startsWith("tag:")) return tag !== undefined && matches(pattern.slice("tag:".length), tag);
  const name = branchOf(ref) ?? (ref.startsWith("refs/pull/") ? ref : undefined);
  return name !== undefined && matches(pattern, name);
}

function findEnvironment({ repository }: Place, name: string): Environment | undefined {
  return repository.environments.find((environment) => isSame(environment.name, name));
}

function addUnprotected({ repository }: Place, name: string): Environment {
  const made: Environment = { name, reviewers: [], preventSelfReview: false, adminBypass: true, refs: [] };
  repository.environments.push(made);
  return made;
}

export interface GateRequest {
  readonly environment: string;
  readonly says: "approved" | "rejected";
  readonly comment?: string;
  /** Only these of what waits there; left out: all of it. */
  readonly deployments?: readonly number[];
  /** Past the list of reviewers, as an administrator. */
  readonly force?: boolean;
}

/** A reviewer's word about everything that waits at the environment. One of them is enough. */
export async function answerGate(place: Place, request: GateRequest): Promise<Result<readonly Deployment[]>> {
  const { repository, state, by, now } = place;
  const denied = needRole(place, "read");
  if (denied !== null) return denied;
  const environment = findEnvironment(place, request.environment);
  if (environment === undefined) return blocked(404, "Not Found");
  const waits = repository.deployments.filter(
    (one) =>
      one.environment === environment.name &&
      one.state === "waiting" &&
      request.deployments?.includes(one.id) !== false,
  );
  if (waits.length === 0) return blocked(422, "There are no pending deployment requests to approve or reject");
  const admin = request.force === true && environment.adminBypass && hasRole(repository, by.login, "admin");
  if (!admin && !isAmong(state, by.login, environment.reviewers)) {
    return blocked(403, `${by.login} is not a required reviewer of ${environment.name}`);
  }
  const open = waits.filter((one) => admin || !environment.preventSelfReview || !isSame(one.by, by.login));
  if (open.length === 0) return blocked(422, "You cannot review a deployment that you started yourself");
  for (const deployment of open) {
    deployment.state = request.says;
    deployment.reviews.push({ by: by.login, says: request.says, comment: request.comment ?? "", at: now });
    place.tell(repository, {
      kind: "deployment_review",
      action: request.says,
      environment: environment.name,
      deployment: deployment.id,
    });
  }
  return open;
}

export interface EndDeploymentRequest {
  readonly deployment: number;
  /** Left out: it ends. Else what its reviewers see from now on. */
  readonly summary?: string;
}

/** The job that waited is gone, or has something else to show. */
export async function updateDeployment(place: Place, request: EndDeploymentRequest): Promise<Result<Deployment>> {
  const found = place.repository.deployments.find((one) => one.id === request.deployment);
  if (found === undefined) return blocked(404, "Not Found");
  const denied = needRole(place, "write");
  if (denied !== null) return denied;
  if (request.summary === undefined) found.state = "ended";
  else found.summary = request.summary;
  return found;
}
