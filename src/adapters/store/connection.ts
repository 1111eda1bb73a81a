import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { storeError } from "./sqlite-error.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Values = Readonly<Record<string, SQLInputValue>>;

/** One open file. Statements are prepared when first used, since a command line uses few of them. */
export interface Connection {
  readonly file: string;
  all(sql: string, values?: Values): readonly Row[];
  /** How many rows it changed. */
  run(sql: string, values?: Values): number;
  exec(sql: string): void;
  /** Runs `work` with the file's one write lock held; what it did is there when this returns, and gone if it throws. */
  writing<T>(work: () => T): T;
  close(): void;
}

/** Opens the file, making it and its folder for this user alone when they are not there. */
export function connect(file: string, busyTimeout: number): Connection {
  try {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      closeSync(openSync(file, "a", 0o600));
    }
    const db = new DatabaseSync(file, { timeout: busyTimeout });
    try {
      prepareFile(db, busyTimeout);
      return over(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw storeError(file, "opening the store", error);
  }
}

/**
 * A write is on the disk when it returns (`synchronous=FULL`), and readers never wait for a writer (WAL). Going over
 * to WAL does not wait for other processes that do the same, so the waiting is done here.
 */
function prepareFile(db: DatabaseSync, busyTimeout: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += 10) {
    try {
      db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF");
      return;
    } catch (error) {
      if (((error as { errcode?: number }).errcode ?? 0) % 256 !== 5 || waited >= busyTimeout) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

/** A connection over an open database; apart from `connect` so that a test can set the database's limits. */
export function over(db: DatabaseSync, file: string): Connection {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const statement = (sql: string) => {
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  return {
    file,
    all: (sql, values = {}) => statement(sql).all(values),
    run: (sql, values = {}) => Number(statement(sql).run(values).changes),
    exec: (sql) => db.exec(sql),
    writing: (work) => {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}
