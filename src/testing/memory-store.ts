import type { Clock, Store } from "../delivery/ports.ts";
import { chainEntry, genesis, type LedgerEntry, type NewLedgerEntry } from "../domain/ledger.ts";
import {
  changeRecord,
  emptyRecord,
  heldLeases,
  type RecordState,
  selectAnswers,
  selectHolds,
  selectRuns,
  stacksOf,
} from "../domain/record.ts";

/** A store that forgets, and otherwise keeps the contract of the real ones (test/contract/store.ts). */
export function memoryStore(about: { readonly clock: Clock }): Store {
  let record: RecordState = emptyRecord;
  const ledger: LedgerEntry[] = [];
  const append = (news: readonly NewLedgerEntry[]) => {
    const before = ledger.length;
    for (const entry of news) ledger.push(chainEntry(headOf(ledger), entry));
    return ledger.slice(before);
  };
  append([{ at: about.clock.now(), kind: "store-created", body: { version: 2 } }]);
  return {
    write: async (change) => {
      const own = structuredClone(change);
      const changed = changeRecord(record, own);
      if (!changed.ok) return structuredClone(changed);
      record = changed.record;
      return structuredClone({ ok: true, entries: append(own.ledger), lease: changed.lease });
    },
    run: async (id) => structuredClone(record.runs.get(id)),
    runs: async (filter) => structuredClone(selectRuns(record, filter)),
    plan: async (digest) => structuredClone(record.plans.get(digest)),
    lease: async (stack) => structuredClone(record.leases.get(stack)?.lease ?? undefined),
    leases: async () => structuredClone(heldLeases(record)),
    hold: async (stack) => structuredClone(record.holds.get(stack)),
    holds: async ({ branch }) => structuredClone(selectHolds(record, branch)),
    stacks: async () => stacksOf(record),
    answers: async (filter) => structuredClone(selectAnswers(record, filter)),
    ledger: async function* (afterSeq = 0) {
      for (let seq = afterSeq; seq < ledger.length; seq++) yield structuredClone(ledger[seq] as LedgerEntry);
    },
    ledgerHead: async () => headOf(ledger),
    close: async () => undefined,
  };
}

function headOf(ledger: readonly LedgerEntry[]): Pick<LedgerEntry, "seq" | "hash"> {
  const { seq, hash } = ledger.at(-1) ?? { seq: 0, hash: genesis };
  return { seq, hash };
}
