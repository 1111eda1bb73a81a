import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleContract } from "../../../test/contract/bundles.ts";
import { aPlan, aRun } from "../../../test/contract/store-samples.ts";
import type { BundleStore } from "../../delivery/ports.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { manifestText, planDigestOf, type SignedManifest } from "../../domain/plan.ts";
import { type MemoryArtifacts, memoryArtifacts } from "../../testing/memory-artifacts.ts";
import { writeZip } from "../../testing/plan-file.ts";
import { openArtifactFiles } from "../artifacts/index.ts";
import { applyKeys, ensureKeys, presentKeys } from "../keys/index.ts";
import { openArtifactBundles } from "./index.ts";

const artifact = "plangate-bundles-71-2-present";
let folder: string;
let keys: Awaited<ReturnType<typeof applyKeys>>;
let signer: Awaited<ReturnType<typeof presentKeys>>["signer"];
let artifacts: MemoryArtifacts;
let told: string[];
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plangate-artifacts-"));
  await ensureKeys(join(folder, "keys"));
  keys = await applyKeys(join(folder, "keys"));
  ({ signer } = await presentKeys(join(folder, "keys")));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  [artifacts, told] = [memoryArtifacts(), []];
});

/** A job with folders of its own. */
function job(artifactOf: (plan: Digest) => Promise<string | undefined> = async () => artifact) {
  const out = join(folder, `job-${count++}`, "out");
  const tell = (line: string) => void told.push(line);
  const files = openArtifactFiles(artifacts, { tell, limits: { artifacts: 10, bytes: 1_000_000, files: 100 } });
  const taken = join(folder, `job-${count}`, "taken");
  const bundles = openArtifactBundles({ out, taken, artifacts: files, artifactOf, signatures: keys.signatures, tell });
  return { out, bundles };
}

bundleContract("in artifacts", async () => job().bundles);

const bytes = (text: string) => new TextEncoder().encode(text);
const parts = { tfplan: bytes("sealed plan"), "files/../x": bytes("sealed file") };

async function signedPlan(account = "1"): Promise<{ readonly plan: Digest; readonly signed: SignedManifest }> {
  const names = Object.keys(parts).map((name) => ({ name, digest: digestOf(name), bytes: 1 }));
  const text = manifestText(aPlan(aRun("1"), { parts: names, account, keyId: signer.keyId }).manifest);
  return { plan: planDigestOf(text), signed: await signer.sign(text) };
}

/** The files of a folder, as the action uploads them. */
function filesIn(dir: string): Record<string, Uint8Array> {
  const paths = readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => join(dir, name));
  return Object.fromEntries(
    paths.filter((path) => statSync(path).isFile()).map((path) => [relative(dir, path), readFileSync(path)]),
  );
}

/** What a job leaves that put a bundle. */
async function left(
  account?: string,
): Promise<{ plan: Digest; signed: SignedManifest; files: Record<string, Uint8Array> }> {
  const { plan, signed } = await signedPlan(account);
  const { out, bundles } = job();
  await bundles.put(plan, signed, parts);
  return { plan, signed, files: filesIn(out) };
}

async function partsOf(bundles: BundleStore, plan: Digest): Promise<readonly (string | undefined)[]> {
  const found = await Promise.all(Object.keys(parts).map((name) => bundles.part(plan, name)));
  return found.map((part) => part && Buffer.from(part).toString());
}

const whole = ["sealed plan", "sealed file"];
const none = [undefined, undefined];

