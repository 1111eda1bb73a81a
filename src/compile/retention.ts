import type { Flow } from "../flow/index.ts";

const day = 86_400_000;
/** Artifacts outlive the last moment at which one may be applied, for whoever looks why it was not. */
const daysMore = 7;

/** How many days artifacts are kept: longer than a stored plan may wait. */
export function retentionDays({ apply }: Flow): number {
  return Math.ceil(apply.maxAge / day) + daysMore;
}
