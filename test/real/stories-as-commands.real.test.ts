import { describe, it } from "vitest";
import type { PresetName } from "../../src/flow/index.ts";
import { openRealWorld } from "../../src/worlds/real/index.ts";
import { openWorkflows } from "./support/ci-workflows.ts";
import { playBeside, storyNamed } from "./support/stories.ts";

/** Stories whose jobs are processes, each with the variables and files of its kind and nothing else. */
const played: readonly (readonly [PresetName, string])[] = [
  ["trunk-stored-plan", "good-life"],
  ["trunk-stored-plan", "attack-trusted-path"],
  ["trunk-stored-plan", "state-moved-same-meaning"],
  ["gitflow", "window-waits"],
];

describe("stories, each job a command in a process of its own", () => {
  it.each(played)("%s: %s comes out as on the model world", (preset, name) =>
    playBeside(storyNamed(preset, name), ({ dir, scene }) =>
      openRealWorld({
        dir,
        scene,
        env: process.env,
        host: async (about) => openWorkflows(about, { ...scene, flow: about.common.flow }),
      }),
    ),
  );
});
