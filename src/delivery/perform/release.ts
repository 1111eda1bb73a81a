import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Delivery } from "../delivery.ts";
import { entry, mustWrite } from "../record.ts";
import { plangate } from "./plangate.ts";
import { releaseNotes } from "./release-notes.ts";

export async function performRelease(
  delivery: Delivery,
  action: Action & { kind: "release" },
): Promise<readonly Event[]> {
  await delivery.forge.release(action.tag, action.commit, await releaseNotes(delivery, action));
  await mustWrite(delivery, { ledger: [entry(delivery, "released", { tag: action.tag, commit: action.commit })] });
  delivery.progress(`released ${action.tag}`);
  return [{ kind: "release", tag: action.tag, commit: action.commit, by: plangate }];
}
