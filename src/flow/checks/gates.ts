import { type Diagnostic, nearestName } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { Flow, Gate, PeopleRef } from "../flow.ts";
import { listText } from "../issues.ts";
import { defaultNotBy } from "../normalise-environment.ts";
import type { Path } from "../place.ts";

/** A place where the file asks people: a gate, or the reviews of a branch. */
interface Question {
  readonly part: object;
  /** Where in the part it is written. */
  readonly inside: Path;
  /** As the start of a sentence. */
  readonly what: string;
  readonly count: number;
  readonly by: PeopleRef;
  readonly leavesOutWriters: boolean;
}

/** A gate of the file, and whether somebody's own doing starts what passes it. */
interface AskedGate {
  readonly part: object;
  readonly inside: Path;
  readonly gate: Gate;
  readonly dispatched: boolean;
}

function gatesOf({ environments, gates, when }: Flow): readonly AskedGate[] {
  const started = when.filter(({ on }) => on === "dispatch" || on === "release");
  return [
    ...gates.map((gate) => ({
      part: gate,
      inside: [],
      gate,
      dispatched: started.some((row) => row.gate === gate.name),
    })),
    ...environments.flatMap((part) => {
      const { name, approvals: gate } = part;
      if (gate === null) return [];
      return [
        { part, inside: ["approvals"], gate, dispatched: started.some(({ environment }) => environment === name) },
      ];
    }),
  ];
}

function questionsOf(flow: Flow): readonly Question[] {
  const gates = gatesOf(flow).map(({ part, inside, gate }) => ({
    part,
    inside,
    what: inside.length === 0 ? `The gate "${gate.name}"` : `The gate of "${gate.name}"`,
    count: gate.count,
    by: gate.by,
    leavesOutWriters: gate.notBy.includes("writers"),
  }));
  const reviews = flow.branches.flatMap((part) => {
    if (part.reviews?.by == null) return [];
    const { count, by } = part.reviews;
    // Nobody reviews their own pull request: the forge does not let them.
    return [
      { part, inside: ["reviews"], what: `A pull request into "${part.name}"`, count, by, leavesOutWriters: true },
    ];
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

function peopleEnough(question: Question, about: CheckedFlow): readonly Diagnostic[] {
  const { part, inside, what, count, by, leavesOutWriters } = question;
  const people = peopleIn(by, about.flow);
  if (people === undefined) return [];
  const [asks, whom] = [`${what} asks for ${count} ${count === 1 ? "person" : "people"}`, listText([...people], "and")];
  if (count > people.size) {
    return [
      problem("gate-cannot-open", about.place(part, ...inside, "count"), [
        `${asks}, and there ${people.size === 1 ? "is" : "are"} only ${whom}.`,
        "Ask for fewer, or name more people.",
      ]),
    ];
  }
  if (!leavesOutWriters || count < people.size) return [];
  const writer = people.size === 1 ? whom : "one of them";
  const text = `${asks} and names only ${whom}, so nothing that ${writer} wrote can pass: nobody approves their own.`;
  const alone = people.size === 1 && inside.includes("reviews");
  const hint = `Name one person more.${alone ? " Where one person is all there is, write `assurance: solo` and leave `reviews` out." : ""}`;
  return [warning("gate-needs-everybody", about.place(part, ...inside), [text, hint])];
}

/** Whoever leaves fewer people out than by default says why, in the file, where the reviewer sees it. */
export const everyExceptionHasAReason: Check = {
  name: "every-exception-has-a-reason",
  find: (about) => each(gatesOf(about.flow), (asked) => exception(asked, about)),
};

function exception({ part, inside, gate, dispatched }: AskedGate, about: CheckedFlow): readonly Diagnostic[] {
  const missing = defaultNotBy(dispatched).filter((who) => !gate.notBy.includes(who));
  if (missing.length === 0) {
    if (gate.because === undefined) return [];
    return [
      problem("key-without-effect", about.placeOfKey(part, ...inside, "because"), [
        "`because` explains an exception, and there is none here.",
        "Remove it.",
      ]),
    ];
  }
  const place = about.place(part, ...inside, "notBy");
  const of = inside.length === 0 ? "" : "of ";
  const text = `The gate ${of}"${gate.name}" lets the ${listText(missing, "and")} approve.`;
  if (about.flow.assurance === "regulated")
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
    const { names } = about;
    return each(questionsOf(about.flow), ({ part, inside }) => {
      const by = about.written(part, ...inside, "by");
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
        return [warning("person-like-team", about.place(part, ...inside, "by", index), text)];
      });
    });
  },
};

/** A team that nobody asks was meant to be asked somewhere. */
export const everyTeamIsAsked: Check = {
  name: "every-team-is-asked",
  needsWhole: ["branches", "environments", "gates"],
  find: (about) => {
    const used = new Set(questionsOf(about.flow).flatMap(({ by }) => by.teams));
    return each(Object.entries(about.flow.teams), ([name, team]) =>
      used.has(name) ? [] : [warning("team-unused", about.placeOfKey(team), [`Nothing asks the team "${name}".`])],
    );
  },
};

/** A gate that no row names stands where nobody passes. */
export const everyGateIsAsked: Check = {
  name: "every-gate-is-asked",
  needsWhole: ["when"],
  find: (about) => {
    const asked = new Set(about.flow.when.map(({ gate }) => gate));
    return each(about.flow.gates, (gate) =>
      asked.has(gate.name)
        ? []
        : [
            problem("gate-unused", about.placeOfKey(gate), [
              `Nothing ever asks the gate "${gate.name}".`,
              `Name it with \`gate: ${gate.name}\` in the rows that it guards, or remove it.`,
            ]),
          ],
    );
  },
};

/** A yes at a gate opens it for everything that waits there, so what production waits for is asked at a gate of its own. */
export const everyGateIsOneQuestion: Check = {
  name: "every-gate-is-one-question",
  find: (about) =>
    each(about.flow.gates, (gate) => {
      const rows = about.flow.when.filter((row) => row.gate === gate.name);
      const places = about.flow.environments.filter(({ name }) => rows.some((row) => row.environment === name));
      if (places.length < 2 || !places.some(({ kind }) => kind === "stage" || kind === "prod")) return [];
      const where = listText(
        places.map(({ name }) => `"${name}"`),
        "and",
      );
      const text = `The gate "${gate.name}" stands before ${where}, and one yes opens it for all that waits there.`;
      const hint = "Give each environment a gate of its own, or `approvals`.";
      return [warning("gate-shared", about.placeOfKey(gate), [text, hint])];
    }),
};
