import { describe, expect, it } from "vitest";
import type { PresetName } from "../../../src/flow/index.ts";
import { createModelWorld } from "../../../src/worlds/model/index.ts";
import { openRealWorld } from "../../../src/worlds/real/index.ts";
import { runStory, sceneOf } from "../../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "../../scenarios/stories.ts";
import { withWorldFolder } from "./world-folder.ts";

/** One story, two worlds, one outcome: that is what makes anything said about the model mean something. */
export function describeStories(preset: PresetName, host: "one-process" | "jobs" = "one-process"): void {
  describe(`stories of ${preset}${host === "jobs" ? ", spread over jobs" : ""}`, () => {
    it.each(storiesOf(preset))("$name holds on the model world and on the real one", async (file) => {
      const { story, flow } = readStory(file);
      const scene = sceneOf(flow, story);
      const onModel = await runStory(story, createModelWorld(scene));
      expect(onModel.failed).toBeUndefined();
      const onReal = await withWorldFolder(async (dir) => {
        const world = await openRealWorld({ dir, scene, env: process.env, host });
        try {
          return await runStory(story, world);
        } finally {
          await world.close();
        }
      });
      expect(onReal).toEqual(onModel);
    });
  });
}
