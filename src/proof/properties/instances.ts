import { durationText, type Instant, type StackName } from "../../domain/names.ts";
import { isOpen, isUnderWay, type Run } from "../../domain/run.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { ModelWorld, Setting } from "../../worlds/model/index.ts";
import type { PullRequest } from "../../worlds/model/world.ts";
import type { Moment } from "../past.ts";
import type { Rest, Watched } from "./property.ts";

/**
 * P10, of environments per pull request: nothing stands at rest in an instance whose pull request is over, or which was
 * only to be tried, and none is let stand when the clock ticks after its time. What could not be destroyed may stand,
 * when that was tried and told.
 */
export const nothingStays: Watched = { id: "P10", atMoment: whyStandingOn, atRest: whyStanding };

interface Standing {
  readonly stack: StackName;
  readonly environment: Environment;
  /** The number of the pull request that it is of. */
  readonly instance: string;
  readonly since: Instant;
}

function standingIn({ flow }: Setting, { states }: ModelWorld): readonly Standing[] {
  return Object.entries(states).flatMap(([name, { standing: since }]) => {
    const stack = name as StackName;
    const place = placeOf(flow, stack);
    if (since === null || place?.instance == null) return [];
    return [{ stack, environment: place.environment, instance: place.instance, since }];
  });
}

function whyStanding({ setting, world }: Rest): string | null {
  for (const { stack, environment, instance } of standingIn(setting, world)) {
    const last = newestOn(world, stack);
    if (last?.mode === "destroy" && wasInVain(last)) continue;
    const change = world.pullRequests[Number(instance) - 1];
    if (change === undefined || change.state !== "open")
      return `${stack} stands, and pull request ${instance} is ${change?.state ?? "not there"}`;
    if (isOnlyTried(setting.flow, environment, change) && last?.state === "verified")
      return `${stack} was tried and stands, and the flow takes it down again`;
  }
  return null;
}

/** The clock ticks, nobody is at work there, and it goes on standing. */
function whyStandingOn({ setting, event, before, after }: Moment): string | null {
  if (event.kind !== "tick") return null;
  for (const { stack, environment, since } of standingIn(setting, before)) {
    const { ttl } = environment;
    if (ttl === null || before.now - since <= ttl || isBusy(before, stack)) continue;
    if (newestOn(after, stack)?.mode !== "destroy") return `${stack} stands for longer than ${durationText(ttl)}`;
  }
  return null;
}

function isBusy({ leases, runs }: ModelWorld, stack: StackName): boolean {
  return leases[stack] !== undefined || runs.some((run) => run.stack === stack && isUnderWay(run.state));
}

function newestOn({ runs }: ModelWorld, stack: StackName): Run | undefined {
  return runs.findLast((run) => run.stack === stack);
}

/** What was to be destroyed is not, or not yet, and the run tells why. */
function wasInVain({ state }: Run): boolean {
  return isOpen(state) || state === "failed" || state === "refused" || state === "interrupted";
}

function isOnlyTried(flow: Flow, { name }: Environment, { base }: PullRequest): boolean {
  const into = branchClassOf(flow, base)?.name;
  return flow.when.some(
    (row) =>
      row.on === "pull_request" &&
      row.environment === name &&
      (row.into === null || row.into === into) &&
      row.do.includes("destroy"),
  );
}
