import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fetchedProgram } from "../../../scripts/fetched-programs.ts";
import { freePort } from "../../../test/cloud/free-port.ts";
import { bundleContract } from "../../../test/contract/bundles.ts";
import { digestOf } from "../../domain/digest.ts";
import { openBucketBundles, openS3 } from "./index.ts";

/** versitygw in place of moto: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 */
const gateway = process.env.PLANGATE_S3_GATEWAY;
const bucket = "acme-plans";
const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test-secret" };

/** Both check signatures, and keep what a condition of a write asks for. */
function startServer(port: number, folder: string): ChildProcess {
  const { accessKeyId, secretAccessKey } = credentials;
  if (gateway === undefined) {
    const script = fileURLToPath(new URL("../../../test/cloud/s3-server.py", import.meta.url));
    const args = [script, String(port), region, bucket, accessKeyId, secretAccessKey];
    return spawn(join(dirname(fetchedProgram("moto")), "python"), args, { stdio: "ignore" });
  }
  mkdirSync(join(folder, bucket));
  const env = { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey };
  const args = ["--port", `127.0.0.1:${port}`, "--region", region, "posix", folder];
  return spawn(gateway, args, { env, stdio: "ignore" });
}

describe("bundles in an S3 of somebody else's", () => {
  let folder: string;
  let server: ChildProcess;
  let endpoint: string;
  let count = 0;

  // What plays S3 is fetched where it is not there yet.
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plangate-s3-"));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    server = startServer(port, folder);
    await vi.waitFor(() => fetch(endpoint), { timeout: 60_000, interval: 100 });
  }, 600_000);
  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true });
  });

  const objectsAs = (given: typeof credentials) => openS3({ bucket, region, credentials: given, endpoint });
  const open = (given: typeof credentials) =>
    openBucketBundles({
      objects: objectsAs(given),
      prefix: `test-${count++}/`,
      tell: () => undefined,
    });

  bundleContract("in an S3 of somebody else's", async () => open(credentials));

  it("lie in objects that nothing replaces", async () => {
    const objects = objectsAs(credentials);
    for (const text of ["first", "second"]) await objects.create("kept", new TextEncoder().encode(text));
    expect(Buffer.from((await objects.read("kept", 100)) ?? []).toString()).toBe("first");
  });

  it("are nobody's without the right key", async () => {
    const wrong = open({ ...credentials, secretAccessKey: "another" });
    await expect(wrong.manifest(digestOf("x"))).rejects.toThrow("403 (SignatureDoesNotMatch)");
  });
});
