import type { Action } from "../../domain/decision.ts";
import { type BranchHold, isOpen, type Run } from "../../domain/run.ts";
import { type Change, endLease, moveRun, nothing, putRun } from "./change.ts";
import { takeCrash } from "./script.ts";
import type { Setting } from "./setting.ts";
import { placeIn } from "./stack-facts.ts";
import { type ModelWorld, nothingApplied, putState, runOf, type StackState, stateOf } from "./world.ts";

type Doing<K extends Action["kind"]> = Extract<Action, { kind: K }>;

/** Takes the stack's lease for the run, and asks for the second decision. */
export function performStart(setting: Setting, world: ModelWorld, action: Doing<"start">): Change {
  const run = runOf(world, action.run);
  if (!isOpen(run.state)) return nothing(world);
  const lease = world.leases[run.stack];
  if (lease !== undefined && lease.run !== run.id) {
    if (run.state === "approved") return nothing(world);
    const why = `${lease.run} holds ${run.stack}`;
    return nothing(moveRun(world, run.id, { state: "waiting", code: "stack-leased", why, due: action.due }));
  }
  const approved =
    run.state === "approved"
      ? putRun(world, { ...run, due: action.due })
      : moveRun(world, run.id, { state: "approved", due: action.due });
  const holder = { host: "model", pid: 1, startedAt: "1" };
  const taken = lease ?? { stack: run.stack, run: run.id, fence: 1, since: world.now, holder };
  return {
    world: {
      ...approved,
      leases: { ...approved.leases, [run.stack]: taken },
      holds: heldFromNowOn(setting, approved, action),
    },
    events: [{ kind: "apply-ready", run: run.id }],
    outcomes: [],
  };
}

/** Where branches hold stacks, the first one that applies there holds it. Nobody's own machine delivers a branch. */
function heldFromNowOn(setting: Setting, world: ModelWorld, { stack, due }: Doing<"start">): ModelWorld["holds"] {
  const { environment } = placeIn(setting, stack);
  if (!environment.heldByBranch || due.kind === "local" || world.holds[stack] !== undefined) return world.holds;
  const hold: BranchHold = { stack, branch: due.ref, by: due.by, since: world.now };
  return { ...world.holds, [stack]: hold };
}

/**
 * Applies the run's stored plan, once; one that destroys leaves nothing to verify. A crash leaves part of it done: the
 * state moved, and a new plan shows what is left. Terraform itself refuses a plan that was made from another state.
 */
export function performApply(world: ModelWorld, action: Doing<"apply"> | Doing<"destroy">): Change {
  const run = runOf(world, action.run);
  const plan = world.plans[action.plan];
  if (run.state !== "approved" || run.plan !== action.plan || plan === undefined) return nothing(world);
  if ((run.mode === "destroy") !== (action.kind === "destroy") || plan.manifest.mode !== run.mode)
    return nothing(world);
  const state = stateOf(world, run.stack);
  const applying = moveRun(world, run.id, { state: "applying" });
  const { lineage, serial } = plan.manifest.state;
  if (lineage !== state.version.lineage || serial !== state.version.serial)
    return failApply(applying, run, "the saved plan is stale");
  const version = { lineage: lineage ?? `lineage of ${run.stack}`, serial: serial + 1 };
  const begun: StackState = { ...state, version, standing: state.standing ?? world.now };
  const crashed = takeCrash(applying, run.stack, "apply");
  if (crashed !== null) {
    return {
      world: putState(crashed, run.stack, begun),
      events: [{ kind: "run-lost", run: run.id }],
      outcomes: [],
    };
  }
  if (action.kind === "destroy") return destroyed(applying, run, begun);
  const commit = run.due?.commit ?? plan.manifest.commit;
  const about = { commit, run: run.id, verified: false, at: world.now, source: run.source };
  const applied = { inputs: plan.manifest.inputs, ...about };
  const next = putState(applying, run.stack, { ...begun, applied, settled: [], repaired: state.drift });
  return {
    world: moveRun(next, run.id, { state: "applied" }),
    events: [{ kind: "run-applied", run: run.id, outcome: "applied" }],
    outcomes: [{ kind: "applied", stack: run.stack }],
  };
}

function destroyed(world: ModelWorld, run: Run, { version, drift }: StackState): Change {
  const gone = putState(world, run.stack, { ...nothingApplied, version, drift, repaired: drift });
  const freed = endLease(moveRun(gone, run.id, { state: "applied" }), run);
  return {
    world: moveRun(freed.world, run.id, { state: "verified" }),
    events: [{ kind: "run-applied", run: run.id, outcome: "applied" }, ...freed.events],
    outcomes: [{ kind: "destroyed", stack: run.stack }],
  };
}

function failApply(world: ModelWorld, run: Run, why: string): Change {
  const freed = endLease(world, run);
  const next = moveRun(freed.world, run.id, { state: "failed", code: "apply-failed", why });
  return {
    world: next,
    events: [{ kind: "run-applied", run: run.id, outcome: "failed" }, ...freed.events],
    outcomes: [],
  };
}

/** Looks whether what was applied stands as it was applied, which it does unless somebody came in between. Looking twice does no harm. */
export function performVerify(world: ModelWorld, action: Doing<"verify">): Change {
  const run = runOf(world, action.run);
  if (run.state !== "applied" && run.state !== "verifying") return nothing(world);
  const verifying = run.state === "applied" ? moveRun(world, run.id, { state: "verifying" }) : world;
  const crashed = takeCrash(verifying, run.stack, "verify");
  if (crashed !== null) return { world: crashed, events: [{ kind: "run-lost", run: run.id }], outcomes: [] };
  const state = stateOf(verifying, run.stack);
  if (world.script.drifting.includes(run.stack)) return failVerify(verifying, run, state);
  const proved =
    state.applied?.run === run.id
      ? putState(verifying, run.stack, { ...state, applied: { ...state.applied, verified: true } })
      : verifying;
  const freed = endLease(proved, run);
  return {
    world: moveRun(freed.world, run.id, { state: "verified" }),
    events: [{ kind: "run-verified", run: run.id, outcome: "verified" }, ...freed.events],
    outcomes: [{ kind: "verified", stack: run.stack }],
  };
}

function failVerify(world: ModelWorld, run: Run, state: StackState): Change {
  const { script } = world;
  const drifting = script.drifting.toSpliced(script.drifting.indexOf(run.stack), 1);
  const found = putState({ ...world, script: { ...script, drifting } }, run.stack, {
    ...state,
    drift: state.drift + 1,
  });
  const freed = endLease(found, run);
  const why = `${run.stack} is not as it was applied`;
  return {
    world: moveRun(freed.world, run.id, { state: "verify-failed", code: "verify-failed", why }),
    events: [{ kind: "run-verified", run: run.id, outcome: "failed" }, ...freed.events],
    outcomes: [],
  };
}
