import type { ForgeEvent } from "./events.ts";

/** Why GitHub would not do it: the status and the sentence of its REST interface. Nothing was changed. */
export interface Blocked {
  readonly status: 401 | 403 | 404 | 405 | 409 | 422;
  readonly message: string;
}

/** What an act came to: done, with what it made and the webhooks it causes, or blocked. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value; readonly events: readonly ForgeEvent[] }
  | { readonly ok: false; readonly blocked: Blocked };

/** What an act's own function returns; the forge adds the events. */
export type Result<Value> = Value | { readonly blocked: Blocked };

export function blocked(status: Blocked["status"], message: string): { readonly blocked: Blocked } {
  return { blocked: { status, message } };
}

export function isBlocked<Value>(result: Result<Value>): result is { readonly blocked: Blocked } {
  return typeof result === "object" && result !== null && "blocked" in result;
}

/** The first refusal, or null when there is none. Each is worked out only when the ones before it let pass. */
export function firstBlocked(
  ...checks: readonly (() => { readonly blocked: Blocked } | null)[]
): { readonly blocked: Blocked } | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}
