import { collect, type Happened, nothingHappened } from "../happened.ts";
import type { WorldStep } from "../step.ts";
import type { Scene, World } from "../world.ts";
import { settle } from "./deliver.ts";
import { type Setting, settingOf } from "./setting.ts";
import { startWorld } from "./start.ts";
import { takeStep } from "./step.ts";
import type { ModelWorld } from "./world.ts";

/** A world in which a story is played: the present value of the model, and what happened in it. */
export interface ModelStage extends World {
  readonly perform: (step: WorldStep) => void;
  /** The world as it is now. */
  readonly now: () => ModelWorld;
}

export function createModelWorld(scene: Scene): ModelStage {
  const setting: Setting = settingOf(scene);
  let world = startWorld(setting);
  let happened: Happened = nothingHappened;
  return {
    perform: (step) => {
      const change = takeStep(setting, world, step);
      world = change.world;
      for (const outcome of change.outcomes) happened = collect(happened, { outcome });
      for (const event of change.events) {
        const settled = settle(setting, world, event);
        world = settled.world;
        happened = settled.news.reduce(collect, happened);
      }
    },
    happened: () => {
      const told = happened;
      happened = nothingHappened;
      return told;
    },
    now: () => world,
  };
}
