import { blocked, isBlocked, type Result } from "./outcome.ts";
import { findUser, isSame, needRole } from "./people.ts";
import { unprotected } from "./protection.ts";
import { moveRef } from "./ref-move.ts";
import { type Place, placeIn, type Room } from "./room.ts";
import type {
  Environment,
  ForgeState,
  Numbering,
  Protection,
  RepositorySettings,
  RepositoryState,
  Role,
  Team,
  User,
} from "./state.ts";

/** Signing up. Nobody takes a login or an address that is somebody else's. */
export function addUser(
  state: ForgeState,
  about: {
    readonly login: string;
    readonly name?: string;
    readonly emails?: readonly string[];
    readonly bot?: boolean;
  },
): User {
  const user = {
    login: about.login,
    name: about.name ?? about.login,
    emails: about.emails ?? [],
    bot: about.bot === true,
  };
  const index = state.users.findIndex((known) => isSame(known.login, about.login));
  if (index < 0) state.users.push(user);
  else state.users[index] = user;
  return user;
}

/** Creates the team or replaces its members. */
export function setTeam(state: ForgeState, team: Team): Team {
  const index = state.teams.findIndex((known) => isSame(known.slug, team.slug));
  if (index < 0) state.teams.push(team);
  else state.teams[index] = team;
  return team;
}

const repositoryName = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export interface RepositoryRequest {
  readonly name: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly numbering?: Numbering;
}

/** Whoever creates it administers it. */
export async function createRepository(room: Room, request: RepositoryRequest): Promise<Result<RepositoryState>> {
  const { state, by, git } = room;
  const { name, private: hidden = false, defaultBranch = "main", numbering = "shared" } = request;
  if (!repositoryName.test(name) || name.endsWith(".git"))
    return blocked(422, "Repository creation failed: name is invalid");
  if (state.repositories.some((other) => isSame(other.name, name))) {
    return blocked(422, "Repository creation failed: name already exists on this account");
  }
  const made = emptyRepository({ name, private: hidden, defaultBranch, numbering, parent: null });
  made.roles.push({ login: by.login, role: "admin" });
  await git.create(name, { branch: defaultBranch, parent: null });
  state.repositories.push(made);
  return made;
}

function emptyRepository(
  about: Pick<RepositoryState, "name" | "private" | "defaultBranch" | "numbering" | "parent">,
): RepositoryState {
  return {
    ...about,
    settings: { mergeMethods: ["merge", "squash", "rebase"], deleteBranchOnMerge: false },
    roles: [],
    issues: [],
    pullRequests: [],
    comments: [],
    reviews: [],
    protections: [],
    environments: [],
    deployments: [],
    releases: [],
    statuses: [],
    pushes: [],
    made: [],
  };
}

/** A fork of one's own, with the branches as they are and without their rules. Null in `owner`: whoever asks. */
export async function fork(place: Place, { owner }: { readonly owner?: string }): Promise<Result<RepositoryState>> {
  const { repository, state, git, by } = place;
  const denied = needRole(place, "read");
  if (denied !== null) return denied;
  const name = `${owner ?? by.login}/${repository.name.slice(repository.name.indexOf("/") + 1)}`;
  const there = state.repositories.find((other) => isSame(other.name, name));
  if (there !== undefined)
    return there.parent === repository.name ? there : blocked(422, "name already exists on this account");
  const made = emptyRepository({ ...repository, name, parent: repository.name });
  made.roles.push({ login: owner ?? by.login, role: "admin" });
  await git.create(name, { branch: repository.defaultBranch, parent: repository });
  state.repositories.push(made);
  const target = await placeIn(place, made);
  for (const [ref, after] of place.refs.all()) {
    if (!ref.startsWith("refs/heads/")) continue;
    const moved = await moveRef(target, { ref, before: null, after, forward: true, commits: [], merging: null });
    if (isBlocked(moved)) return moved;
  }
  return made;
}

export async function setRole(
  place: Place,
  request: { readonly login: string; readonly role: Role | null },
): Promise<Result<Role | null>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  if (findUser(place.state, request.login) === undefined) return blocked(404, "Not Found");
  const { roles } = place.repository;
  const index = roles.findIndex((entry) => isSame(entry.login, request.login));
  if (index >= 0) roles.splice(index, 1);
  if (request.role !== null) roles.push({ login: request.login, role: request.role });
  return request.role;
}

export async function setSettings(
  place: Place,
  request: Partial<RepositorySettings>,
): Promise<Result<RepositorySettings>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  if (request.mergeMethods?.length === 0) return blocked(422, "At least one merge method must be enabled");
  place.repository.settings = { ...place.repository.settings, ...request };
  return place.repository.settings;
}

/** Creates or changes the rules of a pattern; what is not named stays, and what never was is off. */
export async function protect(
  place: Place,
  request: Partial<Protection> & { readonly pattern: string },
): Promise<Result<Protection>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  const { protections } = place.repository;
  const { pattern, ruleset = "" } = request;
  const index = protections.findIndex((rules) => rules.pattern === pattern && rules.ruleset === ruleset);
  const rules: Protection = { ...unprotected, forcePush: false, deletion: false, ...protections[index], ...request };
  if (index < 0) protections.push(rules);
  else protections[index] = rules;
  return rules;
}

export async function unprotect(
  place: Place,
  { pattern, ruleset = "" }: { readonly pattern: string; readonly ruleset?: string },
): Promise<Result<null>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  const index = place.repository.protections.findIndex(
    (rules) => rules.pattern === pattern && rules.ruleset === ruleset,
  );
  if (index < 0) return blocked(404, "Not Found");
  place.repository.protections.splice(index, 1);
  return null;
}

/** Six reviewers at most. */
export async function setEnvironment(
  place: Place,
  request: Partial<Environment> & { readonly name: string },
): Promise<Result<Environment>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  if ((request.reviewers?.length ?? 0) > 6) return blocked(422, "Validation Failed: at most 6 reviewers");
  const { environments } = place.repository;
  const index = environments.findIndex((environment) => isSame(environment.name, request.name));
  const known = environments[index] ?? { reviewers: [], preventSelfReview: false, adminBypass: true, refs: [] };
  const environment: Environment = { ...known, ...request, name: environments[index]?.name ?? request.name };
  if (index < 0) environments.push(environment);
  else environments[index] = environment;
  return environment;
}

/** What waits there waits no longer. */
export async function deleteEnvironment(place: Place, { name }: { readonly name: string }): Promise<Result<null>> {
  const denied = needRole(place, "admin");
  if (denied !== null) return denied;
  const { environments, deployments } = place.repository;
  const index = environments.findIndex((environment) => isSame(environment.name, name));
  if (index < 0) return blocked(404, "Not Found");
  environments.splice(index, 1);
  for (const deployment of deployments) {
    if (isSame(deployment.environment, name) && deployment.state === "waiting") deployment.state = "ended";
  }
  return null;
}
