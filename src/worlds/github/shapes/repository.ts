import { hasRole, type RepositoryState, type View } from "../../real/forge/index.ts";
import type { Site } from "../hub.ts";
import { account, isOrganization, nodeId, time } from "./people.ts";

export function repositoryId({ hub }: Site, name: string): number {
  return 5000 + hub.forge.state.repositories.findIndex((known) => known.name === name);
}

export function repositoryUrl(site: Site, repository: { readonly name: string }): string {
  return `${site.api}/repos/${repository.name}`;
}

const collections = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
  hooks_url: "/hooks",
};

/** As `GET /repos/{owner}/{repo}` tells it; shorter forms are parts of it. */
export function minimalRepository(site: Site, repository: View<RepositoryState>) {
  const [owner = "", name = ""] = repository.name.split("/");
  const url = repositoryUrl(site, repository);
  const id = repositoryId(site, repository.name);
  const open = repository.pullRequests.filter(({ state }) => state === "open").length;
  return {
    id,
    node_id: nodeId("R", id),
    name,
    full_name: repository.name,
    owner: account(site, owner),
    private: repository.private,
    html_url: `${site.web}/${repository.name}`,
    description: null,
    fork: repository.parent !== null,
    url,
    ...Object.fromEntries(Object.entries(collections).map(([key, rest]) => [key, `${url}${rest}`])),
    git_url: `${site.web.replace(/^https?/, "git")}/${repository.name}.git`,
    ssh_url: `git@${new URL(site.web).hostname}:${repository.name}.git`,
    clone_url: `${site.web}/${repository.name}.git`,
    svn_url: `${site.web}/${repository.name}`,
    mirror_url: null,
    homepage: null,
    language: "HCL",
    forks_count: site.hub.forge.state.repositories.filter(({ parent }) => parent === repository.name).length,
    stargazers_count: 0,
    watchers_count: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues_count: open + repository.issues.filter(({ state }) => state === "open").length,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    pushed_at: time(repository.pushes.at(-1)?.at ?? 0),
    created_at: time(repository.pushes[0]?.at ?? 0),
    updated_at: time(repository.pushes.at(-1)?.at ?? 0),
    allow_forking: true,
    web_commit_signoff_required: false,
  };
}

/** With the settings that only the whole answer has. */
export function repositoryObject(site: Site, repository: View<RepositoryState>, login: string) {
  const { mergeMethods, deleteBranchOnMerge } = repository.settings;
  const { settings } = site.hub.kept(repository.name);
  const base = minimalRepository(site, repository);
  return {
    ...base,
    forks: base.forks_count,
    open_issues: base.open_issues_count,
    watchers: 0,
    license: null,
    permissions: rolesOf(repository, login),
    ...(hasRole(repository, login, "write")
      ? {
          allow_rebase_merge: mergeMethods.includes("rebase"),
          allow_squash_merge: mergeMethods.includes("squash"),
          allow_merge_commit: mergeMethods.includes("merge"),
          allow_auto_merge: settings.allowAutoMerge,
          allow_update_branch: settings.allowUpdateBranch,
          delete_branch_on_merge: deleteBranchOnMerge,
        }
      : {}),
  };
}

export function fullRepository(site: Site, repository: View<RepositoryState>, login: string) {
  const [owner = ""] = repository.name.split("/");
  const parent = site.hub.forge.state.repositories.find(({ name }) => name === repository.parent);
  const base = repositoryObject(site, repository, login);
  return {
    ...base,
    subscribers_count: 0,
    network_count: base.forks_count,
    ...(isOrganization(site, owner) ? { organization: account(site, owner) } : {}),
    ...(parent === undefined
      ? {}
      : { parent: repositoryObject(site, parent, login), source: repositoryObject(site, parent, login) }),
  };
}

export function rolesOf(repository: View<RepositoryState>, login: string) {
  return {
    admin: hasRole(repository, login, "admin"),
    maintain: hasRole(repository, login, "maintain"),
    push: hasRole(repository, login, "write"),
    triage: hasRole(repository, login, "write"),
    pull: hasRole(repository, login, "read"),
  };
}
