import * as z from "zod";
import type { DeploymentEnd } from "../../adapters/github/deployments.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Store } from "../../delivery/ports.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { type CommitSha, parseRunId, type RunId } from "../../domain/names.ts";
import { hasEnded, type Run } from "../../domain/run.ts";
import { inertLine } from "../../views/inert.ts";
import { runUrl } from "./job.ts";
import type { ApplyOrder, Matrix } from "./matrix.ts";
import type { Ci } from "./open-job.ts";

/** More entries than are written while applies go on. */
const mostEntries = 4_000;
/** Requests that change something are spaced: so many ends are told by one job. */
const mostEnds = 100;

/** What the ledger has of a deployment: that it was made, and that its end was told. */
const told = z.object({
  deployment: z.int().min(1),
  state: z.enum(["queued", "in_progress", "success", "failure", "inactive"]),
  runs: z.array(z.string()),
});

/**
 * Tells on the repository's page what goes on in apply jobs, a deployment for each place, with the ledger's head: whoever
 * puts the record back to what it was before is found by it. The jobs that apply have no right to: they could take away
 * what was told. Where it cannot be told, that is said, and nothing waits for it.
 */
export async function tellBegun(ci: Ci, delivery: Delivery, applies: Matrix<ApplyOrder>): Promise<void> {
  for (const [place, bundles] of Object.entries(applies)) {
    const runs = await runsOf(
      delivery.store,
      bundles.flatMap(({ orders }) => orders.map(({ run }) => run)),
    );
    for (const [commit, some] of Map.groupBy(runs, commitOf))
      await telling(ci, `what is applied at ${place}`, async () => {
        const state = some.some((run) => run.state === "approved") ? "in_progress" : "queued";
        const deployment = await ci.outside.deployments.begin({
          environment: place.split("/").at(-1) ?? place,
          commit,
          state,
          description: `${stacksText(some)}, by plangate`,
          ledger: await delivery.store.ledgerHead(),
          url: runUrl(ci.job),
        });
        const body = { deployment, state, place, runs: some.map(({ id }) => id) };
        await mustWrite(delivery, { ledger: [entry(delivery, "deployment-told", body)] });
      });
  }
}

/** Tells how it ended, of every deployment whose runs have ended. */
export async function tellEnded(ci: Ci, delivery: Delivery): Promise<void> {
  for (const { deployment, runs: ids } of (await openOnes(delivery.store)).slice(0, mostEnds)) {
    const runs = await runsOf(delivery.store, ids);
    if (!runs.every((run) => hasEnded(run.state))) continue;
    await telling(ci, `how deployment ${deployment} ended`, async () => {
      const state = endOf(runs);
      const { seq, hash } = await delivery.store.ledgerHead();
      const description = `${stacksText(runs)}; the ledger's entry ${seq} is ${hash}`;
      await ci.outside.deployments.end(deployment, { state, description, url: runUrl(ci.job) });
      const body = { deployment, state, runs: ids };
      await mustWrite(delivery, { ledger: [entry(delivery, "deployment-told", body)] });
    });
  }
}

/** Does what only tells people something: where that is not possible it is said, and nothing waits for it. */
export async function telling({ progress }: Ci, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code.startsWith("record-") || error.code === "store-conflict")
      throw error;
    progress(`${what} is not told on the repository's page: ${inertLine(error.message)}`);
  }
}

async function openOnes(store: Pick<Store, "ledger" | "ledgerHead">) {
  const { seq } = await store.ledgerHead();
  const open = new Map<number, readonly RunId[]>();
  for await (const { kind, body } of store.ledger(Math.max(0, seq - mostEntries))) {
    const one = kind === "deployment-told" ? told.safeParse(body).data : undefined;
    if (one === undefined) continue;
    if (one.state === "queued" || one.state === "in_progress")
      open.set(
        one.deployment,
        one.runs.flatMap((id) => parseRunId(id) ?? []),
      );
    else open.delete(one.deployment);
  }
  return [...open].map(([deployment, runs]) => ({ deployment, runs }));
}

async function runsOf(store: Pick<Store, "run">, ids: readonly RunId[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const id of ids) {
    const run = await store.run(id);
    if (run !== undefined) runs.push(run);
  }
  return runs;
}

function commitOf({ due, source }: Run): CommitSha {
  return due?.commit ?? (source.kind === "pull-request" ? source.head : source.commit);
}

const applied: ReadonlySet<Run["state"]> = new Set(["verified", "no-changes"]);
const broken: ReadonlySet<Run["state"]> = new Set(["failed", "interrupted", "verify-failed"]);

function endOf(runs: readonly Run[]): DeploymentEnd["state"] {
  if (runs.some(({ state }) => broken.has(state))) return "failure";
  return runs.some(({ state }) => applied.has(state)) ? "success" : "inactive";
}

function stacksText([first, ...others]: readonly Run[]): string {
  if (first === undefined) return "nothing";
  const verb = first.mode === "destroy" ? "destroy " : "";
  const name = `${verb}${inertLine(first.stack)}`.slice(0, 40);
  return others.length === 0 ? name : `${name} and ${others.length} more`;
}
