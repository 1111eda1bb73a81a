import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ann, aPlan, aRun, start } from "../../../test/contract/store-samples.ts";
import type { Store } from "../../delivery/ports.ts";
import { checkLedger, type LedgerEntry } from "../../domain/ledger.ts";
import type { CommitSha } from "../../domain/names.ts";
import { connect, over } from "./connection.ts";
import { openSqliteStore } from "./index.ts";
import { storeOver } from "./store.ts";

const clock = { now: () => start };
const entry = (n: number, text = "x") => ({ at: start + n, kind: "decided", body: { n, text } }) as const;
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plangate-store-"));
  file = join(folder, "sub", "store.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function filled(entries = 5): Promise<Store> {
  const store = await openSqliteStore(file, { clock });
  await store.write({ ledger: Array.from({ length: entries }, (_, index) => entry(index)) });
  return store;
}

async function allOf(store: Store): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const entry of store.ledger()) entries.push(entry);
  return entries;
}

const sha = "a".repeat(40) as CommitSha;

/** Takes out of a file what the second version brought, so that it is one of the first. */
const toFirstVersion = [
  "UPDATE meta SET value = '1' WHERE name = 'version'",
  "UPDATE runs SET due = json_remove(due, '$.job')",
  "ALTER TABLE runs DROP COLUMN mode",
  "DROP TABLE holds",
  "DROP INDEX answers_once",
  'ALTER TABLE answers DROP COLUMN "commit"',
  `CREATE UNIQUE INDEX answers_once ON answers
    (by, at, via, says, ifnull(pull_request, -1), ifnull(environment, ''), ifnull(stack, ''), ifnull(plan, ''))`,
];

/** As somebody does it who opens the file with another program. */
function goRound(...statements: string[]): void {
  const db = new DatabaseSync(file, { defensive: false });
  for (const statement of statements) db.exec(statement);
  db.close();
}

describe("the store's file", () => {
  it("is for this user alone, and is found again", async () => {
    const store = await filled();
    for (const path of [file, `${file}-wal`]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "sub")).mode & 0o777).toBe(0o700);
    const entries = await allOf(store);
    await store.close();
    const again = await openSqliteStore(file, { clock });
    expect(await allOf(again)).toEqual(entries);
    await again.close();
  });

  it("writes through to the disk, with WAL", async () => {
    const db = connect(file, 100);
    expect(db.all("PRAGMA synchronous")).toEqual([{ synchronous: 2 }]);
    expect(db.all("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(db.all("PRAGMA foreign_keys")).toEqual([{ foreign_keys: 1 }]);
    db.close();
  });

  it("is left alone when a newer plangate wrote it", async () => {
    await (await filled()).close();
    goRound("UPDATE meta SET value = '3' WHERE name = 'version'");
    await expect(openSqliteStore(file, { clock })).rejects.toMatchObject({ code: "store-newer", reaction: "stop" });
  });

  it("is brought up to date when an older plangate wrote it, and its ledger stays whole", async () => {
    const store = await filled();
    const run = aRun("1", { due: { kind: "merge", at: start, by: ann, ref: "main", commit: sha, job: null } });
    const said = { by: ann, at: start, via: "review", says: "approve", pullRequest: 12 } as const;
    const answer = { ...said, environment: null, stack: null, plan: null, commit: null };
    await store.write({ createRuns: [run], plans: [aPlan(run)], answers: [answer], ledger: [] });
    const entries = await allOf(store);
    await store.close();
    goRound(...toFirstVersion);
    const again = await openSqliteStore(file, { clock });
    expect(await again.run(run.id)).toEqual(run);
    expect(await again.answers({})).toEqual([answer]);
    expect(await allOf(again)).toEqual(entries);
    const accept = { ...answer, says: "accept", commit: sha } as const;
    const hold = { stack: run.stack, branch: "dev/one", by: ann, since: start };
    const destroy = aRun("2", { mode: "destroy" });
    await again.write({ createRuns: [destroy], answers: [answer, accept], takeHold: hold, ledger: [] });
    expect(await again.answers({})).toEqual([answer, accept]);
    expect(await again.hold(run.stack)).toEqual(hold);
    expect(await again.run(destroy.id)).toEqual(destroy);
    await again.close();
    await (await openSqliteStore(file, { clock })).close();
  });

  it("is not taken for a store when it is something else", async () => {
    await (await filled()).close();
    writeFileSync(file, "no database at all, but long enough to be looked at as one ".repeat(100));
    await expect(openSqliteStore(file, { clock })).rejects.toMatchObject({ code: "store-corrupt", reaction: "stop" });
    rmSync(file);
    goRound("CREATE TABLE something (else_ TEXT)");
    await expect(openSqliteStore(file, { clock })).rejects.toMatchObject({ code: "store-corrupt" });
    await expect(openSqliteStore(folder, { clock })).rejects.toMatchObject({ code: "store-unreachable" });
  });

  it("is told to be damaged, with a way out, when pages of it are gone", async () => {
    await (await filled(2_000)).close();
    const { size } = statSync(file);
    const bytes = readFileSync(file).fill(0x5a, 40 * 4096);
    writeFileSync(file, bytes);
    const store = await openSqliteStore(file, { clock });
    await expect(allOf(store)).rejects.toMatchObject({
      code: "store-corrupt",
      hint: expect.stringContaining("ledger export"),
    });
    await store.close();
    truncateSync(file, Math.floor(size / 3));
    const cut = async () => allOf(await openSqliteStore(file, { clock }));
    await expect(cut()).rejects.toMatchObject({ code: "store-corrupt" });
  });

  it("writes nothing when the disk is full, and goes on when there is room again", async () => {
    const db = new DatabaseSync(join(folder, "small.db"), { timeout: 100 });
    const store = storeOver(over(db, "small.db"), clock);
    const pages = Number(db.prepare("PRAGMA page_count").get()?.page_count);
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const run = aRun("1");
    const big = { createRuns: [run], ledger: [entry(1), entry(2, "x".repeat(100_000))] };
    await expect(store.write(big)).rejects.toMatchObject({ code: "disk-full", reaction: "wait" });
    expect(await store.run(run.id)).toBeUndefined();
    expect(await allOf(store)).toHaveLength(1);
    db.exec("PRAGMA max_page_count = 10000");
    expect(await store.write(big)).toMatchObject({ ok: true });
    expect(checkLedger(await allOf(store))).toMatchObject({ entries: 3, brokenAt: null });
    await store.close();
  });

  it("says that it is busy when somebody else writes for too long", async () => {
    await (await filled()).close();
    const store = await openSqliteStore(file, { clock, busyTimeout: 50 });
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(store.write({ ledger: [entry(9)] })).rejects.toMatchObject({ code: "store-busy", reaction: "retry" });
    expect(await allOf(store)).toHaveLength(6);
    other.exec("ROLLBACK");
    expect(await store.write({ ledger: [entry(9)] })).toMatchObject({ ok: true });
    other.close();
    await store.close();
  });
});

