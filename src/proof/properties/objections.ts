import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import type { About, Cause } from "../asking.ts";
import { broughtBy, sameMeaning, wasInFront, wayIn } from "../provenance.ts";
import { lastOpinions, onPullRequest } from "./said.ts";

/**
 * What somebody who may merge said against an apply, or would have to say for it besides a yes; null when nothing stands
 * in its way. What is tried for an open pull request is tried for those who ask for changes too.
 */
export function whyObjected(about: About, cause: Cause): string | null {
  const isTried = about.environment.perPullRequest;
  return whyHeld(about, cause) ?? (isTried ? null : (whyChangesAreAsked(about, cause) ?? whyNotMeant(about, cause)));
}

/** Somebody who may merge asks for changes on a pull request that is applied, and did not say yes since, there or at a gate. */
function whyChangesAreAsked(about: About, cause: Cause): string | null {
  const { moment, begun } = about;
  const atGates = moment.before.gateAnswers.filter((answer) =>
    cause.gates.some(({ name }) => name === answer.environment),
  );
  for (const answers of saidOnEach(about, cause)) {
    const last = lastOpinions([...answers, ...atGates]);
    const login = moment.setting.maintainers.find((name) => last.get(name)?.says === "request-changes");
    if (login !== undefined) return `${begun.stack} is applied while ${login} asks for changes`;
  }
  return null;
}

/** A hold lasts until who set it, or somebody who may merge, ends it. */
function whyHeld(about: About, cause: Cause): string | null {
  const { moment, begun } = about;
  const { maintainers } = moment.setting;
  for (const answers of saidOnEach(about, cause)) {
    let holder: Login | null = null;
    for (const { by, says, stack } of answers) {
      if (stack !== null && stack !== begun.stack) continue;
      if (says === "hold" && maintainers.includes(by)) holder = by;
      if (says === "release-hold" && (by === holder || maintainers.includes(by))) holder = null;
    }
    if (holder !== null) return `${begun.stack} is applied while ${holder} holds it`;
  }
  return null;
}

/** What was said on the pull request that is applied, and on each other one whose change comes along. */
function saidOnEach(about: About, { delivers }: Cause): readonly (readonly PersonalAnswer[])[] {
  const { setting, before } = about.moment;
  const commits = broughtBy(setting, before, about.run).flatMap((part) => part.commits);
  const along = new Set(commits.flatMap((commit) => wayIn(setting.flow, before, commit, delivers).changes));
  return [onPullRequest(about), ...[...along].map(({ answers }) => answers)];
}

/**
 * Where the flow asks that deletions be acknowledged, who may merge said so while a plan that deletes the same stood in
 * front of them: of each plan that follows from a pull request, where it can be said.
 */
function whyNotMeant(about: About, { row }: Cause): string | null {
  const { moment, begun, run } = about;
  const { setting, before } = moment;
  const plan = before.plans[begun.plan];
  const isAsked =
    run.source.kind === "pull-request" || (run.source.kind === "merge" && run.source.pullRequest !== null);
  if (setting.flow.require.deletions === "free" || plan === undefined || !isAsked || row.on === "push") return null;
  const { destroy, replace } = plan.manifest.counts;
  if (destroy + replace === 0) return null;
  const plans = sameMeaning(before, plan);
  const isMeant = onPullRequest(about).some(
    ({ by, says, at, stack, plan: bound }) =>
      says === "acknowledge" &&
      setting.maintainers.includes(by) &&
      (stack === null || stack === begun.stack) &&
      (bound === null || plans.some(({ digest }) => digest === bound)) &&
      wasInFront(plans, at),
  );
  return isMeant
    ? null
    : `${begun.stack} is applied by a plan that deletes or replaces ${destroy + replace}, and nobody who saw that said that it is meant`;
}
