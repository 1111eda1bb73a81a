import { describe, expect, it } from "vitest";
import { type PresetName, presetNames } from "../../src/flow/index.ts";
import { playBeside, storyNamed } from "../real/support/stories.ts";
import { storiesOf } from "../scenarios/stories.ts";
import { differences } from "./story-differences.ts";
import { patient } from "./story-of-a-repository.ts";
import { openStoryWorld } from "./story-world.ts";

const play = (preset: PresetName, name: string) =>
  playBeside(storyNamed(preset, name), ({ dir, scene, flowText: text }) =>
    openStoryWorld({ dir, scene, preset, text }),
  );

it("stories come out otherwise on GitHub only where it is said of one that is there", () => {
  for (const preset of presetNames)
    for (const name of Object.keys(differences[preset])) expect(storyNamed(preset, name).name).toBe(name);
});

/** The whole life of a change, as the documents of these presets tell it; those of the others are in `stories.real.test.ts`. */
it.each([
  ["trunk-stored-plan", "good-life"],
  ["trunk-demo", "life-of-a-change"],
] as const)("%s: %s comes out on GitHub as on the model world", patient, play);

/** They take an hour, and are played when somebody asks for it. */
if (process.env.PLANGATE_ALL_STORIES !== undefined) {
  describe.each(presetNames)("every story of %s on GitHub", (preset) => {
    const same = storiesOf(preset).filter(({ name }) => differences[preset][name] === undefined);
    it.each(same)("$name comes out as on the model world", patient, ({ name }) => play(preset, name));

    it.each(Object.entries(differences[preset]))("%s comes out otherwise: %s", patient, async (name) => {
      await expect(play(preset, name)).rejects.toThrow("to deeply equal");
    });
  });
}