describe("tampering with the store's file", () => {
  it.each([
    ["UPDATE ledger SET body = '{}' WHERE seq = 3", "never altered"],
    ["DELETE FROM ledger WHERE seq = 6", "never shortened"],
    ["INSERT INTO ledger SELECT seq + 5, at, kind, body, prev, hash FROM ledger WHERE seq = 6", "at its end only"],
    ["INSERT OR REPLACE INTO ledger SELECT 3, at, kind, body, prev, hash FROM ledger WHERE seq = 6", "at its end only"],
    ["UPDATE plans SET manifest = '{}'", "a stored plan is never altered"],
    ["DELETE FROM plans", "a stored plan is never deleted"],
    ["UPDATE runs SET state = 'done'", "CHECK constraint failed"],
  ])("is refused by the file itself: %s", async (statement, why) => {
    const store = await filled();
    const run = aRun("1");
    await store.write({ createRuns: [run], plans: [aPlan(run)], ledger: [] });
    await store.close();
    expect(() => goRound(statement)).toThrow(why);
  });

  it.each([
    {
      name: "finds a body that was altered",
      by: ["DROP TRIGGER ledger_is_never_altered", "UPDATE ledger SET body = replace(body, '1', '2') WHERE seq = 3"],
      broken: { seq: 3, why: "entry 3 (decided) was altered: its hash is not that of its content" },
    },
    {
      name: "finds a body that is no longer ours to read",
      by: ["DROP TRIGGER ledger_is_never_altered", "UPDATE ledger SET body = '{\"n\":1,' WHERE seq = 3"],
      broken: { seq: 3, why: "entry 3 (decided) was altered: its hash is not that of its content" },
    },
    {
      name: "finds a body whose text says more than its value",
      by: [
        "DROP TRIGGER ledger_is_never_altered",
        `UPDATE ledger SET body = '{"n":9,' || substr(body, 2) WHERE seq = 3`,
      ],
      broken: { seq: 3, why: "entry 3 (decided) was altered: its hash is not that of its content" },
    },
    {
      name: "finds an entry missing in the middle",
      by: ["DROP TRIGGER ledger_is_never_shortened", "DELETE FROM ledger WHERE seq = 4"],
      broken: { seq: 5, why: "entry 4 is missing; the next one there is 5" },
    },
    {
      name: "takes a chain cut short for whole, as long as no witness says more",
      by: ["DROP TRIGGER ledger_is_never_shortened", "DELETE FROM ledger WHERE seq >= 5"],
      broken: null,
    },
  ])("$name", async ({ by, broken }) => {
    const store = await filled();
    const { hash } = await store.ledgerHead();
    await store.close();
    goRound(...by);
    const again = await openSqliteStore(file, { clock });
    const entries = await allOf(again);
    expect(checkLedger(entries).brokenAt).toEqual(broken);
    expect(checkLedger(entries, hash).brokenAt).not.toBeNull();
    await again.close();
  });

  it("hands out no plan whose manifest was altered", async () => {
    const store = await filled();
    const run = aRun("1");
    const plan = aPlan(run);
    await store.write({ createRuns: [run], plans: [plan], ledger: [] });
    await store.close();
    goRound(
      "DROP TRIGGER plans_keep_their_content",
      "UPDATE plans SET manifest = replace(manifest, '\"prod\"', '\"test\"')",
    );
    const again = await openSqliteStore(file, { clock });
    await expect(again.plan(plan.digest)).rejects.toMatchObject({ code: "store-corrupt" });
    await again.close();
  });
});
