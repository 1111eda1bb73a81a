import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { renderBackMerge } from "../../views/issue.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";
import { plangate } from "./plangate.ts";

/** Opens a pull request as plangate, unless one is open between the two branches. */
export async function performOpenPullRequest(
  delivery: Delivery,
  action: Action & { kind: "open-pull-request" },
): Promise<readonly Event[]> {
  const { head, base, purpose } = action;
  const { number, opened } = await delivery.forge.openPullRequest({ head, base, purpose, ...renderBackMerge(action) });
  if (!opened) return [];
  await mustWrite(delivery, {
    ledger: [entry(delivery, "pull-request-opened", { pullRequest: number, purpose, head, base, why: action.why })],
  });
  delivery.progress(`opened pull request ${number} from ${head} into ${base}: ${action.why}`);
  return [{ kind: "pull-request", action: "opened", pullRequest: number, by: plangate }];
}
