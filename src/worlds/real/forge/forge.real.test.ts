import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { infra, type SmallForge, smallForge } from "./small-forge.ts";

let dir: string;
let small: SmallForge;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "forge-"));
  small = await smallForge(dir);
});

afterEach(() => {
  small.forge.close();
  rmSync(dir, { recursive: true, force: true });
});

describe("a pull request", () => {
  it("goes from a push through a review to a squash on the base", async () => {
    const { did, pushed, tried, tip } = small;
    await did("protect", "root", { pattern: "main", pullRequest: true, approvals: 1 });
    const head = await pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n" });
    const change = await did("open", "ann", { head: "dev/x", base: "main", title: "Two" });
    expect(change).toMatchObject({ number: 1, headCommit: head, state: "open" });
    expect(await tried("merge", "ann", { number: 1, method: "squash" })).toMatchObject({ ok: false, blocked: { status: 405 } });
    await did("review", "bob", { number: 1, says: "APPROVE" });
    const merged = await tried("merge", "ann", { number: 1, method: "squash" });
    expect(merged.ok && merged.events.map((event) => event.kind)).toEqual(["push", "pull_request"]);
    expect(tip("main")).toBe(merged.ok && merged.value.commit);
  });

  it("takes less than 40 ms an act", async () => {
    const { did, pushed } = small;
    const started = performance.now();
    let acts = 0;
    for (let index = 0; index < 5; index++) {
      await pushed("ann", `dev/${index}`, { "README.md": `${index}` });
      await did("open", "ann", { head: `dev/${index}`, base: "main", title: "T" });
      await did("review", "bob", { number: index + 1, says: "APPROVE" });
      acts += 3;
    }
    await did("merge", "bob", { number: 1, method: "merge" });
    console.info((performance.now() - started) / (acts + 1));
  });
});
void infra;
