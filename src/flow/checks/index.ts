import type { Check } from "../check.ts";

/** What must hold between the parts of a flow, in the order people read about it. */
export const checks: readonly Check[] = [];
