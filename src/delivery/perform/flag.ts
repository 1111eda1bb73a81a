import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { flagKey } from "../../domain/flag-key.ts";
import { renderDrift } from "../../views/drift.ts";
import { inertMarkdown } from "../../views/inert.ts";
import { renderIssue } from "../../views/issue.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";
import { driftIn } from "./drift.ts";

type FlagAction = Action & { readonly kind: "flag" };

/** Records what people should look at, and keeps the one issue that says so: opened, brought up to date, or closed. */
export async function performFlag(delivery: Delivery, action: FlagAction): Promise<readonly Event[]> {
  const { stack, branch, commit, code, issue, until, why } = action;
  const key = flagKey(action);
  const about = stack ?? branch ?? "the repository";
  if (issue === "close") {
    const { changed } = await delivery.forge.closeIssue(key, inertMarkdown(why));
    if (!changed) return [];
  }
  if (issue === "open")
    await delivery.forge.raiseIssue({ key, ...renderIssue(action, await detailsOf(delivery, action)) });
  await mustWrite(delivery, {
    ledger: [entry(delivery, "flagged", { stack, branch, commit, code, issue, until, why })],
  });
  delivery.progress(`${about}: ${issue === "close" ? "settled" : "to be looked at"} (${code}), ${why}`);
  return [];
}

/** What drifted, as far as it was read in this process; the sentence names it in any case. */
async function detailsOf(delivery: Delivery, { code, stack }: FlagAction): Promise<string | null> {
  if (code !== "drift-found" || stack === null) return null;
  const [run] = await delivery.store.runs({ stack, modes: ["refresh-only"], limit: 1 });
  const made = run?.plan == null ? undefined : delivery.readingOf(run.plan);
  return run === undefined || made === undefined ? null : renderDrift(stack, await driftIn(delivery, run, made));
}
