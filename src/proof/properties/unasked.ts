import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import type { ModelWorld } from "../../worlds/model/index.ts";
import type { PullRequest } from "../../worlds/model/world.ts";
import type { About, Cause } from "../asking.ts";
import { type Brought, broughtBy, sameMeaning, standsFor, wasInFront, writersOf } from "../provenance.ts";
import { lastOpinions, onPullRequest } from "./said.ts";

/**
 * Stage and production: somebody else than who wrote it said yes to each part, whatever the flow asks for. A yes is about
 * a part when it was given to a pull request that brings it, at a time when that had it; to the push that brought it; or
 * to this very plan, there or at a gate. Null when there is one for each part.
 */
export function whyUnasked(about: About, cause: Cause): string | null {
  const { moment, run, environment, begun } = about;
  const { setting, before } = moment;
  const { kind } = environment;
  if ((kind !== "stage" && kind !== "prod") || setting.flow.assurance === "solo") return null;
  if (run.source.kind === "schedule") return null;
  const toThePlan = whoWantsThePlan(about, cause);
  for (const part of broughtBy(setting, before, run)) {
    const wrote = writersOf(setting.flow, before, [part], cause.delivers);
    const asked = [...toThePlan, ...whoLetItIn(before, part), ...whoAccepted(before, part)];
    if (asked.every((login) => wrote.has(login)))
      return `${begun.stack} is applied with ${part.path}, and nobody but those who wrote it ever said yes to that`;
  }
  return null;
}

/** Who says yes to what is applied, and had it before them then. */
function whoWantsThePlan(about: About, { gates }: Cause): readonly Login[] {
  const { before } = about.moment;
  const plan = before.plans[about.begun.plan];
  if (plan === undefined) return [];
  const plans = sameMeaning(before, plan);
  const atGates = before.gateAnswers.filter(({ environment }) => gates.some(({ name }) => name === environment));
  return [...atGates, ...onPullRequest(about)]
    .filter(({ says, at }) => says === "approve" && wasInFront(plans, at))
    .map(({ by }) => by);
}

/** Whose last review of a merged pull request that brings the part is a yes, given when the part was in it. */
function whoLetItIn(world: ModelWorld, { commits }: Brought): readonly Login[] {
  return commits.flatMap((commit) => {
    const found = standsFor(world, commit);
    return world.pullRequests.flatMap((change) => {
      const since = hasSince(change, found);
      return since === null ? [] : yesSince(change.answers, since);
    });
  });
}

/** Since when a merged pull request has one of these commits; null when it brings none. */
function hasSince({ merged, openedAt }: PullRequest, found: ReadonlySet<string>): number | null {
  const times = merged?.commits.filter(({ sha }) => found.has(sha)).map(({ at }) => at) ?? [];
  return times.length === 0 ? null : Math.max(openedAt, Math.min(...times));
}

function yesSince(answers: readonly PersonalAnswer[], since: number): readonly Login[] {
  const reviews = answers.filter(({ via }) => via === "review");
  return [...lastOpinions(reviews).values()]
    .filter(({ says, at }) => says === "approve" && at > since)
    .map(({ by }) => by);
}

/** Who accepted the part itself, or the head of the push that brought it. */
function whoAccepted({ commitAnswers, pushes }: ModelWorld, { commits }: Brought): readonly Login[] {
  const heads = pushes.filter((push) => push.commits.some((own) => commits.includes(own))).map(({ after }) => after);
  const meant = new Set([...commits, ...heads].map(({ sha }) => sha));
  return commitAnswers.filter(({ commit }) => commit !== null && meant.has(commit)).map(({ by }) => by);
}
