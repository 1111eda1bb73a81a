import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DeliveryError } from "../../domain/errors.ts";
import type { Flow } from "../../flow/index.ts";
import type { Errand, Found, Searcher } from "../../proof/index.ts";

/** What a thread is given when it starts. */
export interface Hired {
  readonly flow: Flow;
  /** One number, which is no longer 0 once the work is to stop. */
  readonly stopped: SharedArrayBuffer;
}

export interface Pool {
  /** None where no thread could be started: then the caller searches by itself. */
  readonly searchers: readonly Searcher[];
  readonly close: () => Promise<void>;
}

/** Each holds the states of one slice, so more of them take memory that more processors do not bring. */
const mostThreads = 4;

/** Starts a thread for each processor, to search slices of this flow until the signal stops them. */
export async function startPool(flow: Flow, signal: AbortSignal): Promise<Pool> {
  const count = Math.min(mostThreads, availableParallelism());
  if (count < 2) return { searchers: [], close: async () => undefined };
  const stopped = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const stop = () => void Atomics.store(new Int32Array(stopped), 0, 1);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const hired: Hired = { flow, stopped };
  const started = await Promise.all(Array.from({ length: count }, () => start(hired)));
  const workers = started.filter((worker) => worker !== undefined);
  return {
    searchers: workers.map(searcherIn),
    close: async () => {
      signal.removeEventListener("abort", stop);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Beside this file; in the bundle it lies beside it as well, under a name that stays. */
const program = new URL(import.meta.url.endsWith(".ts") ? "prove-worker.ts" : "prove-worker.mjs", import.meta.url);

/** Undefined where it cannot start: too little memory, or a policy that forbids threads. */
async function start(workerData: Hired): Promise<Worker | undefined> {
  try {
    const worker = new Worker(program, { workerData });
    await answerOf(worker);
    return worker;
  } catch {
    return undefined;
  }
}

function searcherIn(worker: Worker): Searcher {
  return async (errand: Errand) => {
    const answer = answerOf(worker);
    worker.postMessage(errand);
    return (await answer) as Found;
  };
}

/** The next thing that the thread says; rejects when it ends without a word. */
function answerOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const said = (answer: unknown) => {
      forget();
      resolve(answer);
    };
    const failed = (error: unknown) => {
      forget();
      reject(lost(error));
    };
    const ended = (code: number) => failed(new Error(`a thread that searches ended with ${code}`));
    const forget = () => void worker.off("message", said).off("error", failed).off("exit", ended);
    worker.on("message", said).on("error", failed).on("exit", ended);
  });
}

function lost(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return new DeliveryError({
    code: "out-of-memory",
    message: "searching a slice: the thread ran out of memory",
    reaction: "stop",
    hint: "Give a smaller --budget, or one slice at a time with --slice.",
    cause: error,
  });
}
