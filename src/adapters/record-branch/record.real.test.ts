import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
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
  const said = { at: start, kind: "decided", body: {} } as const;

  it("see what others wrote on top of what they began themselves, in this process and in the next", async () => {
    const url = await remote();
    const dir = join(folder, `clone-${count++}`);
    const here = async () => {
      const branch = await openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
      return { branch, store: await openRecordBranch({ branch, clock: { now: () => start } }) };
    };
    const first = await here();
    const write = async (store: RecordStore) => {
      await store.write({ ledger: [said] });
      await store.flush();
    };
    await write(first.store);
    const other = await opened(url);
    await write(other);
    await first.store.refresh();
    await write(first.store);
    await first.store.close();
    first.branch.close();
    await other.refresh();
    await write(other);
    const next = await here();
    expect(await Array.fromAsync(next.store.ledger())).toHaveLength(5);
    await write(next.store);
    await other.refresh();
    expect(checkLedger(await Array.fromAsync(other.ledger()))).toMatchObject({ entries: 6, brokenAt: null });
    await other.close();
    next.branch.close();
  });

  it("find a branch that this machine made and somebody began anew", async () => {
    const url = await remote();
    const one = await opened(url);
    await one.write({ ledger: [said] });
    await one.flush();
    execFileSync("git", ["update-ref", "-d", "refs/heads/plangate/record"], { cwd: url });
    const other = await opened(url, { now: () => start + 1 });
    await other.write({ ledger: [said] });
    await other.close();
    await expect(one.refresh()).rejects.toMatchObject({ code: "record-rewritten" });
  });

  it("lose no update, and never have the lease at the same time", async () => {
    const url = await remote();
    const rounds = 6;
    const names = ["a", "b", "c"];
    const won = await Promise.all(
      names.map(async (name) => {
        const args = [hammer, url, join(folder, `hammer-${name}`), name, `${rounds}`];
        const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
        const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
        expect(code).toBe(0);
        return Number(output);
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
