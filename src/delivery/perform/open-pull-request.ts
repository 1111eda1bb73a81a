import type { Action } from "../../domain/decision.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import { renderBackMerge, renderToBeOpened } from "../../views/issue.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";
import { plangate } from "./plangate.ts";

type Opening = Action & { readonly kind: "open-pull-request" };

/**
 * Opens a pull request as plangate, unless one is open between the two branches. Where the forge lets plangate open none, an
 * issue asks people to: what else follows from the same event does not wait for that.
 */
export async function performOpenPullRequest(delivery: Delivery, action: Opening): Promise<readonly Event[]> {
  const { head, base, purpose } = action;
  const made = await open(delivery, action);
  if (made === null) return askPeople(delivery, action);
  const { number, opened } = made;
  if (!opened) return [];
  await mustWrite(delivery, {
    ledger: [entry(delivery, "pull-request-opened", { pullRequest: number, purpose, head, base, why: action.why })],
  });
  delivery.progress(`opened pull request ${number} from ${head} into ${base}: ${action.why}`);
  return [{ kind: "pull-request", action: "opened", pullRequest: number, by: plangate }];
}

/** Null where plangate may open none. */
async function open({ forge }: Delivery, action: Opening) {
  const { head, base, purpose } = action;
  try {
    return await forge.openPullRequest({ head, base, purpose, ...renderBackMerge(action) });
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "right-missing") return null;
    throw error;
  }
}

async function askPeople(delivery: Delivery, action: Opening): Promise<readonly Event[]> {
  const { head, base, why } = action;
  const { changed } = await delivery.forge.raiseIssue({ key: `open ${head} ${base}`, ...renderToBeOpened(action) });
  delivery.progress(`plangate may open no pull request here: somebody opens one from ${head} into ${base}, ${why}`);
  if (!changed) return [];
  const flagged = { stack: null, branch: base, code: "back-merge-missing", issue: "open", until: null, why } as const;
  await mustWrite(delivery, { ledger: [entry(delivery, "flagged", flagged)] });
  return [];
}
