import type { StackName } from "../domain/names.ts";
import type { WorldStep } from "../worlds/step.ts";
import { play, startPlaying } from "./play.ts";
import type { ProofStory } from "./prove.ts";

/** A step of a story, and what is applied and destroyed before the next one. */
export interface Chapter {
  readonly step: WorldStep;
  readonly applied: readonly StackName[];
  readonly destroyed: readonly StackName[];
}

/**
 * A story step by step, as it goes when each is played to its end. Where somebody acted while plangate was at work, that
 * may be another story: no story file can say in between what somebody does something.
 */
export function chaptersOf({ steps, stage }: Pick<ProofStory, "steps" | "stage">): readonly Chapter[] {
  let so = startPlaying(stage.setting);
  return steps.map(({ step }) => {
    const before = so;
    so = play(so, step);
    return {
      step,
      applied: so.applied.slice(before.applied.length),
      destroyed: so.destroyed.slice(before.destroyed.length),
    };
  });
}
