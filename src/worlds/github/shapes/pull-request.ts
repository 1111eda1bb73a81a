import {
  commitsBetween,
  type Look,
  mergeBases,
  type PullRequest,
  type RepositoryState,
  type View,
} from "../../real/forge/index.ts";
import type { Site } from "../hub.ts";
import { mergeStateOf } from "../merge-state.ts";
import type { Objects } from "../objects.ts";
import { statsOf } from "./commit.ts";
import { labelObject, subjectId, timesOf } from "./issue.ts";
import { account, association, nodeId, time } from "./people.ts";
import { repositoryObject, repositoryUrl } from "./repository.ts";
import { teamObject, wholeTeam } from "./team.ts";

type Repository = View<RepositoryState>;
type Change = View<PullRequest>;

function side(
  site: Site,
  repository: Repository | undefined,
  at: { readonly branch: string; readonly sha: string; readonly name: string },
) {
  const owner = at.name.slice(0, at.name.indexOf("/"));
  return {
    label: `${owner}:${at.branch}`,
    ref: at.branch,
    sha: at.sha,
    user: account(site, owner),
    repo: repository === undefined ? null : repositoryObject(site, repository, ""),
  };
}

/** Where the base was: as it is now, or, once merged, as it was then. */
export function baseCommit({ refs }: Pick<Look, "refs">, change: Change): string {
  return change.merged?.onto ?? refs.get(`refs/heads/${change.base}`) ?? change.headCommit;
}

/** As lists of pull requests tell it. `testMerge`: what `refs/pull/N/merge` points at. */
export function simplePullRequest(site: Site, place: Look, change: Change) {
  const { repository, refs } = place;
  const api = repositoryUrl(site, repository);
  const url = `${api}/pulls/${change.number}`;
  const web = `${site.web}/${repository.name}/pull/${change.number}`;
  const id = subjectId(site, repository, change.number);
  const { updatedAt, closedAt } = timesOf(site, repository, change);
  const head = site.hub.forge.state.repositories.find(({ name }) => name === change.head.repository);
  const asked = site.hub.kept(repository.name).reviewersAsked.get(change.number);
  const base = baseCommit(place, change);
  return {
    url,
    id,
    node_id: nodeId("PR", id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: `${api}/issues/${change.number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${change.number}/comments`,
    statuses_url: `${api}/statuses/${change.headCommit}`,
    number: change.number,
    state: change.state,
    locked: site.hub.kept(repository.name).locked.has(change.number),
    title: change.title,
    user: account(site, change.opener),
    body: change.body === "" ? null : change.body,
    labels: change.labels.map(({ name }) => labelObject(site, repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: time(change.createdAt),
    updated_at: time(updatedAt),
    closed_at: closedAt === null ? null : time(closedAt),
    merged_at: change.merged === null ? null : time(change.merged.at),
    merge_commit_sha: change.merged?.commit ?? refs.get(`refs/pull/${change.number}/merge`) ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: (asked?.users ?? []).map((login) => account(site, login)),
    requested_teams: (asked?.teams ?? []).map((slug) => wholeTeam(site, `${ownerOf(repository)}/${slug}`)),
    head: side(site, head, { branch: change.head.branch, sha: change.headCommit, name: change.head.repository }),
    base: side(site, repository, { branch: change.base, sha: base, name: repository.name }),
    _links: {
      self: { href: url },
      html: { href: web },
      issue: { href: `${api}/issues/${change.number}` },
      comments: { href: `${api}/issues/${change.number}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${api}/statuses/${change.headCommit}` },
    },
    author_association: association(site, repository, change.opener),
    auto_merge: null,
    draft: change.draft,
  };
}

function ownerOf(repository: Repository): string {
  return repository.name.slice(0, repository.name.indexOf("/"));
}

export interface WholeAbout {
  readonly objects: Objects;
  /** Null: GitHub has not worked it out yet. */
  readonly mergeable: boolean | null;
}

/** As one pull request is told on its own. */
export async function pullRequest(site: Site, place: Look, change: Change, about: WholeAbout) {
  const { repository, network } = place;
  const commits = await commitsOf(place, change);
  const files = await filesOf(place, change, about.objects);
  const { additions, deletions } = statsOf(files);
  const comments = repository.comments.filter(({ on }) => "number" in on && on.number === change.number);
  const open = change.state === "open";
  const behind = open ? await commitsBetween(network, [change.headCommit], asSha(baseCommit(place, change))) : [];
  const asked = site.hub.kept(repository.name).reviewersAsked.get(change.number);
  return {
    ...simplePullRequest(site, place, change),
    requested_teams: (asked?.teams ?? []).map((slug) => teamObject(site, `${ownerOf(repository)}/${slug}`)),
    merged: change.merged !== null,
    mergeable: open ? about.mergeable : null,
    rebaseable: open ? about.mergeable : null,
    mergeable_state: await mergeStateOf(site.hub, place, {
      change,
      mergeable: about.mergeable,
      upToDate: behind.length === 0,
    }),
    merged_by: change.merged === null ? null : account(site, change.merged.by),
    comments: comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commits.length,
    additions,
    deletions,
    changed_files: files.length,
  };
}

function asSha(text: string) {
  return text as Change["headCommit"];
}

/** What a pull request brings, oldest first. */
export async function commitsOf(place: Look, change: Change) {
  return commitsBetween(place.network, [asSha(baseCommit(place, change))], change.headCommit);
}

/** Against the merge base, as GitHub shows it: what the base got since is no part of it. */
export async function filesOf(place: Look, change: Change, objects: Objects) {
  const [from] = await mergeBases(place.network, asSha(baseCommit(place, change)), change.headCommit);
  return objects.diff(from ?? null, change.headCommit);
}

export function reviewObject(site: Site, repository: Repository, review: Repository["reviews"][number]) {
  const page = `${site.web}/${repository.name}/pull/${review.pullRequest}`;
  const url = `${repositoryUrl(site, repository)}/pulls/${review.pullRequest}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: account(site, review.by),
    body: review.body,
    state: review.state,
    html_url: `${page}#pullrequestreview-${review.id}`,
    pull_request_url: url,
    author_association: association(site, repository, review.by),
    _links: { html: { href: `${page}#pullrequestreview-${review.id}` }, pull_request: { href: url } },
    submitted_at: time(review.submittedAt),
    commit_id: review.commit,
  };
}
