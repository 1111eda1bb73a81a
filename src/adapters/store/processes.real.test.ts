import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { network, start } from "../../../test/contract/store-samples.ts";
import type { Store } from "../../delivery/ports.ts";
import { checkLedger, type LedgerEntry } from "../../domain/ledger.ts";
import { openSqliteStore } from "./index.ts";

const hammer = fileURLToPath(new URL("../../../test/contract/store-hammer.ts", import.meta.url));
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plangate-store-"));
  file = join(folder, "store.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

function startHammer(name: string, rounds: number): ChildProcess {
  return spawn(process.execPath, [hammer, file, name, `${rounds}`], { stdio: ["ignore", "pipe", "inherit"] });
}

async function read<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore(file, { clock: { now: () => start } });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function allOf(store: Store): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const entry of store.ledger()) entries.push(entry);
  return entries;
}

describe("processes that share one store", () => {
  it("lose no entry, keep the chain whole, and one alone wins the lease", async () => {
    const rounds = 150;
    const names = ["a", "b", "c"];
    const outputs = await Promise.all(
      names.map(async (name) => {
        const child = startHammer(name, rounds);
        const output = child.stdout === null ? "" : await text(child.stdout);
        return output.trim().split("\n").at(-1);
      }),
    );
    expect(outputs.sort()).toEqual(["won 0", "won 0", "won 1"]);
    await read(async (store) => {
      const entries = await allOf(store);
      expect(entries.filter(({ kind }) => kind === "store-created")).toHaveLength(1);
      expect(entries.filter(({ kind }) => kind === "lease-taken")).toHaveLength(1);
      expect(checkLedger(entries)).toMatchObject({ entries: 2 + names.length * rounds * 2, brokenAt: null });
      expect(await store.runs({})).toHaveLength(names.length * rounds);
      expect(await store.lease(network)).toMatchObject({ fence: 1 });
    });
  });

  it("leave the store whole when they are killed in the middle of a write", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      const child = startHammer(name, 1_000_000);
      let said = "";
      child.stdout?.on("data", (chunk) => {
        said += chunk;
        if (said.split("\n").length > 20 + (name.charCodeAt(0) % 7)) child.kill("SIGKILL");
      });
      await once(child, "close");
      const told = said.trim().split("\n").length;
      await read(async (store) => {
        const entries = await allOf(store);
        expect(checkLedger(entries).brokenAt).toBeNull();
        const ofThis = (kind: string) =>
          entries.filter((entry) => entry.kind === kind && entry.body.name === name).length;
        const runs = (await store.runs({})).filter(({ id }) => id.startsWith(`run-${name}`)).length;
        expect(runs).toBeGreaterThanOrEqual(told);
        expect([ofThis("run-created"), ofThis("decided")]).toEqual([runs, runs]);
      });
    }
  });
});
