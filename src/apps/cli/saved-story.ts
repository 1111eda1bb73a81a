import { chaptersOf, type ProofStory, type PropertyResult } from "../../proof/index.ts";
import type { Expectation } from "../../worlds/step.ts";
import type { StoryToWrite } from "../../worlds/stories/index.ts";

/**
 * The story of a hole, as a test: it expects what is applied and destroyed up to its last step, and that the last one does
 * nothing of the kind where that is the hole. So it fails for as long as the hole is there.
 */
export function storyToSave(
  { id, sentence }: Pick<PropertyResult, "id" | "sentence">,
  story: ProofStory,
  flow: StoryToWrite["flow"],
): StoryToWrite {
  const chapters = chaptersOf(story);
  const meanwhile = story.steps.some((told) => told.meanwhile !== null);
  const last = chapters.length - 1;
  const end = chapters.at(-1);
  // Where somebody acted meanwhile, the story that is played may end otherwise than the one that was found.
  const shows = aboutApplies.has(id) && (meanwhile || (end?.applied.length ?? 0) + (end?.destroyed.length ?? 0) > 0);
  const steps = chapters.flatMap(({ step, applied, destroyed }, index) => {
    const expected: Expectation = { kind: "expect", applied, destroyed };
    const isHole = index === last && shows;
    return isHole || applied.length + destroyed.length === 0 ? [step] : [step, expected];
  });
  return {
    story: `${id}: ${sentence}`,
    flow,
    people: story.stage.cast.people,
    at: story.stage.setting.at,
    owners: story.stage.setting.owners,
    steps,
    notes: [
      `Found by plangate prove: ${story.wrong}.`,
      ...(meanwhile
        ? [
            "Somebody acts here while plangate is at work on the step before. A story plays each step to its end, so this one may not show the hole.",
          ]
        : []),
      ...(shows ? [] : ["The hole is no apply, so no expectation shows it; plangate prove does."]),
    ],
  };
}

/** Properties that are broken by something that is applied or destroyed. */
const aboutApplies: ReadonlySet<PropertyResult["id"]> = new Set(["P1", "P2", "P3", "P4", "P7", "P8"]);
