import { actionsBot, type Bearer } from "./bearer.ts";

/** How many requests of somebody are left in the present hour. */
export interface Limit {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** When the hour ends, in seconds. */
  readonly reset: number;
}

export interface Limits {
  /** Counts a request; `undefined` when there is none left, and then it is not counted. */
  count(who: Bearer, now: number): Limit | undefined;
  /** Takes a count back: what was answered with "not modified" counts for nothing. */
  giveBack(who: Bearer, now: number): void;
  look(who: Bearer, now: number): Limit;
  /** Leaves somebody so many requests for the hour. */
  leave(login: string, remaining: number): void;
}

const hour = 3600 * 1000;

export function openLimits(): Limits {
  const buckets = new Map<string, { used: number; until: number; limit: number }>();
  const bucketOf = (who: Bearer, now: number) => {
    const known = buckets.get(who.login);
    if (known !== undefined && known.until > now) return known;
    const fresh = { used: 0, until: now + hour, limit: limitOf(who) };
    buckets.set(who.login, fresh);
    return fresh;
  };
  const told = ({ used, until, limit }: { used: number; until: number; limit: number }): Limit => ({
    limit,
    used,
    remaining: limit - used,
    reset: Math.ceil(until / 1000),
  });
  return {
    count(who, now) {
      const bucket = bucketOf(who, now);
      if (bucket.used >= bucket.limit) return undefined;
      bucket.used += 1;
      return told(bucket);
    },
    giveBack(who, now) {
      const bucket = bucketOf(who, now);
      bucket.used = Math.max(0, bucket.used - 1);
    },
    look: (who, now) => told(bucketOf(who, now)),
    leave(login, remaining) {
      const bucket = buckets.get(login) ?? { used: 0, until: 0, limit: 5000 };
      buckets.set(login, { ...bucket, used: bucket.limit - remaining, until: bucket.until || Number.MAX_SAFE_INTEGER });
    },
  };
}

/** `GITHUB_TOKEN`s have a thousand an hour for each repository; strangers sixty. */
function limitOf({ kind, login }: Bearer): number {
  if (kind === "nobody") return 60;
  return login === actionsBot ? 1000 : 5000;
}
