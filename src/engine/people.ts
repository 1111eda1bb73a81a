import type { PersonalAnswer } from "../domain/answer.ts";
import type { Facts } from "../domain/facts.ts";
import type { Instant, Login } from "../domain/names.ts";
import type { Shown } from "../domain/plan.ts";
import type { PeopleRef } from "../flow/flow.ts";

/** Whether somebody is among the people a gate names; `undefined` when the membership of one of its teams is not known. */
export function isAmong(people: PeopleRef, login: Login, facts: Facts): boolean | undefined {
  if (people.logins.includes(login)) return true;
  let known = true;
  for (const team of people.teams) {
    const members = facts.teams?.[team];
    if (members === undefined) known = false;
    else if (members.includes(login)) return true;
  }
  return known ? false : undefined;
}

export function peopleText(people: PeopleRef): string {
  return [...people.teams, ...people.logins].join(", ");
}

/** What opens a gate, keeps it shut, or takes that back. Holds, accepted commits and deletions are matters of their own. */
const opinions: ReadonlySet<PersonalAnswer["says"]> = new Set(["approve", "request-changes", "take-back", "reject"]);

/** The last opinion of each person, of the answers that pass. */
export function lastWords(
  answers: readonly PersonalAnswer[],
  counts: (answer: PersonalAnswer) => boolean,
): ReadonlyMap<Login, PersonalAnswer> {
  const last = new Map<Login, PersonalAnswer>();
  for (const answer of answers) {
    if (!opinions.has(answer.says) || !counts(answer)) continue;
    const before = last.get(answer.by);
    if (before === undefined || before.at <= answer.at) last.set(answer.by, answer);
  }
  return last;
}

/**
 * Whether a plan was in front of people at that time. Strictly after it was shown: two things in one second of a
 * forge's clock may have come in either order, and then the approval does not count.
 */
export function wasShownAt(shown: readonly Shown[], at: Instant): boolean {
  return shown.some((showing) => showing.at < at && (showing.until === null || at <= showing.until));
}
