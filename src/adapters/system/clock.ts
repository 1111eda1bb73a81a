import { randomBytes } from "node:crypto";
import type { Clock, Ids } from "../../delivery/ports.ts";
import type { RunId } from "../../domain/names.ts";

export const systemClock: Clock = { now: () => Date.now() };

/** Ids that sort by when they were made: nine digits of time in base 36, eight of chance. */
export function systemIds(clock: Clock): Ids {
  return { run: () => `run-${clock.now().toString(36).padStart(9, "0")}${chance()}` as RunId };
}

function chance(): string {
  return BigInt(`0x${randomBytes(6).toString("hex")}`)
    .toString(36)
    .padStart(10, "0")
    .slice(-8);
}
