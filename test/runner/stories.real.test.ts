import { describe, it } from "vitest";
import type { PresetName } from "../../src/flow/index.ts";
import { playBeside, storyNamed } from "../real/support/stories.ts";
import { patient } from "./story-of-a-repository.ts";
import { openStoryWorld } from "./story-world.ts";

/**
 * The whole life of a change, as each preset's document tells it. That of integration-branch is promoted by fast-forward, which
 * plangate's app does for whoever says `/plangate merge`.
 */
const lives: readonly (readonly [PresetName, string])[] = [
  ["gitflow", "scenario-1-new-dataset"],
  ["integration-branch", "demo-and-promotion"],
  ["trunk-stored-plan", "good-life"],
  ["trunk-demo", "life-of-a-change"],
];

/** One as each identity is always played, the others with PLANGATE_ALL_STORIES. */
const played = process.env.PLANGATE_ALL_STORIES === undefined ? lives.slice(0, 2) : lives;

describe("stories on GitHub, with compiled workflows and real jobs", () => {
  it.each(played)("%s: %s comes out as on the model world", patient, (preset, name) =>
    playBeside(storyNamed(preset, name), ({ dir, scene }) => openStoryWorld({ dir, scene, preset })),
  );
});
