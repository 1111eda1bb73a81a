import type { Decision } from "../domain/decision.ts";
import { canonicalJson, digestOf } from "../domain/digest.ts";
import { DeliveryError, InternalError } from "../domain/errors.ts";
import type { Event } from "../domain/event.ts";
import type { Facts } from "../domain/facts.ts";
import type { Json, LedgerKind, NewLedgerEntry } from "../domain/ledger.ts";
import { advance, isUnderWay, type Run, type RunState } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Delivery } from "./delivery.ts";
import type { Change } from "./ports.ts";

/** A ledger entry of now; what JSON cannot say is left out. */
export function entry(delivery: Delivery, kind: LedgerKind, body: object): NewLedgerEntry {
  return { at: delivery.clock.now(), kind, body: JSON.parse(JSON.stringify(body)) as { readonly [key: string]: Json } };
}

/** What was decided about an event, with the sentences people read, and the digest of the facts it was decided on. */
export async function recordDecision(
  delivery: Delivery,
  event: Event,
  facts: Facts,
  decision: Decision,
): Promise<void> {
  // Of an apply everything is kept, above all who approved it; else what a person asks for later is why not.
  const whole = decision.actions.some((action) => action.kind === "apply" || action.kind === "destroy");
  const body = {
    event,
    actions: decision.actions,
    reasons: whole ? decision.reasons : decision.reasons.map(obstaclesOnly),
    facts: digestOf(canonicalJson(facts)),
  };
  await mustWrite(delivery, { ledger: [entry(delivery, "decided", body)] });
}

/** The verdict without its tree of yeses. */
function obstaclesOnly(verdict: Verdict): object {
  const children = (verdict.children ?? []).filter((child) => child.answer !== "yes").map(obstaclesOnly);
  const { rule, answer, code, sentence } = verdict;
  return {
    rule,
    answer,
    ...(code === undefined ? {} : { code }),
    sentence,
    ...(children.length === 0 ? {} : { children }),
  };
}

/** Writes a change that nobody else can have made impossible. */
export async function mustWrite(delivery: Delivery, change: Change): Promise<void> {
  const written = await delivery.store.write(change);
  if (!written.ok) {
    throw new DeliveryError({
      code: "store-conflict",
      message: `another process worked on the same ${written.conflict}${written.lease === null ? "" : ` (${written.lease.run})`}`,
      reaction: "retry",
      hint: "Run the command again: it starts from what is true now.",
    });
  }
}

/** The run as it stands in the store. */
export async function currentRun(delivery: Delivery, id: Run["id"]): Promise<Run> {
  const run = await delivery.store.run(id);
  if (run === undefined) throw new InternalError(`${id} is not in the store`);
  return run;
}

/** What changes of a run besides its state, and what is written in the same transaction. */
type RunChange = Partial<Pick<Run, "code" | "why" | "plan" | "due">> & { readonly with?: Omit<Change, "updateRuns"> };

/** Moves a run on, records it, and gives the run as it is then. */
export async function moveRun(
  delivery: Delivery,
  id: Run["id"],
  to: RunState,
  { with: more = { ledger: [] }, ...change }: RunChange = {},
): Promise<Run> {
  const holder = isUnderWay(to) ? delivery.holder : null;
  const next = advance(await currentRun(delivery, id), to, { holder, ...change, at: delivery.clock.now() });
  const { stack, state, code, why, plan } = next;
  const moved = entry(delivery, "run-advanced", { run: id, stack, state, code, why, plan });
  await mustWrite(delivery, { ...more, updateRuns: [next], ledger: [moved, ...more.ledger] });
  return currentRun(delivery, id);
}

/** The change that ends the run's lease, when it has it; and the event that follows. */
export async function leaseEnd(
  delivery: Delivery,
  run: Run,
): Promise<{
  readonly change: Pick<Change, "endLease">;
  readonly ledger: readonly NewLedgerEntry[];
  readonly events: readonly Event[];
}> {
  const lease = await delivery.store.lease(run.stack);
  if (lease?.run !== run.id) return { change: {}, ledger: [], events: [] };
  return {
    change: { endLease: { stack: run.stack, run: run.id } },
    ledger: [entry(delivery, "lease-ended", { run: run.id, stack: run.stack, fence: lease.fence })],
    events: [{ kind: "lease-ended", stack: run.stack }],
  };
}
