import type { CommitSha } from "../../../domain/names.ts";
import { isAncestor } from "../../real/forge/index.ts";
import { created, invalid, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { optionalFlag, optionalText, text, texts } from "../body.ts";
import type { KeptDeployment, KeptDeploymentStatus } from "../kept.ts";
import { account, appBehind, nodeId, time } from "../shapes/people.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { commitNamed } from "./commits.ts";

const reads = { deployments: "read" } as const;
const writes = { deployments: "write" } as const;
const states = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

/** Deployments as people see them on the repository's page: claims of whoever makes them. */
export const deploymentRoutes = [
  onRepository("GET /deployments", reads, (ask) => {
    const { kept, query } = ask;
    const is = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
    const found = kept.deployments.filter(
      (one) =>
        is("environment", one.environment) && is("ref", one.ref) && is("sha", one.commit) && is("task", one.task),
    );
    return list(found.toReversed().map((one) => deploymentObject(ask, one)));
  }),
  onRepository("POST /deployments", writes, async (ask) => {
    const { body, kept, hub, who } = ask;
    ask.needRole("write");
    const ref = text(body, "ref");
    const description = shortDescription(ask, "Deployment");
    const commit = await ask.look((place) => commitNamed(place, ref));
    await checkDeployable(ask, { ref, commit });
    const environment = optionalText(body, "environment") ?? "production";
    await makeThere(ask, environment);
    const made: KeptDeployment = {
      id: hub.nextId(),
      commit,
      ref,
      task: optionalText(body, "task") ?? "deploy",
      environment,
      description,
      payload: body.payload ?? {},
      by: who.login,
      at: hub.clock.now(),
      transient: optionalFlag(body, "transient_environment") === true,
      production: optionalFlag(body, "production_environment") ?? environment === "production",
      statuses: [],
    };
    kept.deployments.push(made);
    return created(deploymentObject(ask, made));
  }),
  onRepository("GET /deployments/{deployment_id}", reads, (ask) => ok(deploymentObject(ask, deploymentIn(ask)))),
  onRepository("DELETE /deployments/{deployment_id}", writes, (ask) => {
    ask.needRole("write");
    const found = deploymentIn(ask);
    if (isActive(found) && ask.kept.deployments.length > 1)
      throw new Refusal(
        422,
        "We cannot delete an active deployment unless it is the only deployment in a given environment.",
      );
    ask.kept.deployments.splice(ask.kept.deployments.indexOf(found), 1);
    return noContent;
  }),
  onRepository("GET /deployments/{deployment_id}/statuses", reads, (ask) => {
    const found = deploymentIn(ask);
    return list(found.statuses.toReversed().map((status) => statusObject(ask, found, status)));
  }),
  onRepository("POST /deployments/{deployment_id}/statuses", writes, (ask) => {
    const { body, hub, who } = ask;
    ask.needRole("write");
    const found = deploymentIn(ask);
    const state = text(body, "state");
    if (!states.includes(state)) throw invalid("DeploymentStatus", "state");
    const description = shortDescription(ask, "DeploymentStatus") ?? "";
    const made: KeptDeploymentStatus = {
      id: hub.nextId(),
      state,
      description,
      logUrl: optionalText(body, "log_url") ?? optionalText(body, "target_url") ?? "",
      environmentUrl: optionalText(body, "environment_url") ?? "",
      environment: optionalText(body, "environment") ?? found.environment,
      by: who.login,
      at: hub.clock.now(),
    };
    found.statuses.push(made);
    if (state === "success" && optionalFlag(body, "auto_inactive") !== false) endEarlier(ask, found, made);
    return created(statusObject(ask, found, made));
  }),
];

/** What is deployed is checked before, and on top of the default branch, unless the request says that it need not be. */
async function checkDeployable(
  ask: RepositoryAsk,
  { ref, commit }: { readonly ref: string; readonly commit: CommitSha },
): Promise<void> {
  const { repository, body, look, hub } = ask;
  const required = texts(body, "required_contexts");
  const said = repository.statuses.filter((one) => one.commit === commit);
  const missing =
    required === undefined
      ? said.some(({ state }) => state !== "success")
      : !required.every((context) => said.some(({ name, state }) => name === context && state === "success"));
  if (missing) throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`);
  if (optionalFlag(body, "auto_merge") === false) return;
  const current = await look(async ({ refs, network }) => {
    const tip = refs.get(`refs/heads/${repository.defaultBranch}`);
    return refs.get(`refs/heads/${ref}`) === undefined || tip === undefined || isAncestor(network, tip, commit);
  });
  if (current) return;
  hub.unknown(`a deployment of ${ref} that merges ${repository.defaultBranch} into it first`);
  throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${ref}.`);
}

/** An environment that is not there comes to be, with nothing that protects it. */
async function makeThere({ hub, repository }: RepositoryAsk, name: string): Promise<void> {
  if (repository.environments.some((one) => one.name.toLowerCase() === name.toLowerCase())) return;
  const by = repository.roles.find(({ role }) => role === "admin")?.login ?? "";
  const outcome = await hub.forge.act("environment", { by, repository: repository.name, name });
  if (!outcome.ok) throw new Refusal(outcome.blocked.status, outcome.blocked.message);
}

function shortDescription({ body }: RepositoryAsk, resource: string): string | null {
  const description = optionalText(body, "description") ?? null;
  if (description !== null && description.length > 140) throw invalid(resource, "description", "too_long");
  return description;
}

function isActive({ statuses }: KeptDeployment): boolean {
  return statuses.at(-1)?.state === "success";
}

/** What was deployed there before is active no longer. */
function endEarlier({ kept, hub }: RepositoryAsk, by: KeptDeployment, status: KeptDeploymentStatus): void {
  for (const one of kept.deployments) {
    const earlier = one.id < by.id && one.environment === by.environment && !one.transient && !one.production;
    if (earlier && isActive(one))
      one.statuses.push({ ...status, id: hub.nextId(), state: "inactive", environment: one.environment });
  }
}

function deploymentIn({ kept, params }: RepositoryAsk): KeptDeployment {
  const found = kept.deployments.find(({ id }) => String(id) === params.deployment_id);
  if (found === undefined) throw notFound();
  return found;
}

export function deploymentObject({ site, repository }: RepositoryAsk, made: KeptDeployment) {
  const url = `${repositoryUrl(site, repository)}/deployments/${made.id}`;
  return {
    url,
    id: made.id,
    node_id: nodeId("DE", made.id),
    sha: made.commit,
    ref: made.ref,
    task: made.task,
    payload: made.payload,
    original_environment: made.environment,
    environment: made.environment,
    description: made.description,
    creator: account(site, made.by),
    created_at: time(made.at),
    updated_at: time(made.statuses.at(-1)?.at ?? made.at),
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(site, repository),
    transient_environment: made.transient,
    production_environment: made.production,
    performed_via_github_app: appBehind(site, made.by),
  };
}

function statusObject({ site, repository }: RepositoryAsk, made: KeptDeployment, status: KeptDeploymentStatus) {
  const url = `${repositoryUrl(site, repository)}/deployments/${made.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DES", status.id),
    state: status.state,
    creator: account(site, status.by),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: time(status.at),
    updated_at: time(status.at),
    deployment_url: url,
    repository_url: repositoryUrl(site, repository),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: appBehind(site, status.by),
  };
}
