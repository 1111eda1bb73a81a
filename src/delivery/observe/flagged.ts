import type { FlaggedPush } from "../../domain/facts.ts";
import { flagKey, pushInKey } from "../../domain/flag-key.ts";
import type { Delivery } from "../delivery.ts";
import { pushedCommit, pushOf } from "./pushed.ts";

/** The pushes that an open issue of plangate's asks people to look at, as far as their branches and commits are still there. */
export async function flaggedPushes(delivery: Delivery): Promise<readonly FlaggedPush[]> {
  const keys = await delivery.forge.openIssues();
  const flagged: FlaggedPush[] = [];
  for (const key of keys) {
    const named = pushInKey(key);
    if (named === undefined) continue;
    const { branch, commit, code } = named;
    const there = [`refs/heads/${branch}`, commit].map((one) => delivery.repository.resolve(one));
    if ((await Promise.all(there)).includes(undefined)) continue;
    const push = await pushedCommit(delivery, await pushOf(delivery, branch, commit));
    // Where the forge tells the push otherwise by now, what is accepted is another commit than people were asked about.
    if (flagKey({ code, stack: null, branch, commit: push.commit }) === key) flagged.push({ code, push });
  }
  return flagged;
}
