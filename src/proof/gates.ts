import type { Environment, Flow, Gate, Transition } from "../flow/flow.ts";

/**
 * How many people a gate asks for at least, whatever stands in the flow: one, and two in a regulated flow's production.
 * With `assurance: solo` the flow is believed.
 */
export function leastAt({ assurance }: Flow, { kind }: Environment, { count }: Gate): number {
  if (assurance === "solo") return count;
  return Math.max(count, kind === "prod" && assurance === "regulated" ? 2 : 1);
}

/** Whether a gate leaves somebody out; one that does not and gives no reason is read as if it did. `row` is null where none is behind the apply. */
export function leavesOut(
  { assurance }: Flow,
  { name, notBy, because }: Gate,
  { who, row }: { readonly who: Gate["notBy"][number]; readonly row: Transition | null },
): boolean {
  if (notBy.includes(who)) return true;
  if (because !== undefined || assurance === "solo") return false;
  // A row's own gate leaves out the triggerer by itself only where nothing else is written.
  return who === "writers" || (row?.on === "dispatch" && row.gate === name);
}
