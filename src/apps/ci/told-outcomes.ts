import * as z from "zod";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Store } from "../../delivery/ports.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import { parseRunId, type RunId } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run } from "../../domain/run.ts";
import { givenOn, type Standing } from "../../engine/index.ts";
import { type GivenView, renderGiven } from "../../views/given.ts";
import { isOutcome, renderOutcome } from "../../views/outcome.ts";
import type { Ci } from "./open-job.ts";
import { telling } from "./told-applies.ts";

/** More entries than are written while a comment cannot be written. */
const mostEntries = 4_000;
/** Requests that change something are spaced: of so many pull requests one job tells, the next one goes on. */
const mostTold = 50;

/** What the ledger has of a comment: whose end stands in it, and whether it has what people said to plans that wait. */
const told = z.object({ pullRequest: z.int().min(1), runs: z.array(z.string()), given: z.boolean().default(false) });
const advanced = z.object({ run: z.string() });

/**
 * Tells in plangate's comment what became of pull requests: those of runs whose end or new beginning was `delivered` here,
 * and, with `others`, of all that ended and stand in no comment yet. Apply jobs may not comment, so the next job that decides
 * does, whatever else could not be told of them; a comment that could not be written is tried again. Where somebody answered,
 * it tells who said yes to what waits there, and what is missing; and no longer, once that is so no more.
 */
export async function tellOutcomes(
  ci: Ci,
  delivery: Delivery,
  { delivered, others }: { readonly delivered: readonly Delivered[]; readonly others: boolean },
): Promise<void> {
  const { store, forge } = delivery;
  const ended = new Set([...(others ? await untold(store) : []), ...delivered.flatMap(endIn)]);
  const answered = new Set(delivered.flatMap(answeredIn));
  const numbers = new Set([...(await pullRequestsOf(store, ended)), ...answered]);
  const standing = numbers.size === 0 ? new Set<number>() : await givenStandsOn(store);
  for (const pullRequest of [...numbers].slice(-mostTold)) {
    const runs = await store.runs({ pullRequest });
    const mayBeGiven = answered.has(pullRequest) || standing.has(pullRequest);
    // Without any there is no section that would have to go.
    if (!runs.some(isOutcome) && !mayBeGiven) continue;
    await telling(ci, `what became of pull request ${pullRequest}`, async () => {
      const given = mayBeGiven ? renderGiven(await givenTo(delivery, pullRequest, runs)) : null;
      const outcome = renderOutcome(runs);
      if (given === null && outcome === null && !standing.has(pullRequest)) return;
      await forge.showOutcome?.(pullRequest, [given, outcome].filter((part) => part !== null).join("\n\n") || null);
      const body = { pullRequest, runs: runs.filter(isOutcome).map(({ id }) => id), given: given !== null };
      await mustWrite(delivery, { ledger: [entry(delivery, "outcome-told", body)] });
    });
  }
}

/** What people said on the pull request to the plans that stand there. */
async function givenTo(
  { store, forge, flow, clock }: Delivery,
  pullRequest: number,
  runs: readonly Run[],
): Promise<readonly GivenView[]> {
  const standing: Standing[] = [];
  for (const run of runs) {
    const plan = isOpen(run.state) && run.plan !== null ? await store.plan(run.plan) : undefined;
    if (plan !== undefined) standing.push({ run, plan });
  }
  if (standing.length === 0) return [];
  const [change, teams, maintainers] = await Promise.all([
    forge.pullRequest(pullRequest),
    forge.teams(),
    forge.maintainers(),
  ]);
  if (change === undefined) return [];
  const facts = { now: clock.now(), teams, maintainers, stacks: [] };
  return standing.flatMap((one) =>
    givenOn(flow, facts, { ...one, change }).map((said) => ({ ...said, stack: one.run.stack })),
  );
}

/** The pull requests whose comment tells what people said to plans that waited. */
async function givenStandsOn(store: Pick<Store, "ledger" | "ledgerHead">): Promise<ReadonlySet<number>> {
  const { seq } = await store.ledgerHead();
  const standing = new Set<number>();
  for await (const { kind, body } of store.ledger(Math.max(0, seq - mostEntries))) {
    const last = kind === "outcome-told" ? told.safeParse(body).data : undefined;
    if (last?.given === true) standing.add(last.pullRequest);
    else if (last !== undefined) standing.delete(last.pullRequest);
  }
  return standing;
}

/** The pull request on which somebody answered. */
function answeredIn({ event }: Delivered): readonly number[] {
  return event.kind === "answer" && event.pullRequest !== null ? [event.pullRequest] : [];
}

/** The pull requests of which something ended that stands in no comment yet. */
export async function untoldPullRequests(
  store: Pick<Store, "run" | "ledger" | "ledgerHead">,
): Promise<readonly number[]> {
  return pullRequestsOf(store, await untold(store));
}

async function pullRequestsOf(store: Pick<Store, "run">, runs: Iterable<RunId>): Promise<readonly number[]> {
  const numbers = new Set<number>();
  for (const id of runs) {
    const run = await store.run(id);
    const number = run === undefined ? null : pullRequestOf(run.source);
    if (number !== null) numbers.add(number);
  }
  return [...numbers];
}

/** The runs whose end the ledger has, and no comment, oldest first. */
async function untold(store: Pick<Store, "run" | "ledger" | "ledgerHead">): Promise<readonly RunId[]> {
  const { seq } = await store.ledgerHead();
  const moved = new Set<string>();
  for await (const { kind, body } of store.ledger(Math.max(0, seq - mostEntries))) {
    if (kind === "run-advanced") {
      const id = advanced.safeParse(body).data?.run;
      if (id !== undefined) moved.add(id);
    }
    if (kind === "outcome-told") for (const id of told.safeParse(body).data?.runs ?? []) moved.delete(id);
  }
  const ended: RunId[] = [];
  for (const text of moved) {
    const id = parseRunId(text);
    const run = id === undefined ? undefined : await store.run(id);
    if (run !== undefined && isOutcome(run)) ended.push(run.id);
  }
  return ended;
}

/** The run whose end, or whose new beginning, was heard of. */
function endIn({ event }: Delivered): readonly RunId[] {
  switch (event.kind) {
    case "run-planned":
    case "run-applied":
    case "run-verified":
    case "run-lost":
      return [event.run];
    default:
      return [];
  }
}
