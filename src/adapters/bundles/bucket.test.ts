import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleContract } from "../../../test/contract/bundles.ts";
import { digestOf } from "../../domain/digest.ts";
import { gcsAccount, type SmallBucket, s3Account, startSmallGcs, startSmallS3 } from "../../testing/buckets.ts";
import { type Objects, openBucketBundles, openGcs, openS3 } from "./index.ts";

/** Waiting costs a test nothing; an answer counts as none after a while all the same. */
const patience = { second: 1, answer: 200 };

interface Cloud {
  readonly name: string;
  readonly start: () => Promise<SmallBucket>;
  readonly open: (endpoint: string, more?: { readonly bucket?: string; readonly wrong?: true }) => Objects;
  readonly refusal: RegExp;
}

const clouds: readonly Cloud[] = [
  {
    name: "S3",
    start: startSmallS3,
    open: (endpoint, { bucket, wrong } = {}) => {
      const { credentials } = s3Account;
      const own = wrong === undefined ? credentials : { ...credentials, secretAccessKey: "another" };
      return openS3({
        ...s3Account,
        ...(bucket === undefined ? {} : { bucket }),
        credentials: own,
        endpoint,
        patience,
      });
    },
    refusal: /403 \(SignatureDoesNotMatch\)/,
  },
  {
    name: "Google Cloud Storage",
    start: startSmallGcs,
    open: (endpoint, { bucket, wrong } = {}) =>
      openGcs({
        bucket: bucket ?? gcsAccount.bucket,
        token: wrong === undefined ? gcsAccount.token : "another",
        endpoint,
        patience,
      }),
    refusal: /401 \(authError\)/,
  },
];

const signed = { text: '{"stack":"prod/network"}', signature: "c2ln" };
const plan = digestOf(signed.text);
const folder = `infra/${plan.slice(7)}`;
const bytes = (text: string) => new TextEncoder().encode(text);
const nameOf = (content: string) => `${folder}/${digestOf(bytes(content)).slice(7)}`;

