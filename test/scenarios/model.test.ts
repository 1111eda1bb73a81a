import { describe, expect, it } from "vitest";
import { presetNames } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { runStory, sceneOf } from "../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "./stories.ts";

/** The documented examples are the acceptance tests: every story of every preset, on the model world. */
describe.each(presetNames)("stories of %s on the model world", (preset) => {
  const files = storiesOf(preset);

  it("are there, attacks among them", () => {
    expect(files.length).toBeGreaterThanOrEqual(10);
    expect(files.filter(({ name }) => name.startsWith("attack-")).length).toBeGreaterThanOrEqual(4);
  });

  it.each(files)("$name", async (file) => {
    const { story, flow } = readStory(file);
    expect(await runStory(story, createModelWorld(sceneOf(flow, story)))).toMatchObject({ holds: true });
  });
});
