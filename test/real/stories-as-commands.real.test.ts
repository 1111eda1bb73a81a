import { describe, expect, it } from "vitest";
import type { PresetName } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { openRealWorld } from "../../src/worlds/real/index.ts";
import { runStory, sceneOf } from "../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "../scenarios/stories.ts";
import { openWorkflows } from "./support/ci-workflows.ts";
import { withWorldFolder } from "./support/world-folder.ts";

/** Stories whose jobs are processes, each with the variables and files of its kind and nothing else. */
const played: readonly (readonly [PresetName, string])[] = [
  ["trunk-stored-plan", "good-life"],
  ["trunk-stored-plan", "attack-trusted-path"],
  ["trunk-stored-plan", "state-moved-same-meaning"],
  ["gitflow", "window-waits"],
];

describe("stories, each job a command in a process of its own", () => {
  it.each(played)("%s: %s comes out as on the model world", async (preset, name) => {
    const file = storiesOf(preset).find((one) => one.name === name);
    if (file === undefined) throw new Error(`${preset} has no story ${name}`);
    const { story, flow } = readStory(file);
    const scene = sceneOf(flow, story);
    const onModel = await runStory(story, createModelWorld(scene));
    expect(onModel.failed).toBeUndefined();
    const onCommands = await withWorldFolder(async (dir) => {
      const world = await openRealWorld({
        dir,
        scene,
        env: process.env,
        host: async (about) => openWorkflows(about, { ...scene, flow: about.common.flow }),
      });
      try {
        return await runStory(story, world);
      } finally {
        await world.close();
      }
    });
    expect(onCommands).toEqual(onModel);
  });
});
