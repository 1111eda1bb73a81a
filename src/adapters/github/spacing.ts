import { setTimeout as pausing } from "node:timers/promises";
import type { Duration, Instant } from "../../domain/names.ts";

interface Watch {
  now(): Instant;
  pause(duration: Duration): Promise<unknown>;
}

const system: Watch = { now: () => Date.now(), pause: (duration) => pausing(duration) };

/**
 * Lets changes through: the first few at once, since a job that tells one pull request makes no more, and those behind
 * them so far apart as GitHub asks for where many are made. After a while without any it is a few again.
 */
export function openSpacing(apart: Duration, { now, pause }: Watch = system): () => Promise<void> {
  /** When a change would go out if all of them were that far apart. */
  let due: Instant = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = now();
    const wait = due - (atOnce - 1) * apart - at;
    due = Math.max(due, at) + apart;
    if (wait > 0) await pause(wait);
  };
}

/** Of 80 a minute that GitHub lets pass, the rest stays for other jobs. */
const atOnce = 4;
