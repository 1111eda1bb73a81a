import type { StackName } from "../../domain/names.ts";
import type { ModelWorld, Script } from "./world.ts";

/** The world without the crash that the story has for this moment; null when it has none. */
export function takeCrash(
  world: ModelWorld,
  stack: StackName,
  during: Script["crashes"][number]["during"],
): ModelWorld | null {
  const crash = world.script.crashes.find((step) => step.stack === stack && step.during === during);
  if (crash === undefined) return null;
  return { ...world, script: { ...world.script, crashes: world.script.crashes.filter((step) => step !== crash) } };
}