describe("bundles that another job uploaded", () => {
  it("are found by what the record says, all of an artifact at once", async () => {
    const [one, two] = [await left("1"), await left("2")];
    artifacts.upload(71, artifact, { ...one.files, ...two.files, "orders.json": "[]" });
    const { bundles } = job();
    for (const { plan, signed } of [one, two]) {
      expect(await bundles.manifest(plan)).toEqual(signed);
      expect(await partsOf(bundles, plan)).toEqual(whole);
    }
    expect(artifacts.counts).toEqual({ lists: 1, downloads: 1 });
    expect(told).toEqual([]);
  });

  it("are found where the job that people started stands behind the name", async () => {
    const { plan, files, signed } = await left();
    artifacts.upload(71, `${artifact}er`, { x: "" });
    artifacts.upload(71, `${artifact}-demo`, files);
    expect(await job().bundles.manifest(plan)).toEqual(signed);
    expect(artifacts.counts.downloads).toBe(1);
  });

  it("lie in folders called after their plans, with nothing else in them", async () => {
    const { plan, files } = await left();
    expect(new Set(Object.keys(files).map((path) => path.split("/")[0]))).toEqual(new Set([plan.slice(7)]));
  });

  it.each([
    { name: "the record does not know where", artifactOf: async () => undefined },
    { name: "the record names something else", artifactOf: async () => "../../plangate-bundles-71-2-present" },
    { name: "the record names another run", artifactOf: async () => "plangate-bundles-72-2-present" },
  ])("are not there when $name", async ({ artifactOf }) => {
    const { plan, files } = await left();
    artifacts.upload(71, artifact, files);
    const { bundles } = job(artifactOf);
    expect(await bundles.manifest(plan)).toBeUndefined();
  });

  it("are not there when the artifact expired or is gone, which is told", async () => {
    const { plan, files } = await left();
    const id = artifacts.upload(71, artifact, files);
    artifacts.lose(id);
    expect(await job().bundles.manifest(plan)).toBeUndefined();
    artifacts.expire(id);
    expect(await job().bundles.manifest(plan)).toBeUndefined();
    expect(told).toEqual([expect.stringContaining("it is gone"), expect.stringContaining("it has expired")]);
  });

  it("are taken from a second artifact of that name when the first is not whole", async () => {
    const { plan, files, signed } = await left();
    const manifest = Object.keys(files).find((path) => path.endsWith("manifest.json")) as string;
    artifacts.upload(71, artifact, files);
    artifacts.upload(71, artifact, { [manifest]: files[manifest] as Uint8Array });
    const { bundles } = job();
    expect(await bundles.manifest(plan)).toEqual(signed);
    expect(await partsOf(bundles, plan)).toEqual(whole);
    expect(told).toEqual([expect.stringContaining("is missing")]);
  });

  it.each([
    {
      name: "nobody trusted signed them",
      alter: (signed: SignedManifest) => ({ ...signed, signature: Buffer.alloc(64).toString("base64") }),
    },
    {
      name: "their manifest is another one",
      alter: (signed: SignedManifest) => ({ ...signed, text: `${signed.text} ` }),
    },
    { name: "their manifest is no manifest", alter: () => "[]" },
    { name: "their manifest is no JSON", alter: () => undefined },
  ])("are not taken when $name", async ({ alter }) => {
    const { plan, files, signed } = await left();
    const manifest = Object.keys(files).find((path) => path.endsWith("manifest.json")) as string;
    artifacts.upload(71, artifact, { ...files, [manifest]: JSON.stringify(alter(signed)) ?? "{" });
    const { bundles } = job();
    expect(await bundles.manifest(plan)).toBeUndefined();
    expect(await partsOf(bundles, plan)).toEqual(none);
    expect(told).toEqual([expect.stringContaining("is not taken")]);
  });

  it("do not take the place of what this job put itself", async () => {
    const { plan, files } = await left();
    artifacts.upload(71, artifact, files);
    const { bundles } = job();
    const { signed } = await signedPlan();
    await bundles.put(plan, signed, { tfplan: bytes("our own") });
    expect(await partsOf(bundles, plan)).toEqual(["our own", undefined]);
    expect(artifacts.counts.lists).toBe(0);
  });
});

describe("archives that are not what they should be", () => {
  const big = Buffer.alloc(600_000);
  it.each([
    { name: "no archive", archive: bytes("hello") },
    { name: "an empty one", archive: new Uint8Array() },
    { name: "one cut off", archive: writeZip([{ name: "a", content: "text" }]).subarray(0, -5) },
    { name: "one with a way out of the folder", archive: writeZip([{ name: "../../x", content: "x" }]) },
    { name: "one with a path from the top", archive: writeZip([{ name: "/etc/x", content: "x" }]) },
    { name: "one with a name for another system", archive: writeZip([{ name: "a\\b", content: "x" }]) },
    { name: "one with a control character in a name", archive: writeZip([{ name: "a\nb", content: "x" }]) },
    {
      name: "one with a name twice",
      archive: writeZip([
        { name: "a", content: "x" },
        { name: "a", content: "y" },
      ]),
    },
    {
      name: "one that is large unpacked",
      archive: writeZip([
        { name: "a", content: big },
        { name: "b", content: big },
      ]),
    },
    { name: "one that claims to be small", archive: writeZip([{ name: "a", content: big, claimedSize: 10 }]) },
    { name: "one that is large packed", archive: Buffer.alloc(1_000_001) },
    {
      name: "one of very many files",
      archive: writeZip(Array.from({ length: 101 }, (_, index) => ({ name: `${index}`, content: "" }))),
    },
    {
      name: "one with a file where a folder is",
      archive: writeZip([
        { name: "a/b", content: "x" },
        { name: "a", content: "y" },
      ]),
    },
    { name: "one that is encrypted", archive: writeZip([{ name: "a", content: "x", flags: 0x801 }]) },
  ])("are left out: $name", async ({ archive }) => {
    const { plan, files, signed } = await left();
    artifacts.upload(71, artifact, files);
    artifacts.upload(71, artifact, archive);
    const { bundles } = job();
    expect(await bundles.manifest(plan)).toEqual(signed);
    expect(told).toEqual([expect.stringContaining("is left out")]);
  });

  it("are not looked at beyond a number of them", async () => {
    const { plan, files } = await left();
    artifacts.upload(71, artifact, files);
    for (let more = 0; more < 10; more++) artifacts.upload(71, artifact, { x: "" });
    expect(await job().bundles.manifest(plan)).toBeUndefined();
    expect(told.at(-1)).toContain("more than 10");
  });
});
