import { type Commit, type RepositoryState, userByEmail, type View } from "../../real/forge/index.ts";
import type { Site } from "../hub.ts";
import type { FileDiff } from "../objects.ts";
import { account, association, nodeId, time } from "./people.ts";
import { repositoryUrl } from "./repository.ts";

type Repository = View<RepositoryState>;

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

function gitPeople({ author, committer, authoredAt, committedAt }: Commit) {
  return {
    author: { ...author, date: time(authoredAt) },
    committer: { ...committer, date: time(committedAt) },
  };
}

/** The commit as Git has it. */
export function gitCommit(site: Site, repository: Repository, commit: Commit) {
  const url = `${repositoryUrl(site, repository)}/git/commits`;
  const web = `${site.web}/${repository.name}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${url}/${commit.sha}`,
    html_url: `${web}/${commit.sha}`,
    ...gitPeople(commit),
    tree: { sha: commit.tree, url: `${repositoryUrl(site, repository)}/git/trees/${commit.tree}` },
    message: withoutLastBreak(commit.message),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/${sha}`, html_url: `${web}/${sha}` })),
    verification: unsigned,
  };
}

/** The commit with the accounts that its addresses belong to, which anybody can have written. */
export function commitObject(site: Site, repository: Repository, commit: Commit) {
  const { state } = site.hub.forge;
  const api = repositoryUrl(site, repository);
  const web = `${site.web}/${repository.name}/commit`;
  const [author, committer] = [commit.author, commit.committer].map(({ email }) => userByEmail(state, email));
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    commit: {
      ...gitPeople(commit),
      message: withoutLastBreak(commit.message),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: repository.comments.filter(({ on }) => "commit" in on && on.commit === commit.sha).length,
      verification: unsigned,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${web}/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: author === undefined ? null : account(site, author.login),
    committer: committer === undefined ? null : account(site, committer.login),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${web}/${sha}` })),
  };
}

export function withoutLastBreak(message: string): string {
  return message.replace(/\n$/, "");
}

/** One changed file; `head` is the commit that its links lead to. */
export function fileObject(
  at: { readonly site: Site; readonly repository: Repository; readonly head: string },
  file: FileDiff,
) {
  const { site, repository, head } = at;
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const web = `${site.web}/${repository.name}`;
  return {
    sha: file.id,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${head}/${path}`,
    raw_url: `${web}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(site, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.before === null ? {} : { previous_filename: file.before }),
  };
}

export function statsOf(files: readonly FileDiff[]) {
  const sum = (of: (file: FileDiff) => number) => files.reduce((total, file) => total + of(file), 0);
  const [additions, deletions] = [sum((file) => file.additions), sum((file) => file.deletions)];
  return { additions, deletions, total: additions + deletions };
}

export function commitComment(site: Site, repository: Repository, comment: View<RepositoryState>["comments"][number]) {
  const commit = "commit" in comment.on ? comment.on.commit : "";
  return {
    html_url: `${site.web}/${repository.name}/commit/${commit}#commitcomment-${comment.id}`,
    url: `${repositoryUrl(site, repository)}/comments/${comment.id}`,
    id: comment.id,
    node_id: nodeId("CC", comment.id),
    user: account(site, comment.by),
    position: null,
    line: null,
    path: null,
    commit_id: commit,
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: association(site, repository, comment.by),
    body: comment.body,
  };
}
