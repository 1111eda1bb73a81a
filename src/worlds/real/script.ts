import { renameSync, writeFileSync } from "node:fs";
import type { Roles } from "../../delivery/delivery.ts";
import type { Order } from "../../delivery/roles/work.ts";
import type { StackName } from "../../domain/names.ts";
import type { PlanMode } from "../../domain/plan.ts";
import type { StepOf } from "../step.ts";
import type { FixtureObject } from "./fixture.ts";
import type { States } from "./states.ts";

/** What a story has in store for the next plan, apply or verification of a stack. */
export interface Script {
  readonly plans: StepOf<"replan">[];
  readonly crashes: StepOf<"crash">[];
  /** Stacks that somebody changes by hand while they are applied. */
  readonly drifting: StackName[];
}

/** What making faults happen takes. */
export interface Faults {
  readonly script: Script;
  readonly states: States;
  readonly killed: "at-once" | "half-way";
  /** The objects that applying what is planned would leave. */
  readonly objectsAt: (order: Order) => Promise<readonly FixtureObject[]>;
}

/** A worker dies here: nothing after it in its process happens. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

/** The roles, with the faults of the script made to happen with real states and real processes. */
export function withFaults(roles: Roles, { script, states, killed, objectsAt }: Faults): Roles {
  const takeCrash = (stack: StackName, during: StepOf<"crash">["during"]) =>
    takeNext(script.crashes, (step) => step.stack === stack && step.during === during) !== undefined;
  return {
    ...roles,
    plan: async (order) => {
      const { mode, stack } = order;
      if (takeCrash(stack.name, "plan")) throw new WorkerDied("while planning");
      const putBack = await upsetPlan({ script, states }, { mode, stack: stack.name, objects: () => objectsAt(order) });
      try {
        return await roles.plan(order);
      } finally {
        putBack();
      }
    },
    apply: (order, plan, steps) => {
      if (!takeCrash(order.stack.name, "apply")) return roles.apply(order, plan, steps);
      return roles.apply(order, plan, {
        ...steps,
        spawned: async (pid) => {
          await steps.spawned(pid);
          const moved = killed === "half-way" && (await stateMoves(states, order.stack.name));
          process.kill(-pid, "SIGKILL");
          // Part of it may be done, which the next plan has to take into account.
          if (!moved) states.leaveHalf(order.stack.name);
          throw new WorkerDied("while applying");
        },
      });
    },
    verify: (order) => {
      if (takeCrash(order.stack.name, "verify")) throw new WorkerDied("while verifying");
      if (takeNext(script.drifting, (stack) => stack === order.stack.name) !== undefined)
        states.drift(order.stack.name);
      return roles.verify(order);
    },
  };
}

/** Waits for the first write of an apply under way; false when none comes. */
async function stateMoves(states: States, stack: StackName): Promise<boolean> {
  const before = states.read(stack)?.serial ?? 0;
  for (let tries = 0; tries < 200; tries++) {
    if ((states.read(stack)?.serial ?? 0) > before) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** What comes next for whatever is wanted, which is in store no longer. */
export function takeNext<T>(list: T[], wanted: (item: T) => boolean): T | undefined {
  const index = list.findIndex(wanted);
  return index < 0 ? undefined : list.splice(index, 1)[0];
}

/** A plan that is about to be made. */
export interface PlanAhead {
  readonly stack: StackName;
  readonly mode: PlanMode;
  /** The objects that applying it would leave. */
  readonly objects: () => readonly FixtureObject[] | Promise<readonly FixtureObject[]>;
}

/** Sees to it that the real tool gives what is in store for a plan; what comes back is called when it has been made. */
export async function upsetPlan(
  { script, states }: Pick<Faults, "script" | "states">,
  { stack, mode, objects }: PlanAhead,
): Promise<() => void> {
  // A look for drift is no plan.
  const gives = mode === "refresh-only" ? undefined : takeNext(script.plans, (step) => step.stack === stack)?.gives;
  if (gives === "error") return breakState(states, stack);
  // What is destroyed is what stands, whatever a story says of the next plan.
  if (mode !== "destroy" && gives === "different") states.drift(stack);
  if (mode !== "destroy" && gives === "empty") states.settle(stack, await objects());
  return () => undefined;
}

/** The state cannot be read until it is put back. */
function breakState(states: States, stack: StackName): () => void {
  const file = states.fileOf(stack);
  if (states.read(stack) === null) states.touch(stack);
  renameSync(file, `${file}.whole`);
  writeFileSync(file, "this is no state");
  return () => renameSync(`${file}.whole`, file);
}
