import { unreachable } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts } from "../../domain/facts.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { placeOf } from "../../flow/instances.ts";
import { gatesOfRun } from "../forge-rules.ts";
import { pushFacts } from "./observe-branch.ts";
import { dispatchFacts, releaseFacts, scheduleFacts } from "./observe-dispatch.ts";
import {
  closedFacts,
  holdFacts,
  mergeCommandFacts,
  mergedCommandFacts,
  mergeFacts,
  pullRequestFacts,
} from "./observe-pull-request.ts";
import { dueFacts, runFacts, tickFacts, verifiedFacts } from "./observe-run.ts";
import { flaggedPushes } from "./pushes.ts";
import type { Setting } from "./setting.ts";
import { type ModelWorld, pullRequestNumbered } from "./world.ts";

type Found = Omit<Facts, "now">;

/** What is true for an event, as `docs/algorithms.md` tells it. */
export function observe(setting: Setting, world: ModelWorld, event: Event): Facts {
  const { teams, maintainers } = setting;
  return { ...factsFor(setting, world, event), now: world.now, teams, maintainers };
}

function factsFor(setting: Setting, world: ModelWorld, event: Event): Found {
  switch (event.kind) {
    case "pull-request":
      return pullRequestFacts(setting, world, event.pullRequest);
    case "command":
      if (event.command === "merge") return mergeCommandFacts(setting, world, event.pullRequest);
      if (event.command !== "plan") return holdFacts(setting, world, event);
      return pullRequestNumbered(world, event.pullRequest)?.state === "merged"
        ? mergedCommandFacts(setting, world, event.pullRequest)
        : pullRequestFacts(setting, world, event.pullRequest);
    case "closed":
      return closedFacts(setting, world, event.pullRequest);
    case "merge":
      return mergeFacts(setting, world, event);
    case "dispatch":
      return dispatchFacts(setting, world, event);
    case "answer":
      return answerFacts(setting, world, event);
    case "tick":
      return tickFacts(setting, world);
    case "lease-ended":
      return dueFacts(setting, world, (run) => run.stack === event.stack);
    case "run-verified":
      return verifiedFacts(setting, world, event.run);
    case "apply-ready":
    case "run-planned":
    case "run-applied":
    case "run-lost":
    case "rerun":
    case "local-apply":
      return runFacts(setting, world, event.run);
    case "push":
      return pushFacts(setting, world, event);
    case "release":
      return releaseFacts(setting, world, event);
    case "schedule":
      return scheduleFacts(setting, world, event);
    case "local-plan":
      return { stacks: [] };
    default:
      return unreachable(event);
  }
}

/** One that is about neither a pull request nor a gate is about a commit, which any run may have waited for. */
function answerFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "answer" }): Found {
  if (event.pullRequest === null && event.environment === null)
    return { ...dueFacts(setting, world, () => true), flagged: flaggedPushes(world) };
  return dueFacts(setting, world, (run) => concerns(setting, run, event));
}

function concerns({ flow }: Setting, run: Run, { pullRequest, environment }: Event & { kind: "answer" }): boolean {
  if (pullRequest !== null && pullRequestOf(run.source) === pullRequest) return true;
  if (environment === null) return false;
  const isThere = placeOf(flow, run.stack)?.environment.name === environment;
  return isThere || gatesOfRun(flow, run).some(({ name }) => name === environment);
}
