import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type StackName, stackBaseName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { StepOf } from "../step.ts";
import type { FixtureObject } from "./fixture.ts";
import { appliedState, type StateFile } from "./state-file.ts";

/** The states of a world's stacks, for those who act past plangate. */
export interface States {
  readonly folder: string;
  fileOf(stack: StackName): string;
  read(stack: StackName): StateFile | null;
  /** The objects stand as if they had been applied, without plangate. */
  settle(stack: StackName, objects: readonly FixtureObject[]): void;
  /** Somebody else wrote the state: nothing in it changed but its serial. */
  touch(stack: StackName): void;
  /** An apply died in the middle of its work: the state moved, and something stands. */
  leaveHalf(stack: StackName): void;
  /** Another state stands in its place. */
  replace(stack: StackName): void;
  /** An object is not as the state's writer left it, so that a plan finds something to do. */
  drift(stack: StackName): void;
}

export function openStates(folder: string, flow: Flow): States {
  const fileOf = (stack: StackName) => {
    const place = placeOf(flow, stack);
    if (place === undefined) return join(folder, `${stack}.tfstate`);
    return join(folder, place.environment.name, place.instance ?? "", `${stackBaseName(stack)}.tfstate`);
  };
  const read = (stack: StackName): StateFile | null => {
    try {
      return JSON.parse(readFileSync(fileOf(stack), "utf8")) as StateFile;
    } catch {
      return null;
    }
  };
  const write = (stack: StackName, state: StateFile) => {
    mkdirSync(dirname(fileOf(stack)), { recursive: true });
    writeFileSync(fileOf(stack), JSON.stringify(state, null, 2));
  };
  const empty = (): StateFile => ({ ...appliedState([]), serial: 0 });
  const settle = (stack: StackName, objects: readonly FixtureObject[], state = read(stack)) => {
    const wanted = appliedState(objects);
    write(stack, state === null ? wanted : { ...wanted, lineage: state.lineage, serial: state.serial });
  };
  return {
    folder,
    fileOf,
    read,
    settle,
    touch: (stack) => {
      const state = read(stack) ?? empty();
      write(stack, { ...state, serial: state.serial + 1 });
    },
    leaveHalf: (stack) => {
      const state = read(stack) ?? empty();
      const moved = { ...state, serial: state.serial + 1 };
      if (moved.resources.length > 0) return write(stack, moved);
      settle(stack, [{ module: null, name: "this", input: { size: "half", value: "half" } }], moved);
    },
    replace: (stack) => write(stack, { ...(read(stack) ?? empty()), lineage: crypto.randomUUID(), serial: 1 }),
    drift: (stack) => {
      const state = read(stack) ?? empty();
      if (alterFirst(state.resources)) return write(stack, state);
      const input = { size: "drifted", value: crypto.randomUUID() };
      settle(stack, [{ module: null, name: "this", input }], state);
    },
  };
}

/** Somebody changes by hand what stands, or who keeps its state. */
export function goPast(states: States, { stack, change }: Pick<StepOf<"outside">, "stack" | "change">): void {
  if (change === "state") states.touch(stack);
  else if (change === "lineage") states.replace(stack);
  else states.drift(stack);
}

/** Other values in the first object of a state that holds some; false when none does. */
function alterFirst(resources: unknown[]): boolean {
  for (const resource of resources as { instances: { attributes: Record<string, { value?: unknown } | null> }[] }[]) {
    const attributes = resource.instances[0]?.attributes;
    const values = [attributes?.input?.value, attributes?.output?.value].filter(isObject);
    for (const value of values) {
      for (const [name, old] of Object.entries(value))
        value[name] = typeof old === "number" ? old + 40 : `${old}-by-hand`;
    }
    if (values.length > 0) return true;
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