describe.each(clouds)("bundles in a bucket of $name", ({ name, start, open, refusal }) => {
  let bucket: SmallBucket;
  const told: string[] = [];
  beforeAll(async () => {
    bucket = await start();
  });
  afterAll(() => bucket.close());
  afterEach(() => {
    bucket.objects.clear();
    bucket.asked.length = 0;
    bucket.meddle = undefined;
    told.length = 0;
  });
  const bundlesOf = (objects: Objects) =>
    openBucketBundles({
      objects,
      prefix: "infra/",
      tell: (line) => void told.push(line),
      limits: { manifest: 10_000, part: 100_000 },
    });
  const bundles = () => bundlesOf(open(bucket.url));
  const stored = () => bundles().put(plan, signed, { tfplan: bytes("sealed plan"), more: bytes("sealed file") });

  bundleContract(`in a bucket of ${name}`, async () => bundles());

  it("lie below the plan's digest, each part under its own, the manifest last", async () => {
    await stored();
    expect([...bucket.objects.keys()]).toEqual([
      nameOf("sealed plan"),
      nameOf("sealed file"),
      `${folder}/manifest.json`,
    ]);
  });

  it("are found by another job, and asked for once", async () => {
    await stored();
    bucket.asked.length = 0;
    const reader = bundles();
    expect(await reader.manifest(plan)).toEqual(signed);
    expect(await reader.part(plan, "tfplan")).toEqual(bytes("sealed plan"));
    expect(await reader.part(plan, "more")).toEqual(bytes("sealed file"));
    expect(bucket.asked).toHaveLength(3);
    expect(told).toEqual([]);
  });

  it("are not there as long as nobody wrote the manifest, and a part that is gone is missing", async () => {
    await stored();
    const manifest = bucket.objects.get(`${folder}/manifest.json`) as Uint8Array;
    bucket.objects.delete(`${folder}/manifest.json`);
    expect(await bundles().manifest(plan)).toBeUndefined();
    bucket.objects.set(`${folder}/manifest.json`, manifest);
    bucket.objects.delete(nameOf("sealed plan"));
    expect(await bundles().manifest(plan)).toEqual(signed);
    expect(await bundles().part(plan, "tfplan")).toBeUndefined();
  });

  it("are given as they are found, and told, when somebody altered a part or cut it off", async () => {
    await stored();
    for (const other of ["sealed PLAN", "sealed"]) {
      bucket.objects.set(nameOf("sealed plan"), bytes(other));
      expect(await bundles().part(plan, "tfplan")).toEqual(bytes(other));
    }
    expect(told).toEqual([
      expect.stringContaining('its part "tfplan"'),
      expect.stringContaining("is not what was left"),
    ]);
  });

  it("are given as nothing beyond their size, of which no more is read", async () => {
    await stored();
    bucket.objects.set(nameOf("sealed plan"), new Uint8Array(5_000_000));
    expect(await bundles().part(plan, "tfplan")).toHaveLength(0);
    // Nor where nobody says how much comes.
    bucket.meddle = (_request, response) => {
      response.writeHead(200).write(new Uint8Array(1_000_000));
      return response.end() !== undefined;
    };
    const reader = bundles();
    expect(await reader.manifest(plan)).toEqual({ text: "", signature: "" });
    expect(told.at(-1)).toContain("none of plangate's");
  });

  it.each([
    "{",
    "[]",
    '{"text":1,"signature":"x"}',
    "\u0000",
    JSON.stringify({ text: "x", signature: "x".repeat(20_000) }),
  ])("have a manifest of nobody when it cannot be read: %.30s", async (content) => {
    await stored();
    bucket.objects.set(`${folder}/manifest.json`, bytes(content));
    expect(await bundles().manifest(plan)).toEqual({ text: "", signature: "" });
    expect(await bundles().part(plan, "tfplan")).toBeUndefined();
    expect(told[0]).toContain("none of plangate's");
  });

  it("know no part that the manifest's list does not have as it should be", async () => {
    const lists = [undefined, null, [], { x: null }, { x: { digest: "sha256:x", bytes: 1 } }];
    for (const parts of lists) {
      bucket.objects.set(`${folder}/manifest.json`, bytes(JSON.stringify({ ...signed, parts })));
      expect(await bundles().manifest(plan)).toEqual(signed);
      expect(await bundles().part(plan, "tfplan")).toBeUndefined();
    }
  });

  it("are asked for again where the cloud is busy, breaks off or does not answer", async () => {
    await stored();
    let count = 0;
    bucket.meddle = (_request, response) => {
      count++;
      if (count === 1) response.writeHead(503).end();
      else if (count === 2) response.writeHead(200, { "content-length": 9_000 }).write("half of it");
      else if (count > 3) return false;
      if (count === 2) setImmediate(() => response.destroy());
      // The third one is never answered.
      return true;
    };
    expect(await bundles().manifest(plan)).toEqual(signed);
    expect(count).toBe(4);
  });

  it("are written again where the answer is lost", async () => {
    const lost = new Set<string>();
    bucket.meddle = (request, response) => {
      const name = [...bucket.objects.keys()].find((one) => !lost.has(one));
      if (request.method === "GET" || name === undefined) return false;
      // It is there, and whoever wrote it does not hear so.
      lost.add(name);
      return response.writeHead(500).end() !== undefined;
    };
    await stored();
    expect(lost.size).toBeGreaterThan(1);
    expect(await bundles().part(plan, "tfplan")).toEqual(bytes("sealed plan"));
  });

  it("are out of reach where the cloud goes on failing, which can be tried later", async () => {
    bucket.meddle = (_request, response) => response.writeHead(500).end("secret words of the cloud") !== undefined;
    const failure = bundles().manifest(plan);
    await expect(failure).rejects.toMatchObject({ code: "bundles-unreachable", reaction: "retry" });
    await expect(failure).rejects.toThrow(/acme-plans.*answered 500, 4 times/);
    await expect(failure).rejects.not.toThrow("secret words");
    expect(bucket.asked).toHaveLength(4);
  });

  it("say which identity is missing where the cloud refuses, once", async () => {
    const failure = bundlesOf(open(bucket.url, { wrong: true })).manifest(plan);
    await expect(failure).rejects.toMatchObject({ code: "bundles-unreachable", reaction: "stop" });
    await expect(failure).rejects.toThrow(refusal);
    expect(await failure.catch(({ hint }: { readonly hint: string }) => hint)).toMatch(
      /PLANGATE_(AWS_ROLE|GCP_PROVIDER)/,
    );
    expect(bucket.asked).toHaveLength(1);
  });

  it("say that there is no such bucket", async () => {
    const other = bundlesOf(open(bucket.url, { bucket: "acme-planz" }));
    await expect(other.manifest(plan)).rejects.toThrow(/acme-planz.*answered 404/);
    await expect(other.put(plan, signed, { a: bytes("a") })).rejects.toMatchObject({ code: "bundles-unreachable" });
  });

  it("go nowhere that the bucket says it moved to, and nowhere unencrypted", async () => {
    bucket.meddle = (_request, response) =>
      response.writeHead(307, { location: `${bucket.url}/elsewhere` }).end() !== undefined;
    await expect(bundles().manifest(plan)).rejects.toThrow(/answered 307/);
    expect(bucket.asked).toHaveLength(1);
    for (const endpoint of ["http://bucket.example", "ftp://127.0.0.1", "x", "https://me:it@bucket.example"])
      expect(() => open(endpoint)).toThrow("no https address");
  });
});
