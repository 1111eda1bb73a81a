import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";

/**
 * Moves a branch on to the head of its pull request. Who asked for it is on the ledger before: a forge tells of it as of
 * what the app did.
 */
export async function performFastForward(
  delivery: Delivery,
  action: Action & { kind: "fast-forward" },
): Promise<readonly Event[]> {
  const { pullRequest, branch, commit, by } = action;
  const about = { pullRequest, branch, commit, by };
  await mustWrite(delivery, { ledger: [entry(delivery, "fast-forwarding", about)] });
  const moved = await delivery.forge.fastForward(branch, commit);
  if (moved.kind === "refused") {
    delivery.progress(`${branch} is not moved on to pull request ${pullRequest}: ${moved.why}`);
    await mustWrite(delivery, { ledger: [entry(delivery, "fast-forward-refused", { ...about, why: moved.why })] });
    return [];
  }
  delivery.progress(`${branch} is moved on to ${commit.slice(0, 12)}: ${action.why}`);
  return moved.told ? [] : [{ kind: "merge", pullRequest, branch, commit, by }];
}
