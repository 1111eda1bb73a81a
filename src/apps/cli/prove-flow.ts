import type { ProveFlow } from "../../delivery/ports.ts";
import type { ProvedProperty } from "../../domain/flow-change.ts";
import type { Flow } from "../../flow/index.ts";
import { type PropertyResult, prove, storyText } from "../../proof/index.ts";

/** What a check may spend: some seconds on one processor. */
const checkBudget = 200_000;

/** When it stops whatever it spent: somebody may write a flow that makes each transition slow. */
const checkTime = 15_000;

/** The proof as the check of a pull request has it, which people wait for: it looks less far than `plangate prove`. */
export async function proveInCheck(flow: Flow, signal: AbortSignal): ReturnType<ProveFlow> {
  const begun = performance.now();
  const isOver = () => signal.aborted || performance.now() - begun > checkTime;
  const { properties } = await prove(flow, {
    budget: checkBudget,
    stop: () => new Promise((resolved) => setImmediate(() => resolved(isOver()))),
    now: () => performance.now(),
    progress: () => undefined,
  });
  return properties.map(provedOf);
}

/** A property as people are told of it. */
export function provedOf({ id, sentence, status, explanation, story }: PropertyResult): ProvedProperty {
  return {
    id,
    sentence,
    status,
    explanation: explanation ?? null,
    story: story === undefined ? [] : storyText(story.steps),
  };
}
