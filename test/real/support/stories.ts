import { describe, expect, it } from "vitest";
import type { PresetName } from "../../../src/flow/index.ts";
import { createModelWorld } from "../../../src/worlds/model/index.ts";
import { openRealWorld } from "../../../src/worlds/real/index.ts";
import { runStory, sceneOf } from "../../../src/worlds/stories/index.ts";
import type { Scene, World } from "../../../src/worlds/world.ts";
import { readStory, type StoryFile, storiesOf } from "../../scenarios/stories.ts";
import { withWorldFolder } from "./world-folder.ts";

/** One story, two worlds, one outcome: that is what makes anything said about the model mean something. */
export function describeStories(preset: PresetName): void {
  describe(`stories of ${preset}`, () => {
    it.each(storiesOf(preset))("$name holds on the model world and on the real one", (file) =>
      play(file, "one-process"),
    );
  });
}

/** The same through jobs with separate rights: those that are named, or all of them with PLANGATE_ALL_STORIES. */
export function describeStoriesInJobs(preset: PresetName, names: readonly string[]): void {
  const all = storiesOf(preset);
  const missing = names.filter((name) => !all.some((file) => file.name === name));
  if (missing.length > 0) throw new Error(`${preset} has no story ${missing.join(", ")}`);
  const chosen = process.env.PLANGATE_ALL_STORIES === undefined ? all.filter(({ name }) => names.includes(name)) : all;
  describe(`stories of ${preset}, spread over jobs`, () => {
    it.each(chosen)("$name holds on the model world and on the real one", (file) => play(file, "jobs"));
  });
}

function play(file: StoryFile, host: "one-process" | "jobs"): Promise<void> {
  return playBeside(file, ({ dir, scene }) => openRealWorld({ dir, scene, env: process.env, host }));
}

interface Place {
  /** An empty folder, gone afterwards. */
  readonly dir: string;
  readonly scene: Scene;
  /** The flow as it stands in its file. */
  readonly flowText: string;
}

/** The story that a preset has by this name. */
export function storyNamed(preset: PresetName, name: string): StoryFile {
  const file = storiesOf(preset).find((one) => one.name === name);
  if (file === undefined) throw new Error(`${preset} has no story ${name}`);
  return file;
}

/** Plays a story on the model world and on another one, and holds the outcomes together. */
export async function playBeside(
  file: StoryFile,
  open: (place: Place) => Promise<World & { close(): Promise<void> }>,
): Promise<void> {
  const { story, flow, flowText } = readStory(file);
  const scene = sceneOf(flow, story);
  const onModel = await runStory(story, createModelWorld(scene));
  expect(onModel.failed).toBeUndefined();
  const onOther = await withWorldFolder(async (dir) => {
    const world = await open({ dir, scene, flowText });
    try {
      return await runStory(story, world);
    } finally {
      await world.close();
    }
  });
  expect(onOther).toEqual(onModel);
}
