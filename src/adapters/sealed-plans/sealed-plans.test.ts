import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HandedPlan, readHandedPlan, writeHandedPlan } from "./index.ts";

const key = "a".repeat(64);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const plan: HandedPlan = {
  outcome: { kind: "changes" },
  parts: { tfplan: bytes("sealed"), "files/../x": bytes("more") },
};
const failed: HandedPlan = {
  outcome: {
    kind: "failed",
    summary: "it does not work",
    stateLock: { id: "1", who: "ann", operation: null, since: null },
  },
  parts: {},
};
let dir: string;
let folder: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "plangate-handed-"));
  folder = join(dir, key);
});
afterEach(() => rmSync(dir, { recursive: true }));

const unusable = { code: "handed-plan-unusable", reaction: "stop" };

describe("a plan that another job handed over", () => {
  it.each([{ given: plan }, { given: failed }])("comes out as it went in", async ({ given }) => {
    await writeHandedPlan(dir, key, given);
    expect(await readHandedPlan([dir], key)).toEqual(given);
  });

  it("is looked for under its own key in every folder, and may be there twice when it is the same", async () => {
    const other = join(dir, "other");
    await writeHandedPlan(other, key, plan);
    expect(await readHandedPlan([dir, other], key)).toEqual(plan);
    await writeHandedPlan(dir, key, plan);
    expect(await readHandedPlan([dir, other], key)).toEqual(plan);
    expect(await readHandedPlan([dir, other], "b".repeat(64))).toBeUndefined();
    for (const strange of ["../other", key.toUpperCase(), "", `${key}/..`])
      expect(await readHandedPlan([dir, other], strange)).toBeUndefined();
  });

  it("counts as none when there are two that differ", async () => {
    const other = join(dir, "other");
    await writeHandedPlan(dir, key, plan);
    await writeHandedPlan(other, key, { ...plan, parts: { ...plan.parts, tfplan: bytes("another") } });
    await expect(readHandedPlan([dir, other], key)).rejects.toMatchObject(unusable);
    await writeHandedPlan(other, key, { ...plan, outcome: { kind: "no-changes" } });
    await expect(readHandedPlan([dir, other], key)).rejects.toMatchObject(unusable);
  });

  it("has no part that is more than a name", async () => {
    await writeHandedPlan(dir, key, plan);
    writeFileSync(join(folder, "claim.json"), '{"outcome":{"kind":"changes"},"parts":["__proto__"]}');
    const read = await readHandedPlan([dir], key);
    expect(Object.getPrototypeOf(read?.parts)).toBe(Object.prototype);
    expect(Object.keys(read?.parts ?? {})).toEqual(["__proto__"]);
  });

  it.each([
    { name: "no JSON", claim: "{" },
    { name: "no object", claim: "7" },
    { name: "no text", claim: Buffer.from([0x22, 0xff, 0x22]) },
    { name: "an outcome that there is not", claim: '{"outcome":{"kind":"applied"},"parts":[]}' },
    { name: "no outcome", claim: '{"parts":[]}' },
    { name: "a failure that says nothing", claim: '{"outcome":{"kind":"failed"},"parts":[]}' },
    { name: "parts that are no list", claim: '{"outcome":{"kind":"changes"},"parts":{"length":1}}' },
    { name: "a part twice", claim: '{"outcome":{"kind":"changes"},"parts":["tfplan","tfplan"]}' },
    { name: "a part without a name", claim: '{"outcome":{"kind":"changes"},"parts":[null]}' },
    { name: "a name that is no text", claim: '{"outcome":{"kind":"changes"},"parts":["\\ud800"]}' },
    { name: "more parts than files", claim: '{"outcome":{"kind":"changes"},"parts":["a","b","c","d"]}' },
    {
      name: "too many parts",
      claim: JSON.stringify({
        outcome: { kind: "changes" },
        parts: Array.from({ length: 2_001 }, (_, index) => `${index}`),
      }),
    },
    { name: "too much of it", claim: " ".repeat(1024 * 1024 + 1) },
  ])("is unusable when what it says of itself is $name", async ({ claim }) => {
    await writeHandedPlan(dir, key, plan);
    writeFileSync(join(folder, "claim.json"), claim);
    await expect(readHandedPlan([dir], key)).rejects.toMatchObject(unusable);
  });

  it("is unusable when a part is a link or a folder, or is larger than any plan", async () => {
    const part = join(folder, "part-0");
    const secret = join(dir, "secret");
    writeFileSync(secret, "secret");
    const places = [
      () => symlinkSync(secret, part),
      () => mkdirSync(part),
      () => {
        writeFileSync(part, "");
        truncateSync(part, 512 * 1024 * 1024 + 1);
      },
    ];
    for (const place of places) {
      await writeHandedPlan(dir, key, plan);
      rmSync(part);
      place();
      await expect(readHandedPlan([dir], key)).rejects.toMatchObject(unusable);
      rmSync(folder, { recursive: true });
    }
  });

  it("is not looked for behind a link", async () => {
    await writeHandedPlan(join(dir, "elsewhere"), key, plan);
    symlinkSync(join(dir, "elsewhere", key), folder);
    expect(await readHandedPlan([dir], key)).toBeUndefined();
  });

  it("says of a failure no more than people read", async () => {
    await writeHandedPlan(dir, key, {
      ...failed,
      outcome: { kind: "failed", summary: "x".repeat(100_000), stateLock: null },
    });
    const read = await readHandedPlan([dir], key);
    expect(read?.outcome).toEqual({ kind: "failed", summary: "x".repeat(20_000), stateLock: null });
  });
});
