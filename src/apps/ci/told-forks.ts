import * as z from "zod";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Store } from "../../delivery/ports.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import { branchClassOf } from "../../flow/match.ts";
import { forkText } from "../../views/fork.ts";
import type { Ci } from "./open-job.ts";
import { telling } from "./told-applies.ts";

/** Whoever is told again is told the same, which GitHub need not be asked to write. */
const mostEntries = 20_000;
/** Everybody who can see a repository opens pull requests in it: so many are told by one job, the next one goes on. */
const mostTold = 10;

const told = z.object({ pullRequest: z.int().min(1) });

/**
 * Tells on pull requests from forks, once on each, that nothing is planned for them by itself, and who may have it planned.
 * The jobs of such a pull request may neither comment nor start what may, so whoever looks by the clock does it. Nothing
 * hangs on whether it can be told.
 */
export async function tellForks(ci: Ci, delivery: Delivery): Promise<void> {
  const { forge, flow } = delivery;
  await telling(ci, "what is not planned for forks", async () => {
    const forks = (await forge.openForks?.()) ?? [];
    if (forks.length === 0) return;
    const known = await toldOn(delivery.store);
    const untold = forks.filter(({ number, base }) => !known.has(number) && isLookedAt(flow, base));
    for (const { number: pullRequest } of untold.slice(0, mostTold)) {
      await forge.showFork?.(pullRequest, forkText);
      await mustWrite(delivery, { ledger: [entry(delivery, "fork-told", { pullRequest })] });
    }
  });
}

/** Whether anything is done for pull requests into it, so that somebody may wonder what is left out. */
function isLookedAt(flow: Delivery["flow"], base: string): boolean {
  const name = branchClassOf(flow, base)?.name;
  return (
    name !== undefined && flow.when.some(({ on, into }) => on === "pull_request" && (into === null || into === name))
  );
}

async function toldOn(store: Pick<Store, "ledger" | "ledgerHead">): Promise<ReadonlySet<number>> {
  const { seq } = await store.ledgerHead();
  const known = new Set<number>();
  for await (const { kind, body } of store.ledger(Math.max(0, seq - mostEntries))) {
    const one = kind === "fork-told" ? told.safeParse(body).data : undefined;
    if (one !== undefined) known.add(one.pullRequest);
  }
  return known;
}
