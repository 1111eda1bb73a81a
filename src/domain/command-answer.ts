import type { Instant, Login } from "./names.ts";
import type { ReasonCode } from "./reason.ts";

/** A line of a comment that was meant for plangate, and of which nothing came. */
export interface RefusedCommand {
  /** As plangate understood it: `/plangate merge`. Null where it is none that there is. */
  readonly command: string | null;
  /** Sentences about why, with names and numbers, and with what people wrote: text from outside. */
  readonly why: readonly string[];
  readonly codes: readonly ReasonCode[];
}

/** What of somebody's newest comment is not done. */
export interface AskedInVain {
  readonly at: Instant;
  readonly by: Login;
  readonly refused: readonly RefusedCommand[];
}
