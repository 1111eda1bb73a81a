import type { CommitSha } from "../../domain/names.ts";
import { branchOf, type ForgeEvent, type Look } from "../real/forge/index.ts";
import type { Site } from "./hub.ts";
import { openObjects } from "./objects.ts";
import { pushedRepository, pushTold } from "./push-payload.ts";
import { releaseObject, releasesOf } from "./routes/releases.ts";
import { commitComment, commitObject } from "./shapes/commit.ts";
import { issueComment, issueObject, labelObject } from "./shapes/issue.ts";
import { account, isOrganization, organizationAccount, time } from "./shapes/people.ts";
import { pullRequest, reviewObject, simplePullRequest } from "./shapes/pull-request.ts";
import { minimalRepository, repositoryObject } from "./shapes/repository.ts";
import type { HubEvent } from "./telling.ts";

/** What a webhook tells, and what `GITHUB_REF` and `GITHUB_SHA` are in a workflow that it starts. */
export interface Told {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly commit: CommitSha | null;
}

const zeros = "0".repeat(40);

/** Everything that GitHub tells of it, in order: a ref that is made or deleted is told as that too. */
export async function payloadsOf(site: Site, place: Look, event: ForgeEvent | HubEvent): Promise<readonly Told[]> {
  const told = await payloadOf(site, place, event);
  if (told === null) return [];
  return event.kind === "push" ? [told, ...refTold(site, place, event, told)] : [told];
}

