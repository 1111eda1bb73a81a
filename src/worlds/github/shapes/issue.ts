import type { Issue, PullRequest, RepositoryState, View } from "../../real/forge/index.ts";
import type { Site } from "../hub.ts";
import { account, appBehind, association, nodeId, time } from "./people.ts";
import { repositoryId, repositoryUrl } from "./repository.ts";

type Repository = View<RepositoryState>;
type Comment = Repository["comments"][number];

/** One label of the repository: made with a plain colour when somebody gives one that is not there yet. */
export function labelObject(site: Site, repository: Repository, name: string) {
  const { labels } = site.hub.kept(repository.name);
  let label = labels.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (label === undefined) {
    label = { id: site.hub.nextId(), name, color: "ededed", description: null };
    labels.push(label);
  }
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${repositoryUrl(site, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** The names of what hangs on an issue or a pull request. */
export function labelsOf(site: Site, repository: Repository, number: number): readonly string[] {
  const change = repository.pullRequests.find((candidate) => candidate.number === number);
  if (change !== undefined) return change.labels.map(({ name }) => name);
  const { issueLabels } = site.hub.kept(repository.name);
  return issueLabels.filter((hung) => hung.number === number).map(({ label }) => label);
}

/** Ids over all repositories: far apart for each, so that no two are alike. */
export function subjectId(site: Site, repository: Repository, number: number): number {
  return repositoryId(site, repository.name) * 100_000 + number;
}

/** An issue, or a pull request as the issue that it is too. */
export function issueObject(site: Site, repository: Repository, subject: View<Issue> | View<PullRequest>) {
  const api = repositoryUrl(site, repository);
  const url = `${api}/issues/${subject.number}`;
  const change = "head" in subject ? subject : null;
  const web = `${site.web}/${repository.name}/${change === null ? "issues" : "pull"}/${subject.number}`;
  const comments = repository.comments.filter(({ on }) => "number" in on && on.number === subject.number);
  const { createdAt, closedAt, updatedAt } = timesOf(site, repository, subject);
  const id = subjectId(site, repository, subject.number);
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: web,
    id,
    node_id: nodeId(change === null ? "I" : "PR", id),
    number: subject.number,
    title: subject.title,
    user: account(site, subject.opener),
    labels: labelsOf(site, repository, subject.number).map((name) => labelObject(site, repository, name)),
    state: subject.state,
    state_reason: null,
    locked: site.hub.kept(repository.name).locked.has(subject.number),
    assignee: null,
    assignees: [],
    milestone: null,
    comments: comments.length,
    created_at: time(createdAt),
    updated_at: time(updatedAt),
    closed_at: closedAt === null ? null : time(closedAt),
    author_association: association(site, repository, subject.opener),
    active_lock_reason: null,
    body: subject.body === "" ? null : subject.body,
    performed_via_github_app: appBehind(site, subject.opener),
    ...(change === null
      ? {}
      : {
          draft: change.draft,
          pull_request: {
            url: `${api}/pulls/${change.number}`,
            html_url: web,
            diff_url: `${web}.diff`,
            patch_url: `${web}.patch`,
            merged_at: change.merged === null ? null : time(change.merged.at),
          },
        }),
  };
}

/** When it was opened, last touched and closed, read from what happened. */
export function timesOf(site: Site, repository: Repository, subject: View<Issue> | View<PullRequest>) {
  const events = site.hub.forge.state.events.filter(
    (event) => event.repository === repository.name && "number" in event && event.number === subject.number,
  );
  const closed = events.findLast((event) => "action" in event && event.action === "closed");
  const createdAt = "createdAt" in subject ? subject.createdAt : (events[0]?.at ?? 0);
  return {
    createdAt,
    updatedAt: events.at(-1)?.at ?? createdAt,
    closedAt: subject.state === "closed" ? (closed?.at ?? createdAt) : null,
  };
}

export function issueComment(site: Site, repository: Repository, comment: Comment) {
  const number = "number" in comment.on ? comment.on.number : 0;
  const isChange = repository.pullRequests.some((change) => change.number === number);
  const page = `${site.web}/${repository.name}/${isChange ? "pull" : "issues"}/${number}`;
  return {
    url: `${repositoryUrl(site, repository)}/issues/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(site, repository)}/issues/${number}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: account(site, comment.by),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: association(site, repository, comment.by),
    body: comment.body,
    performed_via_github_app: appBehind(site, comment.by),
  };
}
