import type { Flow } from "../flow/index.ts";

const day = 86_400_000;
/** Artifacts outlive the last moment at which one may be applied, for whoever looks why it was not. */
const daysMore = 7;
/** As long as GitHub keeps artifacts of any repository. */
const always = 90;

/** How many days artifacts are kept: longer than a stored plan may wait, unless it does so in a bucket. */
export function retentionDays({ apply, bundles }: Flow): number {
  const days = Math.ceil(apply.maxAge / day) + daysMore;
  return bundles === null ? days : Math.min(days, always);
}
