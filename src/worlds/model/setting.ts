import type { Login, StackName } from "../../domain/names.ts";
import type { Stack } from "../../flow/flow.ts";
import { maintainersOf, teamsOf } from "../forge-rules.ts";
import type { Scene } from "../world.ts";

/** What stays as it is. */
export interface Setting extends Scene {
  readonly teams: Readonly<Record<string, readonly Login[]>>;
  readonly maintainers: readonly Login[];
  readonly stackNamed: ReadonlyMap<StackName, Stack>;
}

export function settingOf(scene: Scene): Setting {
  const stackNamed = new Map(scene.stacks.map((stack) => [stack.name, stack]));
  return { ...scene, teams: teamsOf(scene), maintainers: maintainersOf(scene), stackNamed };
}
