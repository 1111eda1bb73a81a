import { type Login, parseLogin } from "../domain/names.ts";
import type { Flow, PeopleRef } from "../flow/flow.ts";

/** Who takes part in the proof of a flow. */
export interface Cast {
  /** Everybody, with the teams of the flow that they are in. */
  readonly people: ReadonlyMap<Login, readonly string[]>;
  /** Who may merge and start things: whoever is in a team; of a flow without teams somebody at least, and the stranger may then too. */
  readonly members: readonly Login[];
  /** Writes on branches that nobody protects, opens, reviews and comments, and is asked nowhere. */
  readonly stranger: Login;
  /**
   * People whom the flow cannot tell apart. Which of them acts first makes no difference, so in a story the second of a
   * role acts only after the first.
   */
  readonly roles: readonly (readonly Login[])[];
}

/** More of one team than this make no new story: two approve, one writes, and one is left over. */
const mostOfATeam = 4;

/** The people of a flow: those whom it names, of a team of the forge as many as its gates need and one more. */
export function castOf(flow: Flow): Cast {
  const people = new Map<Login, string[]>();
  const needed = Math.max(2, ...gateCounts(flow).map((count) => count + 1));
  for (const [team, { logins, forgeTeam }] of Object.entries(flow.teams)) {
    const listed = logins.slice(0, mostOfATeam);
    const missing = forgeTeam === null ? 0 : Math.max(0, Math.min(needed, mostOfATeam) - listed.length);
    const more = Array.from({ length: missing }, (_, index) =>
      `${team}-${index + 1}`.replaceAll(/[^A-Za-z0-9-]/g, "-"),
    );
    for (const login of [...listed, ...more]) {
      const parsed = parseLogin(login);
      if (parsed !== undefined) people.set(parsed, [...(people.get(parsed) ?? []), team]);
    }
  }
  for (const login of namedOnTheSpot(flow)) if (!people.has(login)) people.set(login, []);
  const hasTeams = Object.keys(flow.teams).length > 0;
  if (!hasTeams && people.size === 0) people.set("ann" as Login, []);
  const members = [...people].filter(([, teams]) => !hasTeams || teams.length > 0).map(([login]) => login);
  const stranger = ["eve", "mallory", "a-stranger"]
    .map(parseLogin)
    .find((login) => login !== undefined && !people.has(login));
  if (stranger === undefined) return { people, members, stranger: "nobody" as Login, roles: [] };
  people.set(stranger, []);
  return { people, members, stranger, roles: rolesOf(flow, people) };
}

function gateCounts(flow: Flow): readonly number[] {
  const gates = [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])];
  return [...gates.map(({ count }) => count), ...flow.branches.map(({ reviews }) => reviews?.count ?? 0)];
}

function referencesTo(flow: Flow): readonly PeopleRef[] {
  return [
    ...flow.gates.map(({ by }) => by),
    ...flow.environments.flatMap(({ approvals }) => approvals?.by ?? []),
    ...flow.branches.flatMap(({ reviews }) => reviews?.by ?? []),
  ];
}

function namedOnTheSpot(flow: Flow): readonly Login[] {
  return [...new Set(referencesTo(flow).flatMap(({ logins }) => logins))].slice(0, mostOfATeam);
}

/** Two people are of one role when they are in the same teams and every list of logins has both or neither. */
function rolesOf(flow: Flow, people: ReadonlyMap<Login, readonly string[]>): readonly (readonly Login[])[] {
  const lists = referencesTo(flow).map(({ logins }) => logins);
  const roles = new Map<string, Login[]>();
  for (const [login, teams] of people) {
    const key = JSON.stringify([[...teams].sort(), lists.map((list) => list.includes(login))]);
    roles.set(key, [...(roles.get(key) ?? []), login]);
  }
  return [...roles.values()];
}

/** Whether a list of people has somebody, teams looked up among those who take part. */
export function isNamed(cast: Pick<Cast, "people">, by: PeopleRef, login: Login): boolean {
  return by.logins.includes(login) || by.teams.some((team) => cast.people.get(login)?.includes(team) === true);
}
