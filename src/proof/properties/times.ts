import { instantText } from "../../domain/names.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { Environment } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import { type About, aboutBegun } from "../asking.ts";
import { isNamed } from "../cast.ts";
import { begunIn, type Moment } from "../past.ts";
import { isFrozen, isShut } from "../times.ts";
import type { Rest, Watched } from "./property.ts";

/**
 * P8, of the clock: nothing begins outside the environment's windows or in a freeze, unless somebody whom its approvals
 * name has set the flow's emergency label on the pull request that is delivered.
 */
export const inItsTime: Watched = {
  id: "P8",
  atMoment(moment) {
    for (const begun of begunIn(moment)) {
      const about = aboutBegun(moment, begun);
      if (about === undefined || !isShut(about.environment, moment.before.now) || isWaived(about)) continue;
      const { name } = about.environment;
      const when = isFrozen(about.environment, moment.before.now)
        ? `while ${name} is frozen`
        : `outside ${name}'s windows`;
      return `${begun.stack} is ${begun.kind === "apply" ? "applied" : "destroyed"} ${when}`;
    }
    return null;
  },
};

function isWaived({ moment, run, environment }: About): boolean {
  const { emergency, approvals } = environment;
  const { source } = run;
  const number = source.kind === "pull-request" || source.kind === "merge" ? source.pullRequest : null;
  if (emergency === null || approvals === null || number === null) return false;
  const labels = moment.before.pullRequests[number - 1]?.labels ?? [];
  return labels.some(({ name, by }) => name === emergency.label && isNamed(moment.setting, approvals.by, by));
}

/**
 * P10, of the clock: a wait for a window or for the end of a freeze tells a time at which the environment may be changed,
 * and what waited goes on then, or waits for something else.
 */
export const wokenInTime: Watched = { id: "P10", atMoment: whyNotThen, atRest: whyAsleep };

function whyNotThen({ setting, decision }: Moment): string | null {
  for (const action of decision.actions) {
    if (action.kind !== "wait" || !isForTime(action.code) || action.until === null) continue;
    const environment = placeOf(setting.flow, action.stack)?.environment;
    if (environment !== undefined && isShut(environment, action.until))
      return `${action.stack} waits until ${instantText(action.until)}, and ${environment.name} is not to be changed then`;
  }
  return null;
}

function isForTime(code: ReasonCode | null): boolean {
  return code === "outside-window" || code === "frozen";
}

/** More than all the steps of a story take together: what opened so long ago opened while somebody waited, and then the clock ticked. */
const aWhile = 2 * 60_000;

function whyAsleep({ setting, world }: Rest): string | null {
  for (const { id, stack, state, code } of world.runs) {
    if (state !== "waiting" || !isForTime(code)) continue;
    const environment = placeOf(setting.flow, stack)?.environment;
    if (environment !== undefined && wasOpen(environment, world.now))
      return `${id} of ${stack} waits for a time at which ${environment.name} may be changed, and that has come`;
  }
  return null;
}

function wasOpen(environment: Environment, now: number): boolean {
  return !isShut(environment, now) && !isShut(environment, now - aWhile);
}
