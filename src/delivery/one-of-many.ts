import { DeliveryError } from "../domain/errors.ts";
import type { Delivery } from "./delivery.ts";

/**
 * Does something about one of many that have nothing to do with each other. What cannot be done about it is told, and tried
 * again when somebody looks the next time: whoever makes a change that cannot be read would otherwise stop everybody's.
 * Fails where the next one would fail as well: when the outside is not there, when the record is not to be relied on, and
 * when the work was stopped.
 */
export async function oneOfMany<Value>(
  { progress, signal }: Pick<Delivery, "progress" | "signal">,
  what: string,
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true || !isItsOwn(error)) throw error;
    progress(`${what}: it is left for now, ${error.message}`);
    return undefined;
  }
}

/** Common to all: rights and settings of whoever looks, and the record. */
const common = /^(?:record-|store-|right-|setting-|keys-|tool-|disk-|not-a-repository|cancelled)/;

/** Too much nesting in what somebody wrote ends in a stack that is full. */
function isItsOwn(error: unknown): error is Error {
  if (error instanceof DeliveryError) return error.reaction === "stop" && !common.test(error.code);
  return error instanceof RangeError;
}
