import * as z from "zod";
import { refName } from "../../adapters/github-events/index.ts";
import type { Store } from "../../delivery/ports.ts";
import type { Event } from "../../domain/event.ts";
import { type Login, parseLogin } from "../../domain/names.ts";

/** So far back a wish is searched for: what it moved is delivered by the very next run. */
const mostEntries = 20_000;

const asked = z.object({ branch: refName, commit: z.string(), by: z.string() });

/**
 * Who asked plangate to move a branch on to this commit: GitHub says of it that the app pushed it. Null where nobody did, and
 * then it counts as whose GitHub says that it is.
 */
export async function askedToMove(
  store: Pick<Store, "ledger" | "ledgerHead">,
  { branch, commit }: Pick<Event & { kind: "push" }, "branch" | "commit">,
): Promise<Login | null> {
  const { seq } = await store.ledgerHead();
  let found: Login | null = null;
  for await (const { kind, body } of store.ledger(Math.max(0, seq - mostEntries))) {
    const one = kind === "fast-forwarding" ? asked.safeParse(body).data : undefined;
    if (one?.branch === branch && one.commit === commit) found = parseLogin(one.by) ?? found;
  }
  return found;
}
