/** One of the threads that search slices for `plangate prove`: a program of its own, started by prove-pool.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { type Errand, searcherOf } from "../../proof/index.ts";
import type { Hired } from "./prove-pool.ts";

const { flow, stopped } = workerData as Hired;
const flag = new Int32Array(stopped);
const searcher = searcherOf(flow, {
  stop: async () => Atomics.load(flag, 0) !== 0,
  now: () => performance.now(),
});

parentPort?.on("message", async (errand: Errand) => {
  // What goes wrong here ends the thread, and the pool hears of it.
  parentPort?.postMessage(await searcher(errand));
});
parentPort?.postMessage("ready");
