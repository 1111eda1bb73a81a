import type { Duration, RunId } from "../../domain/names.ts";

/** What becomes of a state that the tool could not write to its backend: it is all that knows of what an apply made. */
export interface Salvage {
  /** Keeps it where it outlives the checkout, before anything else is tried. */
  readonly keep: (run: RunId, state: Uint8Array) => Promise<KeptState>;
  /** How long is waited before each try to write it to its backend after all. */
  readonly tries: readonly Duration[];
  /** Ends early when the signal is aborted. */
  readonly pause: (duration: Duration, signal: AbortSignal | undefined) => Promise<void>;
}

export interface KeptState {
  /** Where it is, as people find it. */
  readonly place: string;
  /** Where it is and how it is put back, as sentences without the last full stop. */
  readonly told: string;
  /** When it is where it belongs. */
  remove(): Promise<void>;
}
