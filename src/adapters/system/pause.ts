import { setTimeout } from "node:timers/promises";
import type { Duration } from "../../domain/names.ts";

/** Waits, and no longer when the signal is aborted. */
export async function pause(duration: Duration, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(duration, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
