import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StackName } from "../../domain/names.ts";
import { appliedState, type StateFile } from "./fixture.ts";

/** The states of a world's stacks, for those who act past plangate. */
export interface States {
  readonly folder: string;
  fileOf(stack: StackName): string;
  read(stack: StackName): StateFile | null;
  write(stack: StackName, state: StateFile): void;
  /** Somebody else wrote the state: nothing in it changed but its serial. */
  touch(stack: StackName): void;
  /** Another state stands in its place. */
  replace(stack: StackName): void;
  /** An object is not as the state's writer left it, so that a plan finds something to do. */
  drift(stack: StackName): void;
}

export function openStates(folder: string): States {
  const fileOf = (stack: StackName) => join(folder, `${stack}.tfstate`);
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
  const empty = (): StateFile => ({ ...appliedState({ size: "", value: "" }), serial: 0, resources: [] });
  return {
    folder,
    fileOf,
    read,
    write,
    touch: (stack) => {
      const state = read(stack) ?? empty();
      write(stack, { ...state, serial: state.serial + 1 });
    },
    replace: (stack) => write(stack, { ...(read(stack) ?? empty()), lineage: crypto.randomUUID(), serial: 1 }),
    drift: (stack) => {
      const state = read(stack) ?? empty();
      if (alterFirst(state.resources)) return write(stack, state);
      write(stack, {
        ...appliedState({ size: "drifted", value: crypto.randomUUID() }),
        lineage: state.lineage,
        serial: state.serial,
      });
    },
  };
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
