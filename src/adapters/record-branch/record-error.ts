import { DeliveryError } from "../../domain/errors.ts";

/** The branch does not hold what plangate writes. */
export function corruptRecord(name: string, why: string): DeliveryError {
  return new DeliveryError({
    code: "record-corrupt",
    message: `reading ${name}: ${why}`,
    reaction: "stop",
    hint: "Find out who pushed to it, and put the last commit back that plangate wrote; `plangate ledger verify` checks an export of its ledger.",
  });
}

/** The branch is no longer a continuation of what was there. */
export function rewrittenRecord(name: string, why: string): DeliveryError {
  return new DeliveryError({
    code: "record-rewritten",
    message: `reading ${name}: its history was rewritten, ${why}`,
    reaction: "stop",
    hint: "Nothing is applied until somebody looked. Find out who pushed, and put the branch back to what was there before.",
  });
}

/** The branch was written by somebody who has none of the keys. */
export function forgedRecord(name: string, why: string): DeliveryError {
  return new DeliveryError({
    code: "record-forged",
    message: `reading ${name}: ${why}`,
    reaction: "stop",
    hint: "Find out who pushed to it. When keys were changed on purpose, begin a new record: move the branch to another name.",
  });
}

export function newerRecord(name: string, version: unknown): DeliveryError {
  return new DeliveryError({
    code: "record-newer",
    message: `reading ${name}: it has version ${String(version)}, and this plangate knows version 1`,
    reaction: "stop",
    hint: "Use the newer plangate that wrote it. An older one would not understand what it finds there.",
  });
}

export function tooLargeRecord(name: string, what: string, most: number): DeliveryError {
  return new DeliveryError({
    code: "record-too-large",
    message: `writing ${name}: ${what} would have more than ${Math.round(most / (1024 * 1024))} MiB, and a forge takes no such file`,
    reaction: "stop",
    hint: "Keep the branch under another name for looking things up, and begin a new record.",
  });
}

/** A push did not succeed, again and again: somebody else's write stood there, or what `said` says. */
export function busyRecord(name: string, attempts: number, said: string | undefined): DeliveryError {
  return new DeliveryError({
    code: "record-busy",
    message: `writing ${name}: it was tried ${attempts} times, and ${said === undefined ? "each time others had written it" : `at last it was said: ${said}`}`,
    reaction: "retry",
    hint: "Run it again. Nothing was written.",
  });
}

/** What was kept for later cannot be written any more, since somebody else was there first. */
export function lostChanges(name: string, count: number, why: string): DeliveryError {
  return new DeliveryError({
    code: "store-conflict",
    message: `writing ${name}: another job worked on the same ${why} meanwhile, so ${count === 1 ? "what was" : `the ${count} changes that were`} kept until now ${count === 1 ? "is" : "are"} not written`,
    reaction: "retry",
    hint: "Run the job again: it starts from what is true now.",
  });
}
