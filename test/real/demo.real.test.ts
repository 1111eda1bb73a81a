import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { main } from "./support/command-line.ts";

async function plangate(...args: readonly string[]) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], { maxBuffer: 1 << 26 });
  return { stdout, stderr };
}

/** Every step of the demo checks itself: it ends with 0 only when all went as told. */
it("tells the life of a change from the first push to the altered ledger, and leaves it for looking at", async () => {
  const dir = await mkdtemp(join(tmpdir(), "plangate demo "));
  try {
    const { steps, ledger } = JSON.parse((await plangate("demo", "--json", "--keep", "--dir", dir)).stdout);
    expect(steps.length).toBeGreaterThanOrEqual(12);
    expect(ledger.verified).toBe(true);
    const { runs } = JSON.parse((await plangate("-C", dir, "runs", "--json", "--limit", "100")).stdout);
    expect(new Set(runs.map((run: { state: string }) => run.state))).toEqual(
      new Set(["verified", "superseded", "refused", "interrupted", "waiting"]),
    );
    expect((await plangate("-C", dir, "ledger", "verify", "--head", ledger.head)).stdout).toContain("whole");
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
