import type { Clock, RunFilter, Store } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import type { StackName } from "../../domain/names.ts";
import { type Connection, connect, type Row, type Values } from "./connection.ts";
import { answerIn, entryIn, holdIn, leaseIn, planIn, runIn } from "./rows.ts";
import { migrations, schema, storeVersion } from "./schema.ts";
import { corruptStore, storeError } from "./sqlite-error.ts";
import { appendEntries, headOf, leaseOf, writeChange } from "./write.ts";

/**
 * The store in one SQLite file, made on first use; several processes may have it open. Every call does its work before
 * it returns, behind an asynchronous face, and waits up to `busyTimeout` milliseconds for another process's write.
 *
 * Fails with `store-newer` when a newer plangate wrote the file, `store-corrupt`, `store-busy`, `disk-full` or
 * `store-unreachable`; whatever fails has written nothing.
 */
export async function openSqliteStore(
  file: string,
  about: { readonly clock: Clock; readonly busyTimeout?: number },
): Promise<Store> {
  return storeOver(connect(file, about.busyTimeout ?? 10_000), about.clock);
}

/** The store over a connection, which it closes when it cannot be used. */
export function storeOver(db: Connection, clock: Clock): Store {
  const doing = async <T>(what: string, work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw storeError(db.file, what, error);
    }
  };
  try {
    prepareTables(db, clock);
  } catch (error) {
    db.close();
    throw storeError(db.file, "opening the store", error);
  }
  return {
    write: (change) => doing("writing to the store", () => db.writing(() => writeChange(db, change))),
    run: (id) =>
      doing(`reading ${id}`, () =>
        one(db.all("SELECT * FROM runs WHERE id = :id", { id }), (row) => runIn(row, db.file)),
      ),
    runs: (filter) => doing("reading runs", () => selectRuns(db, filter).map((row) => runIn(row, db.file))),
    plan: (digest) =>
      doing(`reading plan ${digest}`, () => {
        return one(db.all("SELECT * FROM plans WHERE digest = :digest", { digest }), (row) => planIn(row, db.file));
      }),
    lease: (stack) => doing(`reading the lease of ${stack}`, () => leaseOf(db, stack)),
    leases: () =>
      doing("reading leases", () => {
        return db.all("SELECT * FROM leases WHERE run IS NOT NULL ORDER BY stack").map((row) => leaseIn(row, db.file));
      }),
    hold: (stack) =>
      doing(`reading who holds ${stack}`, () =>
        one(db.all("SELECT * FROM holds WHERE stack = :stack", { stack }), holdIn),
      ),
    holds: ({ branch }) =>
      doing("reading holds", () =>
        db
          .all("SELECT * FROM holds WHERE :branch IS NULL OR branch = :branch ORDER BY stack", {
            branch: branch ?? null,
          })
          .map(holdIn),
      ),
    stacks: () =>
      doing("reading the stacks", () =>
        db.all("SELECT DISTINCT stack FROM runs ORDER BY stack").map((row) => row.stack as StackName),
      ),
    answers: (filter) => doing("reading answers", () => selectAnswers(db, filter).map(answerIn)),
    ledger: async function* (afterSeq = 0) {
      for (let last = afterSeq; ; ) {
        const page: readonly LedgerEntry[] = await doing("reading the ledger", () =>
          db.all(ledgerPage, { last }).map(entryIn),
        );
        yield* page;
        if (page.length < pageSize) return;
        last = page.at(-1)?.seq ?? last;
      }
    },
    ledgerHead: () => doing("reading the ledger's head", () => headOf(db)),
    close: () => doing("closing the store", () => db.close()),
  };
}

/** Two processes may open a new file at once: the one that comes second finds the tables there. */
function prepareTables(db: Connection, clock: Clock): void {
  if (versionOf(db) === storeVersion) return;
  db.writing(() => {
    const version = versionOf(db);
    if (version !== undefined) return migrate(db, version);
    db.exec(schema);
    db.run("INSERT INTO meta (name, value) VALUES ('version', :version)", { version: String(storeVersion) });
    appendEntries(db, [{ at: clock.now(), kind: "store-created", body: { version: storeVersion } }]);
  });
}

/** Brings the file of an older plangate up to date. What the ledger holds stays as it is. */
function migrate(db: Connection, from: number): void {
  for (let version = from; version < storeVersion; version++) {
    db.exec(migrations[version] ?? "");
    db.run("UPDATE meta SET value = :version WHERE name = 'version'", { version: String(version + 1) });
  }
}

/** `undefined` for a file in which nothing is yet; throws for one that this program must leave alone. */
function versionOf(db: Connection): number | undefined {
  const tables = db.all("SELECT name FROM sqlite_schema WHERE type = 'table'").map((row) => row.name);
  if (tables.length === 0) return undefined;
  if (!tables.includes("meta")) throw corruptStore(db.file, "it is a database of something else");
  const version = Number(db.all("SELECT value FROM meta WHERE name = 'version'")[0]?.value);
  if (version > storeVersion) {
    throw new DeliveryError({
      code: "store-newer",
      message: `opening the store: ${db.file} has version ${version}, and this plangate knows version ${storeVersion}`,
      reaction: "stop",
      hint: "Use the newer plangate that wrote it. An older one would not understand what it finds there.",
    });
  }
  if (version !== storeVersion && migrations[version] === undefined)
    throw corruptStore(db.file, "it does not say its version");
  return version;
}

function one<T>(rows: readonly Row[], read: (row: Row) => T): T | undefined {
  return rows[0] && read(rows[0]);
}

function selectRuns(db: Connection, filter: RunFilter): readonly Row[] {
  const { stack, states, modes, pullRequest, plan, limit } = filter;
  const conditions: string[] = [];
  const values: Record<string, string | number> = {};
  const where = (condition: string, name: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = value;
  };
  where("stack = :stack", "stack", stack);
  where("state IN (SELECT value FROM json_each(:states))", "states", states && JSON.stringify(states));
  where("mode IN (SELECT value FROM json_each(:modes))", "modes", modes && JSON.stringify(modes));
  where("pull_request = :pull_request", "pull_request", pullRequest);
  where("plan = :plan", "plan", plan);
  return db.all(`SELECT * FROM runs ${whereAll(conditions)} ORDER BY created_at DESC, number DESC LIMIT :limit`, {
    ...values,
    limit: limit ?? -1,
  });
}

function selectAnswers(
  db: Connection,
  filter: { readonly pullRequest?: number; readonly environment?: string },
): readonly Row[] {
  const { pullRequest, environment } = filter;
  const conditions: string[] = [];
  if (pullRequest !== undefined) conditions.push("pull_request = :pull_request");
  if (environment !== undefined) conditions.push("environment = :environment");
  const values: Values = {
    ...(pullRequest === undefined ? {} : { pull_request: pullRequest }),
    ...(environment === undefined ? {} : { environment }),
  };
  return db.all(`SELECT * FROM answers ${whereAll(conditions)} ORDER BY at, number`, values);
}

function whereAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
}

const pageSize = 500;
const ledgerPage = `SELECT * FROM ledger WHERE seq > :last ORDER BY seq LIMIT ${pageSize}`;
