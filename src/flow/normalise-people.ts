import type { Login } from "../domain/names.ts";
import type { Flow, PeopleRef } from "./flow.ts";

const loginOf = (text: string) => text.toLowerCase() as Login;

export function teamOf(team: string | readonly string[]): Flow["teams"][string] {
  return typeof team === "string" ? { logins: [], forgeTeam: team } : { logins: team.map(loginOf), forgeTeam: null };
}

/** A single word is always a team; in a list, a word that is a team's name means the team. */
export function peopleOf(by: string | readonly string[], teams: ReadonlySet<string>): PeopleRef {
  if (typeof by === "string") return { teams: [by], logins: [] };
  return { teams: by.filter((name) => teams.has(name)), logins: by.filter((name) => !teams.has(name)).map(loginOf) };
}
