import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import type { About } from "../asking.ts";

/** What people said, before anything is made of it. */

const opinions: ReadonlySet<PersonalAnswer["says"]> = new Set(["approve", "request-changes", "take-back", "reject"]);

/** Whether it is a yes or a no, or the end of one. Holds, accepted commits and deletions are matters of their own. */
export function isOpinion({ says }: PersonalAnswer): boolean {
  return opinions.has(says);
}

/** What each person thought last. */
export function lastOpinions(answers: readonly PersonalAnswer[]): ReadonlyMap<Login, PersonalAnswer> {
  const inOrder = answers.filter(isOpinion).toSorted((left, right) => left.at - right.at);
  return new Map(inOrder.map((answer) => [answer.by, answer]));
}

/** Everything said on the pull request that a run plans or follows from. */
export function onPullRequest({ moment, run }: Pick<About, "moment" | "run">): readonly PersonalAnswer[] {
  const { source } = run;
  const number = source.kind === "pull-request" || source.kind === "merge" ? source.pullRequest : null;
  return number === null ? [] : (moment.before.pullRequests[number - 1]?.answers ?? []);
}
