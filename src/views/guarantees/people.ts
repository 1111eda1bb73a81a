import type { Flow, PeopleRef } from "../../flow/flow.ts";
import { listed as inWords, peopleIn, type Spelling } from "../explain/words/names.ts";
import { type Compared, type Differences, listed, listsOf, type Pair, type Tell, tellOf } from "./tell.ts";

/** Who is in the teams: whoever joins one may say yes wherever it is asked. */
export function teamDifferences({ before, after, spelling }: Compared): Differences {
  const { strong, plain, code } = spelling;
  const { gained, lost } = listsOf({ before: Object.keys(before.teams), after: Object.keys(after.teams) });
  const both = Object.keys(after.teams).filter((name) => !gained.includes(name));
  return [
    ...gained.map((name) =>
      tellOf(`team ${name}`)("other", `${strong(name)} is a new team: ${membersText(after, name, spelling)}`),
    ),
    ...lost.map((name) => tellOf(`team ${name}`)("other", `the team ${strong(name)} is gone`)),
    ...both.flatMap((name) => {
      const [had, has] = [before, after].map((flow) => flow.teams[name] ?? nobody) as [Team, Team];
      const asked = askedOf(after, name);
      const where = asked.length === 0 ? "" : `, who are asked at ${inWords(asked.map(strong))}`;
      const said = (who: (item: string) => string) => ({
        gained: (item: string) => `${who(item)} is new in ${strong(name)}${where}`,
        lost: (item: string) => `${who(item)} is no longer in ${strong(name)}`,
        whenGained: "weaker" as const,
      });
      const tell = tellOf(`team ${name}`);
      return [
        ...listed({ before: had.logins, after: has.logins }, tell, said(plain)),
        ...listed(
          { before: [had.forgeTeam ?? []].flat(), after: [has.forgeTeam ?? []].flat() },
          tell,
          said((team) => `whoever is in the forge's team ${code(team)}`),
        ),
      ];
    }),
  ];
}

type Team = Flow["teams"][string];

const nobody: Team = { logins: [], forgeTeam: null };

function membersText({ teams }: Flow, name: string, { plain, code }: Spelling): string {
  const { logins, forgeTeam } = teams[name] ?? nobody;
  const members = [...logins.map(plain), ...(forgeTeam === null ? [] : [`the members of ${code(forgeTeam)}`])];
  return members.length === 0 ? "nobody" : inWords(members);
}

/** Where the flow asks a team. */
function askedOf({ gates, environments, branches }: Flow, team: string): readonly string[] {
  const asks = (by: PeopleRef | null | undefined) => by?.teams.includes(team) === true;
  return [
    ...gates.filter(({ by }) => asks(by)),
    ...environments.filter(({ approvals }) => asks(approvals?.by)),
    ...branches.filter(({ reviews }) => asks(reviews?.by)),
  ].map(({ name }) => name);
}

/**
 * Whom a gate or a review names. A team under one name on both sides is the same people here: who joins it is told of
 * the team. Naming the same people in another way lets nobody in and keeps nobody out.
 */
export function peopleDifferences(
  { before, after, spelling }: Compared,
  by: Pair<PeopleRef>,
  tell: Tell,
  said: { readonly gained: (who: string) => string; readonly lost: (who: string) => string },
): Differences {
  const { gained, lost } = listsOf({ before: partsOf(by.before), after: partsOf(by.after) }, (part) =>
    JSON.stringify(part),
  );
  const [had, has] = [membersOf(before, [by.before]), membersOf(after, [by.after])];
  const text = (part: PeopleRef) => peopleIn(part, spelling);
  return [
    ...gained.map((part) =>
      tell(isWithin(membersOf(after, [part]), had) ? "other" : "weaker", said.gained(text(part))),
    ),
    ...lost.map((part) => tell(isWithin(membersOf(before, [part]), has) ? "other" : "stronger", said.lost(text(part)))),
  ];
}

/** Each team and each login that is named, alone. */
function partsOf({ teams, logins }: PeopleRef): readonly PeopleRef[] {
  return [
    ...teams.map((team): PeopleRef => ({ teams: [team], logins: [] })),
    ...logins.map((login): PeopleRef => ({ teams: [], logins: [login] })),
  ];
}

/** Everybody who is named; a team of the forge is one of them, since its members are not in the flow. */
function membersOf({ teams }: Flow, refs: readonly PeopleRef[]): ReadonlySet<string> {
  return new Set(
    refs.flatMap((ref) => [
      ...ref.logins.map((login) => `login ${login}`),
      ...ref.teams.flatMap((name) => {
        const { logins, forgeTeam } = (Object.hasOwn(teams, name) ? teams[name] : undefined) ?? nobody;
        return [...logins.map((login) => `login ${login}`), ...(forgeTeam === null ? [] : [`forge team ${forgeTeam}`])];
      }),
    ]),
  );
}

function isWithin(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].every((one) => others.has(one));
}
