import { blocked } from "./outcome.ts";
import type { Place } from "./room.ts";
import type { ForgeState, RepositoryState, Role, User, View } from "./state.ts";

const ranks: Readonly<Record<Role, number>> = { read: 1, write: 2, maintain: 3, admin: 4 };

/** Logins are compared without regard to case. */
export function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

export function findUser(state: View<ForgeState>, login: string): View<User> | undefined {
  return state.users.find((user) => isSame(user.login, login));
}

/** The person whose verified or no-reply address this is. Who wrote the address into a commit is not known by it. */
export function userByEmail(state: View<ForgeState>, email: string): View<User> | undefined {
  const wanted = email
    .trim()
    .toLowerCase()
    .replace(/^\d+\+(?=[^@]+@users\.noreply\.)/, "");
  return state.users.find(
    (user) =>
      user.emails.some((own) => own.toLowerCase() === wanted) || noReply(state, user.login).toLowerCase() === wanted,
  );
}

function noReply(state: View<ForgeState>, login: string): string {
  return `${login}@users.noreply.${state.host}`;
}

/** Who they are in a commit that the forge makes for them. */
export function personOf(state: View<ForgeState>, user: View<User>): { readonly name: string; readonly email: string } {
  return { name: user.name, email: user.emails[0] ?? noReply(state, user.login) };
}

/** Who commits what is merged with a button. */
export function webFlow(state: View<ForgeState>): { readonly name: string; readonly email: string } {
  return { name: "GitHub", email: `noreply@${state.host}` };
}

/** Null when somebody cannot even see it. */
export function roleOf(repository: View<RepositoryState>, login: string): Role | null {
  const given = repository.roles.find((entry) => isSame(entry.login, login))?.role;
  return given ?? (repository.private ? null : "read");
}

export function hasRole(repository: View<RepositoryState>, login: string, least: Role): boolean {
  const role = roleOf(repository, login);
  return role !== null && ranks[role] >= ranks[least];
}

/** A repository that somebody may not see is not there for them; what they may not do is forbidden. */
export function needRole({ repository, by }: Place, least: Role): ReturnType<typeof blocked> | null {
  if (hasRole(repository, by.login, least)) return null;
  if (roleOf(repository, by.login) === null) return blocked(404, "Not Found");
  if (least === "admin") return blocked(403, "Must have admin rights to Repository.");
  return blocked(403, `Permission to ${repository.name}.git denied to ${by.login}.`);
}

/** Whether a login is one of these logins and teams. */
export function isAmong(state: View<ForgeState>, login: string, people: readonly string[]): boolean {
  return people.some((entry) => {
    const team = state.teams.find((candidate) => isSame(candidate.slug, entry));
    return team === undefined ? isSame(entry, login) : team.members.some((member) => isSame(member, login));
  });
}
