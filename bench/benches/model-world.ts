import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { parseStory, runStory, sceneOf } from "../../src/worlds/stories/index.ts";
import type { Bench } from "../bench.ts";
import { measureCalls } from "../measure.ts";

export const bench: Bench = {
  name: "model-world",
  about:
    "Every story of the preset played on the model world, on one core: each step with all the observations and decisions that follow from it.",
  run: async ({ root, quick, runs }) => {
    const preset = "trunk-stored-plan";
    const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
    if (flow === undefined) throw new Error(`the preset ${preset} does not parse`);
    const files = globSync(join(root, "test/scenarios", preset, "*.yaml")).sort();
    const stories = files.flatMap((file) => parseStory(readFileSync(file, "utf8"), { file }).value ?? []);
    if (stories.length === 0 || stories.length < files.length) throw new Error("not every story could be read");

    const rounds = quick ? 2 : 20;
    const measured = await measureCalls(async () => {
      let steps = 0;
      for (let round = 0; round < rounds; round++) {
        for (const story of stories) {
          const result = await runStory(story, createModelWorld(sceneOf(flow, story)));
          if (!result.holds) throw new Error(`${story.file} does not hold`);
          steps += result.steps;
        }
      }
      return steps;
    }, runs(7));
    const rate = measured.ratePerSecond ?? 0;
    const work = `steps of ${stories.length} stories, ${rounds} times`;
    return [{ work, measured, aim: "at least 5,000 steps a second", holds: rate >= 5_000 }];
  },
};
