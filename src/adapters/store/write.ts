import type { Change, Written } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import { chainEntry, genesis, type LedgerEntry, type NewLedgerEntry } from "../../domain/ledger.ts";
import type { StackName } from "../../domain/names.ts";
import { planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import type { StackLease } from "../../domain/run.ts";
import type { Connection } from "./connection.ts";
import { answerValues, entryIn, entryValues, leaseIn, planValues, runValues } from "./rows.ts";

/**
 * Does a change inside the caller's transaction. What may conflict is looked at first, and the write lock is held
 * meanwhile, so a conflict leaves nothing behind. Everything after that is expected to succeed; when it does not, it
 * throws and the transaction is gone.
 */
export function writeChange(db: Connection, change: Change): Written {
  const conflict = findConflict(db, change);
  if (conflict !== undefined) return conflict;
  for (const run of change.createRuns ?? []) db.run(insertRun, runValues(run));
  for (const plan of change.plans ?? []) putPlan(db, plan);
  for (const run of change.updateRuns ?? []) {
    const { id, created_at: _, ...values } = runValues(run);
    if (db.run(updateRun, { ...values, id: run.id }) !== 1)
      throw new InternalError(`run ${run.id} is changed twice in one write`);
  }
  for (const answer of change.answers ?? []) db.run(insertAnswer, answerValues(answer));
  if (change.endLease !== undefined) db.run(endLease, { ...change.endLease });
  if (change.takeLease !== undefined) {
    const { holder, ...lease } = change.takeLease;
    db.run(takeLease, { ...lease, holder: JSON.stringify(holder) });
  }
  if (change.endHold !== undefined) db.run(endHold, { ...change.endHold });
  if (change.takeHold !== undefined) db.run(takeHold, { ...change.takeHold });
  const lease = change.takeLease === undefined ? undefined : leaseOf(db, change.takeLease.stack);
  return { ok: true, entries: appendEntries(db, change.ledger), lease: lease ?? null };
}

function findConflict(db: Connection, change: Change): Written | undefined {
  const { createRuns = [], updateRuns = [], endLease, takeLease } = change;
  const isThere = createRuns.some(({ id }) => db.all("SELECT 1 FROM runs WHERE id = :id", { id }).length > 0);
  const hasMoved = updateRuns.some(({ id, revision }) => {
    return db.all("SELECT 1 FROM runs WHERE id = :id AND revision = :revision", { id, revision }).length === 0;
  });
  if (isThere || hasMoved) return { ok: false, conflict: "run", lease: null };
  if (endLease !== undefined) {
    const lease = leaseOf(db, endLease.stack);
    if (lease !== undefined && lease.run !== endLease.run) return { ok: false, conflict: "lease", lease };
  }
  if (takeLease !== undefined && takeLease.stack !== endLease?.stack) {
    const lease = leaseOf(db, takeLease.stack);
    if (lease !== undefined) return { ok: false, conflict: "lease", lease };
  }
  return undefined;
}

/** The lease on the stack, when somebody holds it. */
export function leaseOf(db: Connection, stack: StackName): StackLease | undefined {
  const row = db.all("SELECT * FROM leases WHERE stack = :stack AND run IS NOT NULL", { stack })[0];
  return row && leaseIn(row, db.file);
}

/** What the ledger ends with. */
export function headOf(db: Connection): Pick<LedgerEntry, "seq" | "hash"> {
  const row = db.all("SELECT * FROM ledger ORDER BY seq DESC LIMIT 1")[0];
  if (row === undefined) return { seq: 0, hash: genesis };
  const { seq, hash } = entryIn(row);
  return { seq, hash };
}

export function appendEntries(db: Connection, news: readonly NewLedgerEntry[]): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  let before = news.length === 0 ? undefined : headOf(db);
  for (const entry of news) {
    const chained = chainEntry(before ?? headOf(db), entry);
    db.run(insertEntry, entryValues(chained));
    entries.push(chained);
    before = chained;
  }
  return entries;
}

function putPlan(db: Connection, plan: StoredPlan): void {
  const values = planValues(plan);
  if (planDigestOf(values.manifest as string) !== plan.digest) {
    throw new InternalError(`plan ${plan.digest} does not have the digest of its manifest`);
  }
  if (db.run(putPlanRow, values) !== 1) throw new InternalError(`plan ${plan.digest} is stored with another content`);
}

const insertRun = `
INSERT INTO runs (id, stack, source, mode, state, code, why, plan, due, revision, created_at, updated_at, holder)
VALUES (:id, :stack, :source, :mode, :state, :code, :why, :plan, :due, :revision, :created_at, :updated_at, :holder)`;

const updateRun = `
UPDATE runs SET source = :source, mode = :mode, state = :state, code = :code, why = :why, plan = :plan, due = :due,
  revision = revision + 1, updated_at = :updated_at, holder = :holder
WHERE id = :id AND revision = :revision AND stack = :stack`;

const putPlanRow = `
INSERT INTO plans (digest, run, manifest, speculative, shown, carried_from)
VALUES (:digest, :run, :manifest, :speculative, :shown, :carried_from)
ON CONFLICT (digest) DO UPDATE SET shown = excluded.shown, carried_from = excluded.carried_from
WHERE manifest = excluded.manifest AND speculative IS excluded.speculative`;

const insertAnswer = `
INSERT INTO answers (by, at, via, says, pull_request, environment, stack, plan, "commit")
VALUES (:by, :at, :via, :says, :pull_request, :environment, :stack, :plan, :commit)
ON CONFLICT DO NOTHING`;

const endHold = "DELETE FROM holds WHERE stack = :stack AND branch = :branch";

const takeHold = `
INSERT INTO holds (stack, branch, by, since) VALUES (:stack, :branch, :by, :since)
ON CONFLICT (stack) DO UPDATE SET branch = excluded.branch, by = excluded.by, since = excluded.since`;

const endLease = "UPDATE leases SET run = NULL, since = NULL, holder = NULL WHERE stack = :stack AND run = :run";

const takeLease = `
INSERT INTO leases (stack, fence, run, since, holder) VALUES (:stack, 1, :run, :since, :holder)
ON CONFLICT (stack) DO UPDATE SET fence = fence + 1, run = excluded.run, since = excluded.since, holder = excluded.holder`;

const insertEntry = `
INSERT INTO ledger (seq, at, kind, body, prev, hash) VALUES (:seq, :at, :kind, :body, :prev, :hash)`;
