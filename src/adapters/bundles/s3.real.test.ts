import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleContract } from "../../../test/contract/bundles.ts";
import { digestOf } from "../../domain/digest.ts";
import { openBucketBundles, openS3 } from "./index.ts";

/** versitygw, another S3 than AWS's own that checks signatures; go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 */
const program = process.env.PLANGATE_S3_GATEWAY;

describe.skipIf(program === undefined)("bundles in an S3 of somebody else's", () => {
  let folder: string;
  let server: ChildProcess;
  let endpoint: string;
  let count = 0;
  const credentials = { accessKeyId: "test", secretAccessKey: "test-secret" };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plangate-s3-"));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    mkdirSync(join(folder, "acme-plans"));
    const env = {
      ...process.env,
      ROOT_ACCESS_KEY: credentials.accessKeyId,
      ROOT_SECRET_KEY: credentials.secretAccessKey,
    };
    const args = ["--port", `127.0.0.1:${port}`, "--region", "eu-central-1", "posix", folder];
    server = spawn(program ?? "", args, { env, stdio: "ignore" });
    for (let tries = 0; tries < 100 && (await fetch(endpoint).catch(() => undefined)) === undefined; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true });
  });

  const open = (given: typeof credentials) =>
    openBucketBundles({
      objects: openS3({ bucket: "acme-plans", region: "eu-central-1", credentials: given, endpoint }),
      prefix: `test-${count++}/`,
      tell: () => undefined,
    });

  bundleContract("in an S3 of somebody else's", async () => open(credentials));

  it("are nobody's without the right key", async () => {
    const wrong = open({ ...credentials, secretAccessKey: "another" });
    await expect(wrong.manifest(digestOf("x"))).rejects.toThrow("403 (SignatureDoesNotMatch)");
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
