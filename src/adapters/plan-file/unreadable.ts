import { DeliveryError } from "../../domain/errors.ts";

/** A plan file that is not what the tool writes. Nothing of it is believed, so it is never read in part. */
export function unreadable(why: string, cause?: unknown): DeliveryError {
  return new DeliveryError({
    code: "plan-file-unreadable",
    message: `the plan file cannot be read: ${why}`,
    reaction: "stop",
    hint: "Plan again. If it stays so, the tool may be newer than this plangate.",
    cause,
  });
}
