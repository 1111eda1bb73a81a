import fc from "fast-check";
import { expect } from "vitest";
import type { Flow } from "../../src/flow/flow.ts";
import { type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import type { Happened } from "../../src/worlds/happened.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { openRealWorld } from "../../src/worlds/real/index.ts";
import { stacksAtStart } from "../../src/worlds/scene.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import type { Scene } from "../../src/worlds/world.ts";
import { withWorldFolder } from "../real/support/world-folder.ts";
import { type Choice, kindsOfStep, modulesOf, people, stackNames, stepsOf } from "./random-steps.ts";

const choice: fc.Arbitrary<Choice> = fc.record({
  what: fc.nat(kindsOfStep - 1),
  who: fc.nat(13),
  which: fc.nat(27),
  how: fc.nat(27),
});

function flowOf(preset: PresetName): Flow {
  const flow = parseFlow(renderPreset(preset), { file: "preset" }).value;
  if (flow === undefined) throw new Error(`${preset} does not parse`);
  return flow;
}

function sceneOf(flow: Flow): Scene {
  const named = stackNames(flow).map((stack) => ({
    kind: "replan" as const,
    stack,
    gives: "empty" as const,
    at: { line: 1, column: 1 },
  }));
  const stacks = stacksAtStart(flow, named);
  return {
    flow,
    people: people(flow),
    at: Date.UTC(2026, 0, 6, 10),
    start: "applied",
    stacks,
    modules: modulesOf(flow),
    owners: {},
  };
}

/** What a story compares: everything but the sentences. */
function outcomeOf({ reasons: _, ...outcome }: Happened): Omit<Happened, "reasons"> {
  return outcome;
}

/** Plays the steps on both worlds, and gives the first step after which they tell different things. */
function firstDifference(scene: Scene, steps: readonly WorldStep[]) {
  return withWorldFolder(async (dir) => {
    const model = createModelWorld(scene);
    const real = await openRealWorld({ dir, scene, env: process.env });
    try {
      for (const [index, step] of steps.entries()) {
        model.perform(step);
        await real.perform(step);
        const onModel = model.happened();
        const onReal = real.happened();
        if (JSON.stringify(outcomeOf(onModel)) !== JSON.stringify(outcomeOf(onReal)))
          return { steps: steps.slice(0, index + 1), onModel, onReal };
      }
      return undefined;
    } finally {
      await real.close();
    }
  });
}

/** Shrinking plays a story again for each of its parts, and could go on for as long as anybody waits. */
const timeLimit = 10 * 60_000;

/**
 * Random stories of a preset have one outcome on both worlds. `PLANGATE_RANDOM_STORIES` asks for more of them than the
 * suite plays, `PLANGATE_RANDOM_SEED` for others; a disagreement is shrunk to few steps and told with the sentences.
 */
export async function expectAgreement(preset: PresetName): Promise<void> {
  const scene = sceneOf(flowOf(preset));
  const numRuns = Number(process.env.PLANGATE_RANDOM_STORIES ?? 24);
  const seed = Number(process.env.PLANGATE_RANDOM_SEED ?? 2_026);
  let played = 0;
  let happened = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { minLength: 4, maxLength: 10, size: "max" }), async (choices) => {
      const steps = stepsOf(scene.flow, choices);
      played++;
      happened += steps.length;
      const difference = await firstDifference(scene, steps);
      if (difference !== undefined)
        expect(tell(difference.steps, difference.onReal)).toEqual(tell(difference.steps, difference.onModel));
    }),
    { numRuns, seed, interruptAfterTimeLimit: timeLimit, markInterruptAsFailure: true },
  );
  expect(played).toBeGreaterThanOrEqual(numRuns);
  expect(happened).toBeGreaterThan(numRuns * 5);
}

function tell(steps: readonly WorldStep[], happened: Happened) {
  const sentences = happened.reasons.map(({ rule, answer, code, sentence }) =>
    [rule, answer, code ?? "", sentence].join(" | "),
  );
  return { steps: steps.map((step) => JSON.stringify(step)), ...outcomeOf(happened), sentences };
}
