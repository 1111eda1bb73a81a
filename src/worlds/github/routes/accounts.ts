import { isAmong } from "../../real/forge/index.ts";
import { created, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { type Ask, onRepository, route } from "../ask.ts";
import { nobody } from "../bearer.ts";
import { object, texts } from "../body.ts";
import { allows, type Level, type PermissionName, type Permissions } from "../permissions.ts";
import { account, integration, isOrganization, isSameLogin, organizationAccount, time } from "../shapes/people.ts";
import { repositoryObject } from "../shapes/repository.ts";
import { wholeTeam } from "../shapes/team.ts";

/** People, teams, the app and the tokens of its installation. */
export const accountRoutes = [
  route("GET /user", "people", ({ site, who }) => ok(userObject(site, who.login))),
  route("GET /users/{username}", "nothing", ({ site, params, hub }) => {
    const known = hub.forge.state.users.some(({ login }) => isSameLogin(login, params.username ?? ""));
    if (!known && !isOrganization(site, params.username ?? "")) throw notFound();
    return ok(userObject(site, params.username ?? ""));
  }),
  route("GET /orgs/{org}/teams", { members: "read" }, ({ site, params, hub }) =>
    list(teamsOf(hub.forge.state.teams, params.org ?? "").map(({ slug }) => wholeTeam(site, slug))),
  ),
  route("GET /orgs/{org}/teams/{team_slug}", { members: "read" }, (ask) => {
    const { members_count, ...about } = {
      ...wholeTeam(ask.site, teamIn(ask).slug),
      members_count: teamIn(ask).members.length,
    };
    const at = { created_at: time(0), updated_at: time(0) };
    const organization = organizationObject(ask, ask.params.org ?? "");
    return ok({ ...about, ...at, members_count, repos_count: 1, organization });
  }),
  route("GET /orgs/{org}/teams/{team_slug}/members", { members: "read" }, (ask) =>
    list(teamIn(ask).members.map((login) => account(ask.site, login))),
  ),
  route("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", { members: "read" }, (ask) => {
    const { username = "", org, team_slug } = ask.params;
    if (!isAmong(ask.hub.forge.state, username, [teamIn(ask).slug])) throw notFound();
    const url = `${ask.site.api}/orgs/${org}/teams/${team_slug}/memberships/${username}`;
    return ok({ url, role: "member", state: "active" });
  }),
  route("GET /rate_limit", "nothing", ({ hub, who }) => {
    const whole = hub.limits.look(who, hub.clock.now());
    return ok({ resources: { core: whole, search: whole, graphql: whole }, rate: whole });
  }),
  route("GET /app", "app", ({ site, hub }) => ok(appObject(site, hub.app))),
  route("GET /app/installations", "app", (ask) => list([installationObject(ask)])),
  route("GET /app/installations/{installation_id}", "app", (ask) => {
    checkInstallation(ask);
    return ok(installationObject(ask));
  }),
  route("POST /app/installations/{installation_id}/access_tokens", "app", (ask) => makeToken(ask)),
  route("DELETE /installation/token", { metadata: "read" }, ({ hub, who }) => {
    hub.tokens.end(who);
    return noContent;
  }),
  route("GET /orgs/{org}/installation", "app", (ask) => ok(installationObject(ask))),
  route("GET /users/{username}/installation", "app", (ask) => ok(installationObject(ask))),
  route("GET /repos/{owner}/{repo}/installation", "app", (ask) => ok(installationObject(ask))),
  // A token takes a right to settings for it; people see it who see the repository.
  onRepository("GET /teams", [{ administration: "read" }], ({ site, hub, repository }) =>
    list(teamsOf(hub.forge.state.teams, repository.name.split("/")[0] ?? "").map(({ slug }) => wholeTeam(site, slug))),
  ),
];

export function userObject(site: Ask["site"], login: string) {
  const user = site.hub.forge.state.users.find((known) => isSameLogin(known.login, login));
  return {
    ...account(site, login),
    name: user?.name ?? null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: time(0),
    updated_at: time(0),
  };
}

type Teams = Ask["hub"]["forge"]["state"]["teams"];

function teamsOf(teams: Teams, org: string): Teams {
  return teams.filter(({ slug }) => slug.toLowerCase().startsWith(`${org.toLowerCase()}/`));
}

/** Only members of the organisation see its teams; for others they are not there. */
function teamIn({ hub, params, who }: Ask): Teams[number] {
  const slug = `${params.org}/${params.team_slug}`;
  const found = hub.forge.state.teams.find((team) => isSameLogin(team.slug, slug));
  const own = teamsOf(hub.forge.state.teams, params.org ?? "").map((team) => team.slug);
  const sees =
    who.kind === "installation" ||
    isAmong(hub.forge.state, who.login, own) ||
    administers({ hub, who }, params.org ?? "");
  if (found === undefined || !sees) throw notFound();
  return found;
}

function administers({ hub, who }: Pick<Ask, "hub" | "who">, org: string): boolean {
  return hub.forge.state.repositories.some(
    ({ name, roles }) =>
      name.startsWith(`${org}/`) && roles.some(({ login, role }) => role === "admin" && isSameLogin(login, who.login)),
  );
}

export function organizationObject({ site }: Ask, login: string) {
  return {
    ...organizationAccount(site, login),
    description: null,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: account(site, login).html_url,
    created_at: time(0),
    updated_at: time(0),
    archived_at: null,
    type: "Organization",
  };
}

function appObject(site: Ask["site"], { id, slug, clientId, permissions }: Ask["hub"]["app"]) {
  return { ...integration(site, { id, slug, name: slug }), client_id: clientId, permissions, installations_count: 1 };
}

function installationObject({ site, hub }: Ask) {
  const { app } = hub;
  const owner = ownerOfInstallation({ hub });
  return {
    id: app.installation,
    account: account(site, owner),
    access_tokens_url: `${site.api}/app/installations/${app.installation}/access_tokens`,
    repositories_url: `${site.api}/installation/repositories`,
    html_url: `${site.web}/organizations/${owner}/settings/installations/${app.installation}`,
    app_id: app.id,
    target_id: account(site, owner).id,
    target_type: isOrganization(site, owner) ? "Organization" : "User",
    permissions: app.permissions,
    events: [],
    created_at: time(0),
    updated_at: time(0),
    single_file_name: null,
    repository_selection: "all",
    app_slug: app.slug,
    suspended_by: null,
    suspended_at: null,
  };
}

function ownerOfInstallation({ hub }: Pick<Ask, "hub">): string {
  return hub.organizations[0] ?? hub.forge.state.repositories[0]?.name.split("/")[0] ?? "ghost";
}

function checkInstallation({ hub, params }: Ask): void {
  if (params.installation_id !== String(hub.app.installation)) throw notFound();
}

const hour = 3600 * 1000;

/** Never more than the app was granted, and as little as is asked for. */
function makeToken(ask: Ask) {
  checkInstallation(ask);
  const { hub, body, site } = ask;
  const asked = object(body, "permissions") as Permissions | undefined;
  for (const [name, level] of Object.entries(asked ?? {})) {
    if (!allows(hub.app.permissions, { [name as PermissionName]: level as Level }))
      throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  const names = texts(body, "repositories");
  const all = hub.forge.state.repositories;
  const owner = ownerOfInstallation(ask);
  // Somebody's fork of the same name is none of the installation's.
  const chosen = names === undefined ? all : all.filter(({ name }) => names.some((one) => name === `${owner}/${one}`));
  if (names !== undefined && chosen.length !== names.length)
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  const permissions = asked ?? hub.app.permissions;
  const expiresAt = hub.clock.now() + hour;
  const token = hub.tokens.make({
    ...nobody,
    kind: "installation",
    login: hub.app.login,
    permissions,
    repositories: names === undefined ? null : chosen.map(({ name }) => name),
    expiresAt,
  });
  return created({
    token,
    expires_at: time(expiresAt),
    permissions: { metadata: "read", ...permissions },
    repository_selection: names === undefined ? "all" : "selected",
    ...(names === undefined
      ? {}
      : { repositories: chosen.map((repository) => repositoryObject(site, repository, hub.app.login)) }),
  });
}
