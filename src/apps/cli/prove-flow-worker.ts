/** The thread that proves the flow of a pull request: a program of its own, started by prove-flow.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { ProvedProperty } from "../../domain/flow-change.ts";
import {
  type ProofOptions,
  type PropertyId,
  type PropertyResult,
  propertyIds,
  prove,
  storyText,
} from "../../proof/index.ts";
import type { CheckErrand } from "./prove-flow.ts";

const { flow, budget, time } = workerData as CheckErrand;
const begun = performance.now();

const unsearched: readonly PropertyId[] = ["P6", "P9", "P11"];
const options: ProofOptions = {
  budget,
  stop: async () => performance.now() - begun > time,
  now: () => performance.now(),
  progress: () => undefined,
};

// What takes no search is told first, so that it is known when the rest takes too long.
for (const wanted of [unsearched, propertyIds]) {
  const { properties } = await prove(flow, { ...options, properties: wanted });
  parentPort?.postMessage(properties.map(provedOf));
}

function provedOf({ id, sentence, status, explanation, story }: PropertyResult): ProvedProperty {
  return {
    id,
    sentence,
    status,
    explanation: explanation ?? null,
    story: story === undefined ? [] : storyText(story.steps),
  };
}
