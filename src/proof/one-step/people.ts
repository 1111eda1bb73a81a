import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import { change, type Ground } from "./ground.ts";
import type { Case, Person, Saying } from "./relations.ts";
import { sayings } from "./relations.ts";
import { digests, otherStack, type Times } from "./things.ts";
import { sourceOf } from "./usual.ts";

/** Where people speak of a row's plan: on its pull request, or at the gates that it stands before. */
export function placeOf(ground: Ground): "pull request" | "gate" {
  const source = sourceOf(ground);
  return source === "a pull request" || source === "a merge" ? "pull request" : "gate";
}

/** What people can say there: at a gate nobody asks for changes. */
export function sayingsAt(ground: Ground): readonly Saying[] {
  const atGate = placeOf(ground) === "gate";
  return sayings.filter((says) => {
    if (says === "yes at one of two gates") return ground.gates.length > 1;
    return !(atGate && says === "yes, then asks for changes");
  });
}

const nowhere = { environment: null, stack: null, plan: null, commit: null } as const;

/** Something said on a pull request. */
export function saidOn(number: number, by: Login, says: PersonalAnswer["says"], at: number): PersonalAnswer {
  return { by, at, via: "review", says, pullRequest: number, ...nowhere };
}

function saidAt(gate: string, by: Login, says: PersonalAnswer["says"], at: number): PersonalAnswer {
  return { by, at, via: "gate", says, pullRequest: null, ...nowhere, environment: gate };
}

/** Everything that people said, as it is kept: in the order in which it was said. */
export function answersOf(ground: Ground, { people }: Pick<Case, "people">, times: Times): readonly PersonalAnswer[] {
  const answers: PersonalAnswer[] = [];
  for (const person of people) if (person.says !== "nothing") answers.push(...answersBy(ground, person, times));
  return answers;
}

function answersBy(ground: Ground, { login, says }: Person, times: Times): readonly PersonalAnswer[] {
  const here = (word: PersonalAnswer["says"], at: number): readonly PersonalAnswer[] =>
    placeOf(ground) === "pull request"
      ? [saidOn(change, login, word, at)]
      : ground.gates.map(({ name }) => saidAt(name, login, word, at));
  const yes = here("approve", times.spoken);
  switch (says) {
    case "nothing":
      return [];
    case "yes":
      return yes;
    case "yes, naming the plan":
      return yes.map((answer) => ({ ...answer, plan: digests.plan }));
    case "no, then yes":
      return [...here("reject", times.spoken), ...here("approve", times.later)];
    case "yes before it was shown":
      return here("approve", times.shown - 1);
    case "yes in the moment it was shown":
      return here("approve", times.shown);
    case "yes to another plan":
      return yes.map((answer) => ({ ...answer, plan: digests.otherPlan }));
    case "yes to another stack":
      return yes.map((answer) => ({ ...answer, stack: otherStack(ground.stack) }));
    case "yes at another gate":
      return [saidAt(ground.otherGate, login, "approve", times.spoken)];
    case "yes at one of two gates":
      return ground.gates.slice(0, 1).map(({ name }) => saidAt(name, login, "approve", times.spoken));
    case "yes on another pull request":
      return [saidOn(change + 1, login, "approve", times.spoken)];
    case "yes, then asks for changes":
      return [...yes, saidOn(change, login, "request-changes", times.later)];
    case "yes, then takes it back":
      return [...yes, ...here("take-back", times.later)];
    case "yes, then no":
      return [...yes, ...here("reject", times.later)];
  }
}
