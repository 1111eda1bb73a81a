import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { openRealWorld } from "../../src/worlds/real/index.ts";
import { parseStory, runStory, sceneOf } from "../../src/worlds/stories/index.ts";

const folder = new URL("../scenarios/trunk-stored-plan/", import.meta.url);
const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml")).sort();
const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "preset" }).value;
if (flow === undefined) throw new Error("the preset does not parse");

/** One story, two worlds, one outcome: that is what makes anything said about the model mean something. */
describe("stories of trunk-stored-plan", () => {
  it("are many, and half of them are attacks", () => {
    expect(files.length).toBeGreaterThanOrEqual(16);
    expect(files.filter((file) => file.startsWith("attack-")).length).toBeGreaterThanOrEqual(8);
  });

  it.each(files)("%s holds on the model world and on the real one", async (file) => {
    const story = parseStory(await readFile(new URL(file, folder), "utf8"), { file });
    if (story.value === undefined) throw new Error(JSON.stringify(story.diagnostics));
    const scene = sceneOf(flow, story.value);
    const onModel = await runStory(story.value, createModelWorld(scene));
    expect(onModel.failed).toBeUndefined();
    const dir = await mkdtemp(join(tmpdir(), "plangate-story-"));
    const world = await openRealWorld({ dir, scene, env: process.env });
    try {
      const onReal = await runStory(story.value, world);
      expect(onReal).toEqual(onModel);
    } finally {
      await world.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
