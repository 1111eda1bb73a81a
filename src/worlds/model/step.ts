import { unreachable } from "../../domain/errors.ts";
import { refusesGate, refusesStart, waitsAt } from "../forge-rules.ts";
import { changeSettings } from "../live-settings.ts";
import type { StepOf, WorldStep } from "../step.ts";
import { blocked, type Change, nothing } from "./change.ts";
import { refFactsOf } from "./refs.ts";
import type { Setting } from "./setting.ts";
import { commentStep } from "./step-comment.ts";
import { deleteBranchStep, pushStep, updateBranchStep } from "./step-git.ts";
import { mergeStep } from "./step-merge.ts";
import { closeStep, editStep, openStep, reviewStep } from "./step-pull-request.ts";
import { type ModelWorld, putState, type Release, stateOf } from "./world.ts";

/** Between any two steps: longer than the second that the forge's clock tells apart. */
const aMoment = 1_000;

/** What a person or the world does, and the events that plangate hears of it. The clock moves first. */
export function takeStep(setting: Setting, before: ModelWorld, step: WorldStep): Change {
  const world = { ...before, now: before.now + aMoment };
  switch (step.kind) {
    case "push":
      return pushStep(setting, world, step);
    case "delete-branch":
      return deleteBranchStep(setting, world, step);
    case "open":
      return openStep(world, step);
    case "review":
      return reviewStep(setting, world, step);
    case "comment":
      return commentStep(world, step);
    case "label":
    case "edit":
    case "ready":
      return editStep(setting, world, step);
    case "close":
    case "reopen":
      return closeStep(setting, world, step);
    case "update-branch":
      return updateBranchStep(setting, world, step);
    case "merge":
      return mergeStep(setting, world, step);
    case "dispatch":
      return dispatchStep(setting, world, step);
    case "gate":
      return gateStep(setting, world, step);
    case "schedule":
      return { world, events: [{ kind: "schedule", cron: step.cron }], outcomes: [] };
    case "release":
      return releaseStep(setting, world, step);
    case "rerun":
      return rerunStep(setting, world, step);
    case "wait":
      return {
        world: { ...world, now: before.now + Math.max(step.duration, aMoment) },
        events: [{ kind: "tick" }],
        outcomes: [],
      };
    case "outside":
      return outsideStep(world, step);
    case "replan":
      return nothing({ ...world, script: { ...world.script, plans: [...world.script.plans, step] } });
    case "crash":
      return nothing({ ...world, script: { ...world.script, crashes: [...world.script.crashes, step] } });
    case "settings":
      return nothing({ ...world, live: changeSettings(world.live, step) });
    default:
      return unreachable(step);
  }
}

function dispatchStep(setting: Setting, world: ModelWorld, step: StepOf<"dispatch">): Change {
  const why = refusesStart(setting, step.by);
  if (why !== null) return blocked(world, why);
  const { by, name, ref, inputs } = step;
  return { world, events: [{ kind: "dispatch", job: name, ref, by, inputs }], outcomes: [] };
}

function gateStep(setting: Setting, world: ModelWorld, step: StepOf<"gate">): Change {
  const waits = world.runs.some((run) => waitsAt(setting.flow, run, step.environment));
  const why = refusesGate(setting, step, { waits, live: world.live });
  if (why !== null) return blocked(world, why);
  const { by, environment, state: says } = step;
  const answer = {
    by,
    at: world.now,
    via: "gate",
    says,
    pullRequest: null,
    environment,
    stack: null,
    plan: null,
    commit: null,
  } as const;
  return {
    world: { ...world, gateAnswers: [...world.gateAnswers, answer] },
    events: [{ kind: "answer", by, pullRequest: null, environment }],
    outcomes: [],
  };
}

function releaseStep(setting: Setting, world: ModelWorld, { by, tag, ref, force }: StepOf<"release">): Change {
  const at = refFactsOf(setting, world, ref);
  const taken = world.releases.some((release) => release.tag === tag);
  if (taken && force === true && at !== undefined) {
    const moved = (release: Release) => (release.tag === tag ? { ...release, movedTo: at.commit } : release);
    return nothing({ ...world, releases: world.releases.map(moved) });
  }
  const why = refusesStart(setting, by) ?? (taken ? `there is a release ${tag} already` : null);
  if (why !== null || at === undefined) return blocked(world, why ?? `there is no ${ref}`);
  return {
    world: { ...world, releases: [...world.releases, { tag, commit: at.commit }] },
    events: [{ kind: "release", tag, commit: at.commit, by }],
    outcomes: [],
  };
}

function rerunStep(setting: Setting, world: ModelWorld, { by, stack }: StepOf<"rerun">): Change {
  const run = world.runs.findLast((candidate) => stack === null || candidate.stack === stack);
  const why = refusesStart(setting, by) ?? (run === undefined ? "nothing ran yet" : null);
  if (run === undefined || why !== null) return blocked(world, why ?? "nothing ran yet");
  return { world, events: [{ kind: "rerun", run: run.id, by }], outcomes: [] };
}

/** Somebody goes past plangate. Nobody tells it. */
function outsideStep(world: ModelWorld, { stack, change, during }: StepOf<"outside">): Change {
  const { script } = world;
  if (during === "apply") return nothing({ ...world, script: { ...script, drifting: [...script.drifting, stack] } });
  const state = stateOf(world, stack);
  const { lineage, serial } = state.version;
  const moved = {
    drift: { ...state, drift: state.drift + 1 },
    state: { ...state, version: { lineage: lineage ?? `lineage of ${stack}`, serial: serial + 1 } },
    lineage: { ...state, version: { lineage: `another lineage of ${stack} at ${world.now}`, serial: 1 } },
  }[change];
  return nothing(putState(world, stack, moved));
}