function refTold(site: Site, { repository }: Look, event: Of<"push">, { ref, commit }: Told): readonly Told[] {
  if (event.before !== null && event.after !== null) return [];
  const about = {
    ref: event.ref.replace(/^refs\/(heads|tags)\//, ""),
    ref_type: event.ref.startsWith("refs/tags/") ? "tag" : "branch",
    pusher_type: "user",
    ...aroundOf(site, repository, event.by),
  };
  if (event.after === null) return [{ event: "delete", payload: about, ref, commit }];
  const payload = { ...about, master_branch: repository.defaultBranch, description: null };
  return [{ event: "create", payload, ref, commit }];
}

function aroundOf(site: Site, repository: Look["repository"], by: string): Around {
  const owner = repository.name.slice(0, repository.name.indexOf("/"));
  return {
    repository: repositoryObject(site, repository, ""),
    ...(isOrganization(site, owner) ? { organization: organization(site, owner) } : {}),
    sender: account(site, by),
  };
}

/** The body that GitHub would send; null for what it tells nobody of, or tells in another way. */
async function payloadOf(site: Site, place: Look, event: ForgeEvent | HubEvent): Promise<Told | null> {
  const { repository } = place;
  const around = aroundOf(site, repository, event.by);
  const onDefault = {
    ref: `refs/heads/${repository.defaultBranch}`,
    commit: place.refs.get(`refs/heads/${repository.defaultBranch}`) ?? null,
  };
  switch (event.kind) {
    case "push":
      return {
        event: "push",
        payload: { ...around, ...(await pushTold(site, place, event)), repository: pushedRepository(site, repository) },
        // What is deleted leaves the default branch to run on.
        ...(event.after === null
          ? onDefault
          : { ref: event.ref, commit: (await place.network.peel(event.after)) ?? event.after }),
      };
    case "pull_request":
      return changeTold(site, place, event, around);
    case "pull_request_review": {
      const change = repository.pullRequests.find(({ number }) => number === event.number);
      const review = repository.reviews.find(({ id }) => id === event.review);
      if (change === undefined || review === undefined) return null;
      const about = { ...reviewObject(site, repository, review), state: review.state.toLowerCase() };
      const payload = {
        action: event.action,
        review: about,
        pull_request: simplePullRequest(site, place, change),
        ...around,
      };
      return { event: "pull_request_review", payload, ...mergeOf(place, event.number, change.headCommit) };
    }
    case "issue_comment": {
      const comment = repository.comments.find(({ id }) => id === event.comment);
      const subject = [...repository.pullRequests, ...repository.issues].find(({ number }) => number === event.number);
      // One that is gone is told as far as it is known.
      if (subject === undefined || comment === undefined) return null;
      const payload = {
        action: event.action,
        issue: issueObject(site, repository, subject),
        comment: issueComment(site, repository, comment),
        ...(event.action === "edited" ? { changes: { body: { from: comment.earlier.at(-1)?.body ?? "" } } } : {}),
        ...around,
      };
      return { event: "issue_comment", payload, ...onDefault };
    }
    case "commit_comment": {
      const comment = repository.comments.find(({ id }) => id === event.comment);
      if (comment === undefined) return null;
      const payload = { action: "created", comment: commitComment(site, repository, comment), ...around };
      return { event: "commit_comment", payload, ...onDefault };
    }
    case "issues": {
      const issue = repository.issues.find(({ number }) => number === event.number);
      if (issue === undefined) return null;
      const payload = { action: event.action, issue: issueObject(site, repository, issue), ...around };
      return { event: "issues", payload, ...onDefault };
    }
    case "release": {
      const kept = site.hub.kept(repository.name);
      const release = releasesOf({ kept, repository, hub: site.hub }).find(({ tag }) => tag === event.tag);
      if (release === undefined) return null;
      const told = releaseObject({ site, repository, kept }, release);
      const payload = { action: event.action, release: told, ...around };
      return { event: "release", payload, ref: `refs/tags/${event.tag}`, commit: event.commit };
    }
    case "status":
      return statusTold(site, place, event, around);
    case "workflow_dispatch": {
      const { inputs, ref, workflow } = event;
      const payload = { inputs, ref, workflow, ...around };
      return { event: "workflow_dispatch", payload, ref, commit: (await tipOf(place, ref)) ?? null };
    }
    case "merge_group": {
      const { base, head } = event;
      const group = { head_sha: head.commit, head_ref: head.ref, base_sha: base.commit, base_ref: base.ref };
      const { sha: id, tree: tree_id, message, author, committer } = (await place.network.commit(head.commit)) ?? {};
      const head_commit = { id, tree_id, message, author, committer };
      const payload = { action: "checks_requested", merge_group: { ...group, head_commit }, ...around };
      return { event: "merge_group", payload, ref: head.ref, commit: head.commit };
    }
    case "repository_dispatch": {
      const { action, payload: given } = event;
      const payload = { action, branch: repository.defaultBranch, client_payload: given, ...around };
      return { event: "repository_dispatch", payload, ...onDefault };
    }
    case "deployment_review":
      return gateTold(site, place, event, around);
  }
}

type Of<Kind extends ForgeEvent["kind"]> = Extract<ForgeEvent, { kind: Kind }>;
type Around = Readonly<Record<string, unknown>>;

async function tipOf({ refs, network }: Look, ref: string): Promise<CommitSha | undefined> {
  const at = refs.get(ref);
  return at === undefined ? undefined : network.peel(at);
}

/** A workflow of a pull request runs on what would come of merging it, as far as GitHub has worked that out. */
function mergeOf({ refs }: Look, number: number, head: CommitSha) {
  const ref = `refs/pull/${number}/merge`;
  return { ref, commit: refs.get(ref) ?? head };
}

function organization(site: Site, login: string) {
  return { ...organizationAccount(site, login), description: "" };
}

async function changeTold(site: Site, place: Look, event: Of<"pull_request">, around: Around): Promise<Told | null> {
  const { repository } = place;
  const change = repository.pullRequests.find(({ number }) => number === event.number);
  if (change === undefined) return null;
  const objects = openObjects(site.hub.forge.dirOf(repository.name));
  const push = repository.pushes.findLast(({ after }) => after === change.headCommit);
  const payload = {
    action: event.action,
    number: event.number,
    pull_request: await pullRequest(site, place, change, { objects, mergeable: null }),
    ...(event.label === null ? {} : { label: labelObject(site, repository, event.label) }),
    ...(event.action === "synchronize" ? { before: push?.before ?? zeros, after: change.headCommit } : {}),
    ...(event.action === "edited"
      ? { changes: event.baseWas === null ? {} : { base: { ref: { from: event.baseWas }, sha: { from: zeros } } } }
      : {}),
    ...around,
  };
  // One that was merged is told of where it went.
  const { merged, base } = change;
  if (event.action === "closed" && merged !== null)
    return { event: "pull_request", payload, ref: `refs/heads/${base}`, commit: merged.commit };
  return { event: "pull_request", payload, ...mergeOf(place, event.number, change.headCommit) };
}

/** The forge has one word for statuses and check runs; only the former are told so. */
async function statusTold(site: Site, place: Look, event: Of<"status">, around: Around): Promise<Told | null> {
  const { repository, network, refs } = place;
  const kept = site.hub.kept(repository.name);
  const status = kept.statuses.findLast(({ commit, context }) => commit === event.commit && context === event.name);
  const commit = await network.commit(event.commit);
  if (commit === undefined || (status === undefined && kept.checks.some(({ name }) => name === event.name)))
    return null;
  const branches = [...refs.all()].filter(([ref, sha]) => branchOf(ref) !== undefined && sha === event.commit);
  const api = minimalRepository(site, repository).url;
  const payload = {
    id: status?.id ?? event.id,
    sha: event.commit,
    name: repository.name,
    avatar_url: account(site, event.by).avatar_url,
    target_url: status?.targetUrl ?? null,
    context: event.name,
    description: status?.description ?? null,
    state: status?.state ?? event.state,
    commit: commitObject(site, repository, commit),
    branches: branches.map(([ref, sha]) => ({
      name: branchOf(ref) ?? "",
      commit: { sha, url: `${api}/commits/${sha}` },
      protected: false,
    })),
    created_at: time(event.at),
    updated_at: time(event.at),
    ...around,
  };
  const ref = `refs/heads/${repository.defaultBranch}`;
  return { event: "status", payload, ref, commit: refs.get(ref) ?? null };
}

function gateTold(site: Site, { repository }: Look, event: Of<"deployment_review">, around: Around): Told | null {
  const deployment = repository.deployments.find(({ id }) => id === event.deployment);
  if (deployment === undefined) return null;
  const runs = site.hub.kept(repository.name).runs.filter((run) => run.jobs.some(({ gate }) => gate === deployment.id));
  const [run] = runs;
  if (run === undefined) return null;
  const review = deployment.reviews.at(-1);
  const jobs = run.jobs.filter(({ environment }) => environment === event.environment);
  const web = `${site.web}/${repository.name}/actions/runs/${run.id}`;
  const jobRuns = jobs.map((job) => ({
    id: job.id,
    name: job.name,
    status: job.status,
    conclusion: job.conclusion,
    html_url: `${web}/job/${job.id}`,
    created_at: time(job.startedAt),
    updated_at: time(job.startedAt),
    environment: job.environment,
  }));
  const asked = {
    environment: event.environment,
    requestor: account(site, deployment.by),
    reviewers: [],
    workflow_job_run: jobRuns[0],
  };
  const answered = {
    approver: account(site, review?.by ?? event.by),
    comment: review?.comment ?? "",
    reviewers: [],
    workflow_job_runs: jobRuns,
  };
  const payload = {
    action: event.action,
    since: time(event.at),
    workflow_run: { id: run.id, path: run.workflow.path, head_sha: run.commit, status: run.status, event: run.event },
    ...(event.action === "requested" ? asked : answered),
    ...around,
  };
  return { event: "deployment_review", payload, ref: run.ref, commit: run.commit };
}
