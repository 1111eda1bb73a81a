import { describe, expect, it } from "vitest";
import type { PresetName } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { runStory, sceneOf } from "../../src/worlds/stories/index.ts";
import { withWorldFolder } from "../real/support/world-folder.ts";
import { readStory, storiesOf } from "../scenarios/stories.ts";
import { patient } from "./story-of-a-repository.ts";
import { openStoryWorld } from "./story-world.ts";

/**
 * The whole life of a change, as each preset's document tells it. That of integration-branch is promoted by fast-forward,
 * which on GitHub only an app may do.
 */
const lives: readonly (readonly [PresetName, string])[] = [
  ["gitflow", "scenario-1-new-dataset"],
  ["trunk-stored-plan", "good-life"],
  ["trunk-demo", "life-of-a-change"],
];

/** Those that take the least are always played, the others with PLANGATE_ALL_STORIES. */
const played = process.env.PLANGATE_ALL_STORIES === undefined ? lives.slice(0, 1) : lives;

describe("stories on GitHub, with compiled workflows and real jobs", () => {
  it.each(played)("%s: %s comes out as on the model world", patient, async (preset, name) => {
    const file = storiesOf(preset).find((one) => one.name === name);
    if (file === undefined) throw new Error(`${preset} has no story ${name}`);
    const { story, flow } = readStory(file);
    const scene = sceneOf(flow, story);
    const onModel = await runStory(story, createModelWorld(scene));
    expect(onModel.failed).toBeUndefined();
    const onGitHub = await withWorldFolder(async (dir) => {
      const world = await openStoryWorld({ dir, scene, preset });
      try {
        return await runStory(story, world);
      } finally {
        await world.close();
      }
    });
    expect(onGitHub).toEqual(onModel);
  });
});
