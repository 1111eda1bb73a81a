import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { protectionsOf } from "../real/forge/index.ts";
import type { Hub } from "./hub.ts";
import type { IssuedTo, Issuer } from "./issuer.ts";
import type { KeptRun } from "./kept.ts";
import { accountId } from "./shapes/people.ts";
import { repositoryId } from "./shapes/repository.ts";
import { changeOf } from "./shapes/run.ts";
import { subjectOf } from "./subject.ts";

const minutes = 60;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function openIssuer(hub: Hub): Issuer {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  const url = () => `${hub.url()}/_services/token`;
  return {
    url,
    keys: () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }] }),
    issue(job, aud) {
      const now = Math.floor(hub.clock.now() / 1000);
      const times = { iat: now, nbf: now - 5 * minutes, exp: now + 5 * minutes };
      const claims = { jti: randomUUID(), iss: url(), aud, ...times, ...claimsOf(hub, job) };
      const signed = `${encode({ typ: "JWT", alg: "RS256", kid })}.${encode(claims)}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
}

/** What GitHub says of a job. `job_workflow_ref` is the file that the job's steps stand in, also when another called it. */
function claimsOf(hub: Hub, { repository, run, job }: IssuedTo): Readonly<Record<string, unknown>> {
  const site = { hub, api: hub.url(), web: hub.url() };
  const [owner = ""] = repository.name.split("/");
  const change = changeOf(repository, run);
  const branch = run.ref.startsWith("refs/heads/") ? run.ref.slice("refs/heads/".length) : null;
  const own = `${repository.name}/${run.workflow.path}@${run.ref}`;
  const claims = {
    ref: run.ref,
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: String(branch !== null && protectionsOf(repository, branch).length > 0),
    sha: run.commit,
    repository: repository.name,
    repository_id: String(repositoryId(site, repository.name)),
    repository_owner: owner,
    repository_owner_id: String(accountId(site, owner)),
    repository_visibility: repository.private ? "private" : "public",
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    actor: run.by,
    actor_id: String(accountId(site, run.by)),
    event_name: run.event,
    head_ref: change?.head.branch ?? "",
    base_ref: change?.base ?? "",
    workflow: run.name,
    workflow_ref: own,
    workflow_sha: run.commit,
    job_workflow_ref: job.workflowRef ?? own,
    job_workflow_sha: run.commit,
    runner_environment: "github-hosted",
    ...(job.environment === null ? {} : { environment: job.environment }),
  };
  const context = job.environment !== null ? `environment:${job.environment.replaceAll(":", "%3A")}` : contextOf(run);
  return { sub: subjectOf(site, repository, { context, claims }), ...claims };
}

/** An environment always wins; a pull request's job is told by nothing but that it is one. */
function contextOf({ event, ref }: KeptRun): string {
  return event === "pull_request" ? "pull_request" : `ref:${ref}`;
}
