import type { Action } from "../../domain/decision.ts";
import { carryOverObstacles, type Shown, type StoredPlan } from "../../domain/plan.ts";
import { isOpen, pullRequestOf, type Run } from "../../domain/run.ts";
import { addRun, type Change, endLease, moveRun, nothing, putRun } from "./change.ts";
import { contentOf, deliveredContent } from "./content.ts";
import { type Made, makePlan } from "./make-plan.ts";
import { takeCrash } from "./script.ts";
import type { Setting } from "./setting.ts";
import { type ModelWorld, putState, runOf, stateOf } from "./world.ts";

type Doing<K extends Action["kind"]> = Extract<Action, { kind: K }>;

/** A new run with its plan. */
export function performPlan(setting: Setting, world: ModelWorld, action: Doing<"plan">): Change {
  const added = addRun(world, action);
  const crashed = takeCrash(added.world, action.stack, "plan");
  if (crashed !== null) return { world: crashed, events: [{ kind: "run-lost", run: added.run.id }], outcomes: [] };
  const content = contentOf(added.world, action.source);
  const { world: next, made } = makePlan(setting, added.world, {
    run: added.run,
    content,
    speculative: action.speculative,
  });
  return settlePlan(next, added.run, made);
}

/**
 * Looks whether real objects are still as they were applied. It is no plan: what a story says about the stack's next plan
 * is not about it.
 */
export function performDrift(world: ModelWorld, { stack, source }: Doing<"drift">): Change {
  const added = addRun(world, { stack, source, mode: "refresh-only", due: null });
  const { id } = added.run;
  const crashed = takeCrash(added.world, stack, "plan");
  if (crashed !== null) return { world: crashed, events: [{ kind: "run-lost", run: id }], outcomes: [] };
  const { drift, repaired } = stateOf(world, stack);
  if (drift === repaired) {
    const next = moveRun(added.world, id, { state: "no-changes" });
    return { world: next, events: [{ kind: "run-planned", run: id, outcome: "no-changes" }], outcomes: [] };
  }
  const why = `somebody changed an object of ${stack}`;
  return {
    world: moveRun(added.world, id, { state: "discarded", code: "drift-found", why }),
    events: [{ kind: "run-planned", run: id, outcome: "changes" }],
    outcomes: [{ kind: "drifted", stack }],
  };
}

/** Stores what came of planning, and says so. */
function settlePlan(world: ModelWorld, run: Run, made: Made): Change {
  if (made.kind === "failed") {
    const { code, why } = made;
    const next = moveRun(world, run.id, { state: code === "plan-failed" ? "failed" : "refused", code, why });
    return { world: next, events: [{ kind: "run-planned", run: run.id, outcome: "failed" }], outcomes: [] };
  }
  const stored = putPlan(world, made.plan);
  const moved = moveRun(stored, run.id, { state: made.empty ? "no-changes" : "planned", plan: made.plan.digest });
  const events = [{ kind: "run-planned", run: run.id, outcome: made.empty ? "no-changes" : "changes" } as const];
  if (!made.empty) return { world: moved, events, outcomes: [{ kind: "planned", stack: run.stack }] };
  const settled = run.mode === "destroy" ? nothingStands(moved, run) : settleInputs(moved, run, made.plan);
  return { world: settled, events, outcomes: [] };
}

function nothingStands(world: ModelWorld, { stack }: Run): ModelWorld {
  return putState(world, stack, { ...stateOf(world, stack), standing: null });
}

/** Inputs for which there is nothing to do are as good as applied. A pull request's commit is on no protected branch, so writers are still counted from the last one that is. */
function settleInputs(world: ModelWorld, run: Run, { manifest }: StoredPlan): ModelWorld {
  const state = stateOf(world, run.stack);
  const commit = run.source.kind === "pull-request" ? (state.applied?.commit ?? manifest.commit) : manifest.commit;
  const about = { commit, run: run.id, verified: state.applied?.verified ?? true };
  const entry = { inputs: manifest.inputs, ...about, at: world.now, source: run.source };
  return putState(world, run.stack, { ...state, settled: [entry, ...state.settled] });
}

function putPlan(world: ModelWorld, plan: StoredPlan): ModelWorld {
  return { ...world, plans: { ...world.plans, [plan.digest]: plan } };
}

/** Shows the plan. What stood in its place until now is no longer in front of people. */
export function performComment(world: ModelWorld, action: Doing<"comment">): Change {
  const run = runOf(world, action.run);
  const stored = run.plan === null ? undefined : world.plans[run.plan];
  if (stored === undefined) return nothing(world);
  const others = world.runs.filter(
    (other) =>
      other.stack === run.stack &&
      other.id !== run.id &&
      (action.pullRequest === null || pullRequestOf(other.source) === action.pullRequest),
  );
  let next = putPlan(world, {
    ...stored,
    shown: [...hidden(stored, world.now), { digest: stored.digest, at: world.now, until: null }],
  });
  for (const { plan } of others) {
    const replaced = plan === null ? undefined : next.plans[plan];
    if (replaced !== undefined) next = putPlan(next, { ...replaced, shown: hidden(replaced, world.now) });
  }
  return nothing(next);
}

function hidden(plan: StoredPlan, until: number): readonly Shown[] {
  return plan.shown.map((shown) =>
    shown.digest === plan.digest && shown.until === null ? { ...shown, until } : shown,
  );
}

/** Plans anew under the lease, from the same inputs, and compares: the approval counts for a plan that is equal in all it binds to. */
export function performReplan(setting: Setting, world: ModelWorld, action: Doing<"replan">): Change {
  const run = runOf(world, action.run);
  const old = world.plans[action.plan];
  if (run.state !== "approved" || old === undefined) return nothing(world);
  const content = deliveredContent(world, run);
  const { world: planned, made } = makePlan(setting, world, { run, content, speculative: null });
  const obstacles = made.kind === "failed" ? [made.why] : carryOverObstacles(old.manifest, made.plan.manifest);
  if (made.kind === "made" && obstacles.length === 0 && !made.empty) {
    const stored = putPlan(planned, { ...made.plan, carriedFrom: old.digest, shown: old.shown });
    const next = putRun(stored, { ...run, plan: made.plan.digest, updatedAt: world.now });
    return {
      world: next,
      events: [{ kind: "apply-ready", run: run.id }],
      outcomes: [{ kind: "planned", stack: run.stack }],
    };
  }
  const freed = endLease(planned, run);
  const why =
    made.kind === "failed" ? made.why : `the new plan differs in its ${obstacles.join(", ") || "being empty"}`;
  const ended = moveRun(freed.world, run.id, { state: "superseded", code: "meaning-differs", why });
  const added = addRun(ended, run);
  const settled = settlePlan(added.world, added.run, made);
  return {
    world: settled.world,
    events: [...settled.events, ...freed.events],
    outcomes: [{ kind: "replaced", stack: run.stack }, ...settled.outcomes],
  };
}

/** A plan under way learns that its apply is asked for; one that stands waits, and lets go of the stack while it does. */
export function performWait(world: ModelWorld, action: Doing<"wait">): Change {
  if (action.run === null) return nothing(world);
  const run = runOf(world, action.run);
  const due = action.due ?? run.due;
  if (run.state === "planning" || run.state === "queued") return nothing(putRun(world, { ...run, due }));
  if (!isOpen(run.state)) return nothing(world);
  const freed = endLease(world, run);
  const next = moveRun(freed.world, run.id, { state: "waiting", code: action.code, why: action.why, due });
  return { world: next, events: freed.events, outcomes: [] };
}
