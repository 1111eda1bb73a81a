import type { Diagnostic } from "./diagnostic.ts";

/** What whoever runs the work should do about an error: try again, wait for something, or stop and tell a person. */
export type Reaction = "retry" | "wait" | "stop";

/**
 * Something outside failed: Terraform, Git, the forge, the store, the disk. Carries what to do about it; the queue
 * reads only `reaction`. Never carries secrets, since its message reaches logs and comments.
 */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** Stable, in kebab case. */
  readonly code: string;
  readonly reaction: Reaction;
  readonly hint: string | undefined;
  /** What the outside said, redacted, for people who look closer. */
  readonly detail: string | undefined;

  constructor(about: {
    code: string;
    message: string;
    reaction: Reaction;
    hint?: string | undefined;
    detail?: string | undefined;
    cause?: unknown;
  }) {
    super(about.message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = about.code;
    this.reaction = about.reaction;
    this.hint = about.hint;
    this.detail = about.detail;
  }
}

/** A promise of our own code was broken. The apps print where to report it. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Ends a command whose input is wrong: thrown by apps only, after every diagnostic was collected. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.summary).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** Proves to the compiler that a union was handled whole. */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`);
}
