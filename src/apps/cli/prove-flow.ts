import { Worker } from "node:worker_threads";
import type { ProveFlow } from "../../delivery/ports.ts";
import type { ProvedProperty } from "../../domain/flow-change.ts";
import type { Flow } from "../../flow/index.ts";
import { type PropertyId, propertyIds, sentences } from "../../proof/index.ts";

/** What is proved in a thread of its own, and how far. */
export interface CheckErrand {
  readonly flow: Flow;
  /** Transitions. */
  readonly budget: number;
  /** When to stop looking further, in milliseconds. */
  readonly time: number;
}

/** Some seconds on one processor: people wait for a check, so it looks less far than `plangate prove`. */
const usual = { budget: 200_000, time: 10_000, longest: 30_000 };

/** A slice takes some hundred; beyond it somebody wants this machine's memory and no proof. */
const mostMegabytes = 1_500;

/**
 * The proof as the check of a pull request has it. Whoever opens one writes the flow, so it is looked at in a thread that
 * ends when its time or memory is over, and what it came to is told.
 */
export async function proveInCheck(flow: Flow, signal: AbortSignal, limits = usual): ReturnType<ProveFlow> {
  const { budget, time, longest } = limits;
  const workerData: CheckErrand = { flow, budget, time };
  const worker = new Worker(program, { workerData, resourceLimits: { maxOldGenerationSizeMb: mostMegabytes } });
  const over = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
  try {
    return await answerOf(worker, over);
  } finally {
    await worker.terminate();
  }
}

/** Beside this file; in the bundle it lies beside it as well, under a name that stays. */
const program = new URL(
  import.meta.url.endsWith(".ts") ? "prove-flow-worker.ts" : "prove-flow-worker.mjs",
  import.meta.url,
);

/** What the thread told of each property last, once it has ended or has to. */
function answerOf(worker: Worker, over: AbortSignal): ReturnType<ProveFlow> {
  const told = new Map<string, ProvedProperty>();
  const all = (why: string) => propertyIds.map((id) => told.get(id) ?? uncovered(id, why));
  return new Promise((resolve, reject) => {
    const tooMuch = (what: string) => resolve(all(`looking at this flow took too much ${what} for a check`));
    if (over.aborted) tooMuch("time");
    over.addEventListener("abort", () => tooMuch("time"), { once: true });
    worker.on("message", (properties: readonly ProvedProperty[]) => {
      for (const property of properties) told.set(property.id, property);
    });
    worker.once("error", (error) => {
      if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") tooMuch("memory");
      else reject(error);
    });
    worker.once("exit", () => resolve(all("nothing was told")));
  });
}

function uncovered(id: PropertyId, why: string): ProvedProperty {
  const explanation = `${why}; \`plangate prove\` takes what it needs`;
  return { id, sentence: sentences[id], status: "not-covered", explanation, story: [] };
}
