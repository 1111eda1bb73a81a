import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeContract } from "../../../test/contract/store.ts";
import { network, start } from "../../../test/contract/store-samples.ts";
import type { Clock } from "../../delivery/ports.ts";
import { checkLedger } from "../../domain/ledger.ts";
import { initBare, openRemoteBranch } from "../git/index.ts";
import { openRecordBranch, type RecordStore } from "./index.ts";

const hammer = fileURLToPath(new URL("../../../test/contract/record-hammer.ts", import.meta.url));
const author = { name: "plangate", email: "plangate@example.com" };
let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plangate-record-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function remote(): Promise<string> {
  const url = join(folder, `remote-${count++}.git`);
  await initBare(url);
  // As forges have it, so that files are fetched when they are asked for.
  execFileSync("git", ["config", "--file", join(url, "config"), "uploadpack.allowFilter", "true"]);
  return url;
}

async function opened(url: string, clock: Clock = { now: () => start }): Promise<RecordStore> {
  const dir = join(folder, `clone-${count++}`);
  const branch = await openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
  const store = await openRecordBranch({ branch, clock });
  return {
    ...store,
    close: async () => {
      await store.close();
      branch.close();
    },
  };
}

storeContract("on a branch of a Git remote", async (clock) => opened(await remote(), clock));

describe("processes that share one branch", () => {
  it("lose no update, and never have the lease at the same time", async () => {
    const url = await remote();
    const rounds = 6;
    const names = ["a", "b", "c"];
    const won = await Promise.all(
      names.map(async (name) => {
        const args = [hammer, url, join(folder, `hammer-${name}`), name, `${rounds}`];
        const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
        return Number(await text(child.stdout));
      }),
    );
    const store = await opened(url);
    const entries = await Array.fromAsync(store.ledger());
    const of = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
    const total = won.reduce((sum, one) => sum + one, 0);
    expect(total).toBeGreaterThan(0);
    expect(checkLedger(entries)).toMatchObject({ brokenAt: null });
    expect([of("store-created"), of("run-created")]).toEqual([1, names.length * rounds]);
    expect([of("lease-taken"), of("lease-ended")]).toEqual([total, total]);
    expect(await store.runs({})).toHaveLength(names.length * rounds);
    expect(await store.lease(network)).toBeUndefined();
    await store.close();
  });
});
