import { unreachable } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts } from "../../domain/facts.ts";
import { environmentOf } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import { dispatchFacts } from "./observe-dispatch.ts";
import { closedFacts, mergedCommandFacts, mergeFacts, pullRequestFacts } from "./observe-pull-request.ts";
import { dueFacts, runFacts, verifiedFacts } from "./observe-run.ts";
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
      return dueFacts(setting, world, (run) => concerns(run, event));
    case "tick":
      return dueFacts(setting, world, () => true);
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
    case "local-plan":
    case "push":
    case "release":
    case "schedule":
      return { stacks: [] };
    default:
      return unreachable(event);
  }
}

function concerns(run: Run, event: Event & { kind: "answer" }): boolean {
  const number = pullRequestOf(run.source);
  return (event.pullRequest !== null && number === event.pullRequest) || event.environment === environmentOf(run.stack);
}
