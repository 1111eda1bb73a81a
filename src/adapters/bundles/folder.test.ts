import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundleContract } from "../../../test/contract/bundles.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { openBundleFolder } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "plangate-bundles-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const nextDir = () => join(folder, `${count++}`, "bundles");

bundleContract("folder", async () => openBundleFolder(nextDir()));

describe("a bundle folder", () => {
  const signed = { text: "{}", signature: "c2ln" };
  const plan = digestOf(signed.text);

  it("is for this user alone and holds nothing but whole bundles", async () => {
    const dir = nextDir();
    const bundles = openBundleFolder(dir);
    const put = () => bundles.put(plan, signed, { "files/../../x": Uint8Array.of(1) });
    await Promise.all([put(), put(), put()]);
    expect(readdirSync(dir)).toEqual([plan.slice(7)]);
    const names = readdirSync(join(dir, plan.slice(7)));
    expect(names).toHaveLength(2);
    for (const name of names) expect(statSync(join(dir, plan.slice(7), name)).mode & 0o777).toBe(0o600);
    for (const path of [dir, join(dir, plan.slice(7))]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it("leaves nothing behind when a bundle cannot be written whole", async () => {
    const dir = nextDir();
    const bundles = openBundleFolder(dir);
    const parts = { good: Uint8Array.of(1), bad: 7 as unknown as Uint8Array };
    await expect(bundles.put(plan, signed, parts)).rejects.toMatchObject({ code: "bundles-unreachable" });
    expect(readdirSync(dir)).toEqual([]);
    expect(await bundles.manifest(plan)).toBeUndefined();
  });

  it("says that a manifest was altered when it cannot be read", async () => {
    const dir = nextDir();
    const bundles = openBundleFolder(dir);
    await bundles.put(plan, signed, {});
    for (const content of ["{", '"text"', "{}", '{"text":1,"signature":"x"}', "null"]) {
      writeFileSync(join(dir, plan.slice(7), "manifest.json"), content);
      await expect(bundles.manifest(plan)).rejects.toMatchObject({ code: "bundle-altered", reaction: "stop" });
    }
  });

  it("names a folder that cannot be used", async () => {
    const file = nextDir();
    writeFileSync(`${folder}/plain`, "");
    chmodSync(`${folder}/plain`, 0o600);
    const bundles = openBundleFolder(`${folder}/plain/${file.length}`);
    await expect(bundles.put(plan, signed, {})).rejects.toMatchObject({
      code: "bundles-unreachable",
      reaction: "stop",
    });
  });

  it("takes nothing but a digest for a digest", async () => {
    await expect(openBundleFolder(nextDir()).manifest("sha256:../../x" as Digest)).rejects.toThrow("no plan digest");
  });
});
