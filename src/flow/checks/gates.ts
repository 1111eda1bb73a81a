import { type Diagnostic, nearestName } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { BranchClass, Environment, Flow, PeopleRef } from "../flow.ts";
import { listText } from "../issues.ts";
import { defaultNotBy } from "../normalise-environment.ts";

/** A place where the file asks people: a gate, or the reviews of a branch. */
interface Question {
  readonly part: BranchClass | Environment;
  readonly key: "approvals" | "reviews";
  readonly count: number;
  readonly by: PeopleRef;
  readonly leavesOutWriters: boolean;
}

function questionsOf(flow: Flow): readonly Question[] {
  const gates = flow.environments.flatMap((part) => {
    const gate = part.approvals;
    if (gate === null) return [];
    return [
      {
        part,
        key: "approvals" as const,
        count: gate.count,
        by: gate.by,
        leavesOutWriters: gate.notBy.includes("writers"),
      },
    ];
  });
  const reviews = flow.branches.flatMap((part) => {
    if (part.reviews?.by == null) return [];
    // Nobody reviews their own pull request: the forge does not let them.
    return [{ part, key: "reviews" as const, count: part.reviews.count, by: part.reviews.by, leavesOutWriters: true }];
  });
  return [...gates, ...reviews];
}

/** Everybody who is meant; undefined when a team of the forge is among them, whose members the file does not know. */
function peopleIn(by: PeopleRef, flow: Flow): ReadonlySet<string> | undefined {
  const people = new Set<string>(by.logins);
  for (const name of by.teams) {
    const team = flow.teams[name];
    if (team === undefined || team.forgeTeam !== null) return undefined;
    for (const login of team.logins) people.add(login);
  }
  return people;
}

/** There are people enough to open every gate, also when one of them wrote the change. */
export const everyGateCanBeOpened: Check = {
  name: "every-gate-can-be-opened",
  find: (about) => each(questionsOf(about.flow), (question) => peopleEnough(question, about)),
};

function peopleEnough({ part, key, count, by, leavesOutWriters }: Question, about: CheckedFlow): readonly Diagnostic[] {
  const people = peopleIn(by, about.flow);
  if (people === undefined) return [];
  const what = key === "approvals" ? `The gate of "${part.name}"` : `A pull request into "${part.name}"`;
  const [asks, whom] = [`${what} asks for ${count} ${count === 1 ? "person" : "people"}`, listText([...people], "and")];
  if (count > people.size) {
    return [
      problem("gate-cannot-open", about.place(part, key, "count"), [
        `${asks}, and there ${people.size === 1 ? "is" : "are"} only ${whom}.`,
        "Ask for fewer, or name more people.",
      ]),
    ];
  }
  if (!leavesOutWriters || count < people.size) return [];
  const writer = people.size === 1 ? whom : "one of them";
  const text = `${asks} and names only ${whom}, so nothing that ${writer} wrote can pass: nobody approves their own.`;
  return [warning("gate-needs-everybody", about.place(part, key), [text, "Name one person more."])];
}

/** Whoever leaves fewer people out than by default says why, in the file, where the reviewer sees it. */
export const everyExceptionHasAReason: Check = {
  name: "every-exception-has-a-reason",
  find: (about) => each(about.flow.environments, (environment) => exception(environment, about)),
};

function exception(environment: Environment, about: CheckedFlow): readonly Diagnostic[] {
  const gate = environment.approvals;
  if (gate === null) return [];
  const { when, assurance } = about.flow;
  const dispatched = when.some((row) => row.on === "dispatch" && row.environment === environment.name);
  const missing = defaultNotBy(dispatched).filter((who) => !gate.notBy.includes(who));
  if (missing.length === 0) {
    if (gate.because === undefined) return [];
    return [
      problem("key-without-effect", about.placeOfKey(environment, "approvals", "because"), [
        "`because` explains an exception, and there is none here.",
        "Remove it.",
      ]),
    ];
  }
  const place = about.place(environment, "approvals", "notBy");
  const text = `The gate of "${environment.name}" lets the ${listText(missing, "and")} approve.`;
  if (assurance === "regulated")
    return [
      problem("exception-forbidden", place, [text, "`assurance: regulated` takes no exceptions: remove `notBy`."]),
    ];
  if (gate.because !== undefined) return [];
  return [problem("exception-without-reason", place, [text, "Say why with `because`, or remove `notBy`."])];
}

/** A list of logins that holds something like a team's name would give a stranger of that name a say. */
export const everyPersonIsMeant: Check = {
  name: "every-person-is-meant",
  find(about) {
    const { flow, names } = about;
    const lists = [
      ...flow.environments.map((part) => [part, "approvals"] as const),
      ...flow.branches.map((part) => [part, "reviews"] as const),
    ];
    return each(lists, ([part, key]) => {
      const by = about.written(part, key, "by");
      if (!Array.isArray(by)) return [];
      return by.flatMap((name, index) => {
        const meant =
          typeof name === "string" && name.length > 3 && !names.teams.has(name)
            ? nearestName(name, names.teams)
            : undefined;
        if (meant === undefined) return [];
        const text = [
          `"${name}" is nearly the team "${meant}", and stands for a person of that name.`,
          `Did you mean "${meant}"?`,
        ] as const;
        return [warning("person-like-team", about.place(part, key, "by", index), text)];
      });
    });
  },
};

/** A team that nobody asks was meant to be asked somewhere. */
export const everyTeamIsAsked: Check = {
  name: "every-team-is-asked",
  needsWhole: ["branches", "environments"],
  find: (about) => {
    const used = new Set(questionsOf(about.flow).flatMap(({ by }) => by.teams));
    return each(Object.entries(about.flow.teams), ([name, team]) =>
      used.has(name) ? [] : [warning("team-unused", about.placeOfKey(team), [`Nothing asks the team "${name}".`])],
    );
  },
};
