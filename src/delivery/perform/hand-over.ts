import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";

/** Frees a stack of the branch that holds it, or gives it to another branch. What waited for it may go on. */
export async function performHandOver(
  delivery: Delivery,
  action: Action & { kind: "hand-over" },
): Promise<readonly Event[]> {
  const { stack, branch, by, why } = action;
  const held = await delivery.store.hold(stack);
  if ((held?.branch ?? null) === branch) return [];
  await mustWrite(delivery, {
    ...(held === undefined ? {} : { endHold: { stack, branch: held.branch } }),
    ...(branch === null ? {} : { takeHold: { stack, branch, by, since: delivery.clock.now() } }),
    ledger: [entry(delivery, "stack-handed-over", { stack, from: held?.branch ?? null, to: branch, by, why })],
  });
  delivery.progress(`${stack}: ${branch === null ? "held by no branch any more" : `held by ${branch}`}, ${why}`);
  return [{ kind: "lease-ended", stack }];
}
