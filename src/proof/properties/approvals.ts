import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import type { Gate } from "../../flow/flow.ts";
import { type About, aboutBegun, type Cause, causesOf } from "../asking.ts";
import { isNamed } from "../cast.ts";
import { leastAt, leavesOut } from "../gates.ts";
import { begunIn } from "../past.ts";
import { broughtBy, sameMeaning, wasInFront, writersOf } from "../provenance.ts";
import { whyObjected } from "./objections.ts";
import type { Watched } from "./property.ts";
import { lastOpinions, onPullRequest } from "./said.ts";
import { whyUnasked } from "./unasked.ts";

/**
 * P1. For one row at least by which the apply may have come about, every gate has its people. A gate that leaves writers
 * or the triggerer in without giving a reason is read as if it left them out: that is what the proof is for.
 */
export const approvals: Watched = {
  id: "P1",
  atMoment(moment) {
    for (const begun of begunIn(moment)) {
      const about = aboutBegun(moment, begun);
      if (about === undefined) continue;
      const wrong = whyNotApproved(about);
      if (wrong !== null) return wrong;
    }
    return null;
  },
};

function whyNotApproved(about: About): string | null {
  const { begun, environment, run, moment } = about;
  const causes = causesOf(about);
  let first: string | null = null;
  for (const cause of causes) {
    const wrong = cause.gates.map((gate) => whyShut(gate, cause, about)).find((why) => why !== null) ?? null;
    if (wrong === null) return begun.kind === "apply" ? (whyUnasked(about, cause) ?? whyObjected(about, cause)) : null;
    first ??= wrong;
  }
  if (first !== null) return first;
  // What goes without a row: an instance whose pull request ended.
  if (begun.kind === "destroy" && environment.perPullRequest) return null;
  return `${begun.stack} is ${begun.kind === "apply" ? "applied" : "destroyed"} by ${run.id}, and no row of the flow does that for anything that happened${moment.past.asked.length === 0 ? "; nobody asked" : ""}`;
}

/** Why a gate is not open for the plan; null when enough people said yes. */
function whyShut(gate: Gate, cause: Cause, about: About): string | null {
  const counted = peopleAsked(about, gate).filter((login) => saysYes(login, gate, cause, about));
  const count = leastAt(about.moment.setting.flow, about.environment, gate);
  if (counted.length >= count) return null;
  return `${about.begun.stack} is ${about.begun.kind === "apply" ? "applied" : "destroyed"} with ${counted.length} of ${count} approvals at ${gate.name}${counted.length === 0 ? "" : ` (${counted.join(", ")})`} from people who neither wrote nor started it and saw this plan`;
}

function peopleAsked({ moment }: About, gate: Gate): readonly Login[] {
  return [...moment.setting.people.keys()].filter((login) => isNamed(moment.setting, gate.by, login));
}

function saysYes(login: Login, gate: Gate, cause: Cause, about: About): boolean {
  const { moment, begun } = about;
  const plan = moment.before.plans[begun.plan];
  if (plan === undefined) return false;
  const last = lastOpinion(login, gate, about);
  if (last?.says !== "approve") return false;
  const { flow } = moment.setting;
  const { row } = cause;
  if (leavesOut(flow, gate, { who: "writers", row }) && writers(about, cause).has(login)) return false;
  if (leavesOut(flow, gate, { who: "triggerer", row }) && cause.triggerers.includes(login)) return false;
  return wasInFront(sameMeaning(moment.before, plan), last.at);
}

function writers({ moment, run }: About, { delivers }: Cause): ReadonlySet<Login> {
  const { setting, before } = moment;
  return writersOf(setting.flow, before, broughtBy(setting, before, run), delivers);
}

/** The last thing somebody said that may be about this plan: at this gate, or on the pull request that it is of. */
function lastOpinion(login: Login, gate: Gate, about: About): PersonalAnswer | undefined {
  const { moment, begun } = about;
  const plan = moment.before.plans[begun.plan];
  const digests = plan === undefined ? [] : sameMeaning(moment.before, plan).map(({ digest }) => digest);
  const atGate = moment.before.gateAnswers.filter(({ environment }) => environment === gate.name);
  const said = [...onPullRequest(about), ...atGate].filter(
    ({ stack, plan: bound }) =>
      (stack === null || stack === begun.stack) && (bound === null || digests.includes(bound)),
  );
  return lastOpinions(said).get(login);
}
