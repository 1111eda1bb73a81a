import type { RepositoryState, View } from "../../real/forge/index.ts";
import { hasRole, isAmong } from "../../real/forge/index.ts";
import type { Site } from "../hub.ts";

export function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** GitHub's second name for everything: opaque, and the same for the same thing. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** Accounts are numbered in the order in which they are first heard of; organisations far from people. */
export function accountId({ hub }: Site, login: string): number {
  const index = hub.forge.state.users.findIndex((user) => isSameLogin(user.login, login));
  if (index >= 0) return 1000 + index;
  return 900_000 + [...login.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 90_000, 7);
}

export function isSameLogin(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

export function isOrganization({ hub }: Site, login: string): boolean {
  return hub.organizations.some((name) => isSameLogin(name, login));
}

export function account(site: Site, named: string) {
  const known = site.hub.forge.state.users.find((user) => isSameLogin(user.login, named));
  const login = known?.login ?? named;
  const path = `${site.api}/users/${encodeURIComponent(login)}`;
  const id = accountId(site, login);
  const organization = isOrganization(site, login);
  return {
    login,
    id,
    node_id: nodeId(organization ? "O" : known?.bot === true ? "BOT" : "U", id),
    avatar_url: `${site.web}/avatars/u/${id}?v=4`,
    gravatar_id: "",
    url: path,
    html_url: `${site.web}/${known?.bot === true ? `apps/${login.replace(/\[bot\]$/, "")}` : login}`,
    followers_url: `${path}/followers`,
    following_url: `${path}/following{/other_user}`,
    gists_url: `${path}/gists{/gist_id}`,
    starred_url: `${path}/starred{/owner}{/repo}`,
    subscriptions_url: `${path}/subscriptions`,
    organizations_url: `${path}/orgs`,
    repos_url: `${path}/repos`,
    events_url: `${path}/events{/privacy}`,
    received_events_url: `${path}/received_events`,
    type: organization ? "Organization" : known?.bot === true ? "Bot" : "User",
    user_view_type: "public",
    site_admin: false,
  };
}

/** How somebody belongs to a repository, as GitHub tells it beside what they wrote. */
export function association(site: Site, repository: View<RepositoryState>, login: string): string {
  const owner = repository.name.slice(0, repository.name.indexOf("/"));
  if (isSameLogin(owner, login)) return "OWNER";
  const { state } = site.hub.forge;
  const teams = state.teams.filter(({ slug }) => slug.startsWith(`${owner}/`)).map(({ slug }) => slug);
  if (isOrganization(site, owner) && isAmong(state, login, teams)) return "MEMBER";
  const given = repository.roles.some((role) => isSameLogin(role.login, login));
  if (given && hasRole(repository, login, "read")) return "COLLABORATOR";
  const merged = repository.pullRequests.some((change) => change.merged !== null && isSameLogin(change.opener, login));
  return merged ? "CONTRIBUTOR" : "NONE";
}

/** An app as it is named beside what it did. */
export function integration(site: Site, about: { readonly id: number; readonly slug: string; readonly name: string }) {
  return {
    id: about.id,
    slug: about.slug,
    node_id: nodeId("A", about.id),
    owner: account(site, site.hub.organizations[0] ?? "ghost"),
    name: about.name,
    description: null,
    external_url: site.web,
    html_url: `${site.web}/apps/${about.slug}`,
    created_at: time(0),
    updated_at: time(0),
    permissions: {},
    events: [],
  };
}

/** Every `GITHUB_TOKEN` is this one app, whichever workflow it comes from. */
export const actionsApp = { id: 15_368, slug: "github-actions", name: "GitHub Actions" };

/** The app behind a login, or null when a person is. */
export function appBehind(site: Site, login: string) {
  if (isSameLogin(login, `${actionsApp.slug}[bot]`)) return integration(site, actionsApp);
  const { app } = site.hub;
  if (isSameLogin(login, app.login)) return integration(site, { id: app.id, slug: app.slug, name: "plangate" });
  return null;
}

/** An organisation, as events and its own page have it. */
export function organizationAccount(site: Site, login: string) {
  const { id, node_id, avatar_url } = account(site, login);
  const url = `${site.api}/orgs/${login}`;
  return {
    login,
    id,
    node_id,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url,
  };
}
