import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../domain/digest.ts";
import type { BundlesPlace } from "../../flow/flow.ts";
import { gcsAccount, type SmallBucket, s3Account, startSmallGcs, startSmallS3 } from "../../testing/buckets.ts";
import { openJobBundles } from "./job-bundles.ts";
import { secretsIn, withoutKeys } from "./job-keys.ts";

const signed = { text: '{"stack":"prod/network"}', signature: "c2ln" };
const plan = digestOf(signed.text);
const { bucket, region, credentials } = s3Account;
const s3: BundlesPlace = { kind: "s3", bucket, region, prefix: "infra/", account: null };
const gcs: BundlesPlace = { kind: "gcs", bucket: gcsAccount.bucket, prefix: "infra/", project: null };

let small: { readonly s3: SmallBucket; readonly gcs: SmallBucket };
beforeAll(async () => {
  small = { s3: await startSmallS3(), gcs: await startSmallGcs() };
});
afterAll(() => Promise.all([small.s3.close(), small.gcs.close()]));

const identity = {
  PLANGATE_BUNDLES_KEY_ID: credentials.accessKeyId,
  PLANGATE_BUNDLES_KEY: credentials.secretAccessKey,
  PLANGATE_BUNDLES_SESSION: credentials.sessionToken,
  PLANGATE_BUNDLES_TOKEN: gcsAccount.token,
};

describe("the bucket of a job", () => {
  const open = (place: BundlesPlace, env: Readonly<Record<string, string>>) =>
    openJobBundles(place, {
      env: { AWS_ENDPOINT_URL_S3: small.s3.url, STORAGE_EMULATOR_HOST: small.gcs.url, ...env },
      tell: () => undefined,
      signal: new AbortController().signal,
    });

  it.each([s3, gcs])("is that of the flow in $kind, reached as the job's identity", async (place) => {
    await open(place, identity).put(plan, signed, { tfplan: Uint8Array.of(1) });
    expect(await open(place, identity).manifest(plan)).toEqual(signed);
    expect([...small[place.kind].objects.keys()].every((name) => name.startsWith("infra/"))).toBe(true);
  });

  it.each([
    { place: s3, variable: "PLANGATE_AWS_ROLE" },
    { place: gcs, variable: "PLANGATE_GCP_PROVIDER" },
  ])("is out of reach of a job that has no identity in $place.kind, which says what to set", ({ place, variable }) => {
    expect(() => open(place, { AWS_ACCESS_KEY_ID: "the runner's own" })).toThrow(
      expect.objectContaining({ code: "setting-wrong", hint: expect.stringContaining(variable) }),
    );
  });

  it("is nothing that programs hear of, nor what is written where people read", () => {
    expect(withoutKeys({ PATH: "/bin", ...identity })).toEqual({ PATH: "/bin" });
    expect(secretsIn(identity)).toEqual(identity);
  });
});
